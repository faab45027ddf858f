internal import CLinux
internal import Glibc
internal import Linux
package import OCI

/// Mounts whose files appear with other owners (mount_setattr(2), ID-mapped mounts).
enum IDMappedMount {
    static func apply(
        _ owners: MountPlan.Step.Owners, to mount: borrowing OwnedDescriptor, recursive: Bool,
        name: String
    ) throws(SystemError) {
        let namespace =
            switch owners {
            case .mapped(let uids, let gids): try userNamespace(uids, gids)
            case .namespace(let path): try openFile(path, O_RDONLY)
            }
        try MountTree.change(
            mount, set: .idmap, recursive: recursive, userNamespace: namespace.raw, name: name)
    }

    /// A user namespace exists only around a process: one that does nothing is made for it.
    private static func userNamespace(
        _ uids: [IDMapping], _ gids: [IDMapping]
    ) throws(SystemError) -> OwnedDescriptor {
        switch try cloneProcess(.user) {
        case .child:
            while true { pause() }
        case .parent(let pid, let pidfd):
            defer {
                try? pidfd.send(signal: SIGKILL)
                _ = try? pidfd.wait()
            }
            try IDMap.write(uids, gids, of: pid, denyingGroups: false)
            return try openFile("/proc/\(pid)/ns/user")
        }
    }
}

/// uid_map and gid_map of a process (user_namespaces(7)).
package enum IDMap {
    /// The map is written once, as a whole; `denyingGroups` also forbids setgroups(2), without
    /// which an unprivileged caller may write none.
    static func write(
        _ uids: [IDMapping], _ gids: [IDMapping], of pid: Int32, denyingGroups: Bool
    ) throws(SystemError) {
        if denyingGroups { try write("deny", to: "/proc/\(pid)/setgroups") }
        try write(text(gids), to: "/proc/\(pid)/gid_map")
        try write(text(uids), to: "/proc/\(pid)/uid_map")
    }

    /// Who an id of the container is outside; nil where nobody is.
    package static func host(of id: UInt32, _ mappings: [IDMapping]) -> UInt32? {
        for mapping in mappings where id >= mapping.containerID {
            let offset = id - mapping.containerID
            if offset < mapping.size { return mapping.hostID + offset }
        }
        return nil
    }

    package static func text(_ mappings: [IDMapping]) -> String {
        mappings.map { "\($0.containerID) \($0.hostID) \($0.size)\n" }.joined()
    }

    private static func write(_ text: String, to path: String) throws(SystemError) {
        guard !text.isEmpty else { return }
        let file = try openFile(path, O_WRONLY)
        do throws(SystemError) {
            _ = try file.write(Array(text.utf8)[...])
        } catch {
            throw SystemError("write \(path)", error.code)
        }
    }
}
