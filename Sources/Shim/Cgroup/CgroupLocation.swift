internal import CLinux
internal import Glibc
internal import Linux

/// The cgroups of a container: one directory on a machine with cgroup v2, one a controller with v1.
struct CgroupLocation: Equatable {
    enum Layout: Equatable {
        case v1([String: String])
        case v2(String)
    }

    let layout: Layout

    /// Where a process is now. nil where it is in no cgroup of its own, or none is mounted.
    init?(pid: Int32) {
        guard let membership = Self.text("/proc/\(pid)/cgroup"),
            let mounts = Self.text("/proc/self/mountinfo"),
            let own = Self.text("/proc/self/cgroup")
        else { return nil }
        self.init(membership: membership, own: own, mountinfo: mounts)
    }

    /// From the texts of /proc (cgroups(7), proc(5)). A cgroup that is the shim's own is nobody's
    /// container.
    init?(membership: String, own: String, mountinfo: String) {
        let mounts = Self.mounts(mountinfo)
        let ownPaths = Self.paths(own)
        var directories: [String: String] = [:]
        var unified: String?
        for (controllers, path) in Self.paths(membership) {
            guard ownPaths[controllers] != path else { continue }
            if controllers.isEmpty {
                unified = mounts[""].flatMap { $0.directory(of: path) }
            }
            for name in controllers.split(separator: ",") {
                guard let mount = mounts[String(name)] else { continue }
                directories[String(name)] = mount.directory(of: path)
            }
        }
        if !directories.isEmpty {
            layout = .v1(directories)
        } else if let unified {
            layout = .v2(unified)
        } else {
            return nil
        }
    }

    /// The directory of a controller: the one there is on v2.
    func directory(_ controller: String) -> String? {
        switch layout {
        case .v1(let directories): directories[controller]
        case .v2(let directory): directory
        }
    }

    /// A directory that lists the container's processes.
    var processes: String? {
        switch layout {
        case .v1(let directories):
            ["pids", "freezer", "devices", "memory", "cpu"].lazy.compactMap { directories[$0] }
                .first
                ?? directories.values.first
        case .v2(let directory): directory
        }
    }

    static func text(_ path: String) -> String? {
        guard let bytes = try? readFile(path, limit: 4 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Path by controllers, as /proc/PID/cgroup lists them; no controllers: cgroup v2.
    private static func paths(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3 { result[String(parts[1])] = String(parts[2]) }
        }
        return result
    }

    private struct CgroupMount {
        var root: String
        var point: String

        /// A mount may show only a part of the hierarchy.
        func directory(of path: String) -> String? {
            guard root != "/" else { return path == "/" ? point : point + path }
            if path == root { return point }
            guard path.hasPrefix(root + "/") else { return nil }
            return point + path.dropFirst(root.count)
        }
    }

    /// Mounts by controller; "" is cgroup v2.
    private static func mounts(_ text: String) -> [String: CgroupMount] {
        var result: [String: CgroupMount] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, fields.count > 5
            else { continue }
            let mount = CgroupMount(root: String(fields[3]), point: String(fields[4]))
            switch fields[dash + 1] {
            case "cgroup2": if result[""] == nil { result[""] = mount }
            case "cgroup":
                for option in fields[dash + 3].split(separator: ",") {
                    if result[String(option)] == nil { result[String(option)] = mount }
                }
            default: continue
            }
        }
        return result
    }
}

extension CgroupLocation {
    /// Moves this process into a cgroup that exists, in every hierarchy that has it.
    static func join(_ path: String) {
        guard let mountinfo = text("/proc/self/mountinfo") else { return }
        let points = Set(mounts(mountinfo).values.map(\.point))
        let below = path.hasPrefix("/") ? path : "/" + path
        for point in points {
            let file = point + below + "/cgroup.procs"
            try? openFile(file, O_WRONLY).writeAll(Array("0".utf8))
        }
    }
}
