internal import CLinux
internal import Glibc
internal import Linux

/// Which cgroup hierarchies this machine has, where they are mounted, and where in each of them
/// the calling process lives (cgroups(7), /proc/self/mountinfo, /proc/self/cgroup).
package struct CgroupLayout: Equatable, Sendable {
    package enum Version: Int32, Sendable {
        case v1 = 1
        case v2 = 2
    }

    package struct Hierarchy: Equatable, Sendable {
        package var version: Version
        /// As /proc/self/cgroup names it: `memory`, `cpu,cpuacct`, `name=systemd`; empty for v2.
        package var name: String
        /// Where it is mounted.
        package var mountPoint: String
        /// The caller's own cgroup as a directory below the mount point: `/`, `/user.slice`.
        package var ownPath: String

        package init(version: Version, name: String, mountPoint: String, ownPath: String) {
            self.version = version
            self.name = name
            self.mountPoint = mountPoint
            self.ownPath = ownPath
        }

        /// v1: the controllers that the hierarchy was mounted with. v2 lists them in its files.
        package var controllers: [Substring] {
            version == .v1 && !name.hasPrefix("name=") ? name.split(separator: ",") : []
        }
    }

    package var hierarchies: [Hierarchy]

    package init(hierarchies: [Hierarchy]) { self.hierarchies = hierarchies }

    /// One v2 hierarchy and nothing else.
    package var isPureV2: Bool { hierarchies.allSatisfy { $0.version == .v2 } }

    package var v2: Hierarchy? { hierarchies.first { $0.version == .v2 } }

    /// Looks at the machine.
    package static func detect() throws(EngineError) -> CgroupLayout {
        let stage = "find the cgroup file systems"
        let layout: CgroupLayout
        do throws(SystemError) {
            let membership = try KernelFile.read("/proc/self/cgroup")
            if let usual = usual(membership) { return usual }
            layout = CgroupLayout(
                membership: membership, mounts: try KernelFile.read("/proc/self/mountinfo"))
        } catch {
            throw EngineError(error, during: stage)
        }
        guard !layout.hierarchies.isEmpty else {
            throw EngineError(
                stage, "none is mounted", hint: "mount -t cgroup2 none /sys/fs/cgroup")
        }
        return layout
    }

    /// The layout of almost every machine, found without reading its mounts, which may be ten
    /// thousand: every hierarchy is mounted where systemd and everybody after it mounts it, and
    /// shows the caller's own cgroup below it under its full path.
    private static func usual(_ membership: String) -> CgroupLayout? {
        var hierarchies: [Hierarchy] = []
        let lines = membership.split(separator: "\n")
        for line in lines {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[2].hasPrefix("/"), !fields[2].hasPrefix("/..") else {
                return nil
            }
            let name = String(fields[1])
            let version: Version = name.isEmpty ? .v2 : .v1
            let folder =
                switch version {
                case .v2: lines.count == 1 ? "" : "/unified"
                case .v1: "/" + (name.hasPrefix("name=") ? String(name.dropFirst(5)) : name)
                }
            let mountPoint = "/sys/fs/cgroup" + folder
            let own = String(fields[2])
            guard isCgroup(own == "/" ? mountPoint : mountPoint + own, version) else { return nil }
            hierarchies.append(
                Hierarchy(version: version, name: name, mountPoint: mountPoint, ownPath: own))
        }
        return hierarchies.isEmpty ? nil : CgroupLayout(hierarchies: hierarchies)
    }

    /// statfs(2)
    private static func isCgroup(_ path: String, _ version: Version) -> Bool {
        var status = statfs()
        guard unsafe statfs(path, &status) == 0 else { return false }
        // CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC (linux/magic.h)
        return status.f_type == (version == .v1 ? 0x27_e0eb : 0x6367_7270)
    }

    /// From the text of /proc/self/cgroup and /proc/self/mountinfo. Of several mounts of one
    /// hierarchy the first that shows the caller's own cgroup is taken.
    package init(membership: String, mounts: String) {
        let mounts = Self.cgroupMounts(mounts)
        hierarchies = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let name = String(fields[1])
            let candidates = mounts.filter { $0.names(name) }
            for mount in candidates {
                guard let own = mount.below(String(fields[2])) else { continue }
                hierarchies.append(
                    Hierarchy(
                        version: name.isEmpty ? .v2 : .v1, name: name,
                        mountPoint: mount.mountPoint, ownPath: own))
                break
            }
        }
    }

    struct Mount {
        var isV2: Bool
        var root: String
        var mountPoint: String
        /// Of the filesystem, not of the mount.
        var options: [Substring]

        func names(_ hierarchy: String) -> Bool {
            guard !hierarchy.isEmpty else { return isV2 }
            return !isV2 && hierarchy.split(separator: ",").allSatisfy { options.contains($0) }
        }

        /// A cgroup of /proc/self/cgroup as a directory below this mount point; nil where the
        /// mount shows another part of the hierarchy.
        func below(_ path: String) -> String? {
            if root == "/" { return path.hasPrefix("/..") ? nil : path }
            if path == root { return "/" }
            return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count)) : nil
        }
    }

    /// `31 23 0:28 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu`
    static func cgroupMounts(_ text: String) -> [Mount] {
        var mounts: [Mount] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            // Most lines of a crowded host are of no interest, and splitting is what costs.
            guard let dash = separator(of: line) else { continue }
            let kind = line[dash...].dropFirst(3)
            guard kind.starts(with: "cgroup".utf8) else { continue }
            let head = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            let tail = kind.split(separator: UInt8(ascii: " "))
            guard head.count == 6, tail.count >= 3 else { continue }
            mounts.append(
                Mount(
                    isV2: tail[0].elementsEqual("cgroup2".utf8), root: unescaped(head[3]),
                    mountPoint: unescaped(head[4]),
                    options: Substring(tail[2]).split(separator: ",")))
        }
        return mounts
    }

    /// Where ` - ` begins, which ends the optional fields.
    private static func separator(
        of line: Substring.UTF8View
    ) -> Substring.UTF8View.Index? {
        var index = line.startIndex
        while let space = line[index...].firstIndex(of: UInt8(ascii: " ")) {
            if line[space...].starts(with: " - ".utf8) { return space }
            index = line.index(after: space)
        }
        return nil
    }

    /// The kernel writes space, tab, newline and backslash as `\040`.
    private static func unescaped(_ field: Substring.UTF8View) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return String(Substring(field)) }
        var bytes: [UInt8] = []
        var rest = field[...]
        while let byte = rest.popFirst() {
            let octal = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), octal.count == 3,
                let value = UInt8(Substring(octal), radix: 8)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
