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
    init?(pid: Int32, in hierarchies: CgroupHierarchies) {
        guard let membership = Self.text("/proc/\(pid)/cgroup") else { return nil }
        var directories: [String: String] = [:]
        var unified: String?
        for (controllers, path) in CgroupHierarchies.paths(membership) {
            // A cgroup that is the shim's own is nobody's container.
            guard hierarchies.own[controllers] != path else { continue }
            if controllers.isEmpty {
                unified = hierarchies.mounts[""].flatMap { $0.directory(of: path) }
            }
            for name in controllers.words(between: ",") {
                guard let mount = hierarchies.mounts[String(name)] else { continue }
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
}

/// Where the hierarchies are mounted, and where in them the shim is: the same for all its containers.
struct CgroupHierarchies {
    struct Mount {
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

    /// By controller; "" is cgroup v2.
    let mounts: [String: Mount]
    /// By controllers, as `paths`.
    let own: [String: String]

    /// As they are now (cgroups(7), proc(5)).
    init() {
        mounts = Self.mounts(CgroupLocation.text("/proc/self/mountinfo") ?? "")
        own = Self.paths(CgroupLocation.text("/proc/self/cgroup") ?? "")
    }

    /// Path by controllers, as /proc/PID/cgroup lists them; no controllers: cgroup v2.
    static func paths(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for line in text.words(between: "\n") {
            let parts = line.words(between: ":", atMost: 3, keepingEmpty: true)
            if parts.count == 3 { result[String(parts[1])] = String(parts[2]) }
        }
        return result
    }

    private static func mounts(_ text: String) -> [String: Mount] {
        var result: [String: Mount] = [:]
        for line in text.words(between: "\n") where mayBeCgroup(line) {
            let fields = line.words(between: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 3 < fields.count, fields.count > 5
            else { continue }
            let mount = Mount(root: String(fields[3]), point: String(fields[4]))
            switch fields[dash + 1] {
            case "cgroup2": if result[""] == nil { result[""] = mount }
            case "cgroup":
                for option in fields[dash + 3].words(between: ",") {
                    if result[String(option)] == nil { result[String(option)] = mount }
                }
            default: continue
            }
        }
        return result
    }

    /// Quick, for there may be thousands of other mounts.
    private static func mayBeCgroup(_ line: Substring) -> Bool {
        var rest = line.utf8[...]
        while let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            rest = rest[dash...].dropFirst()
            if rest.starts(with: " cgroup".utf8) { return true }
        }
        return false
    }

    /// Moves this process into a cgroup that exists, in every hierarchy that has it.
    func join(_ path: String) {
        let below = path.hasPrefix("/") ? path : "/" + path
        for point in Set(mounts.values.map({ $0.point })) {
            let file = point + below + "/cgroup.procs"
            try? openFile(file, O_WRONLY).writeAll(Array("0".utf8))
        }
    }
}
