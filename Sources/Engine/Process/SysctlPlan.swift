internal import Glibc
package import Linux
package import OCI

/// The kernel parameters of a container's own namespaces (`linux.sysctl`). Which of them belong to
/// a namespace at all, the configuration's validation has decided.
package struct SysctlPlan: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        /// As config.json has it.
        package var name: String
        /// Below the root of procfs: `sys/net/ipv4/ip_forward`.
        package var path: String
        package var value: String
    }

    package let entries: [Entry]

    /// Throws where a namespace that a parameter belongs to is the runtime's own after all,
    /// because config.json joins that one by path.
    package init(
        _ parameters: [String: String], namespaces: [Namespace]
    ) throws(EngineError) {
        var entries: [Entry] = []
        let shared = parameters.isEmpty ? [] : Self.sharedWithRuntime(namespaces)
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            let components = try Self.components(of: name)
            if let kind = Self.owner(of: components), shared.contains(kind) {
                throw EngineError(
                    "set sysctl \(name)",
                    "the \(kind.rawValue) namespace that linux.namespaces joins is the host's own",
                    hint: "let the container have a \(kind.rawValue) namespace of its own")
            }
            let path = "sys/" + components.joined(separator: "/")
            entries.append(Entry(name: name, path: path, value: value))
        }
        self.entries = entries
    }

    /// Writes them, in the process whose namespaces they are for. `procfs` is the root of a procfs
    /// that nobody can have mounted anything over, and that shows `sys` (no `subset=pid`).
    package func apply(procfs: borrowing OwnedDescriptor) throws(EngineError) {
        for entry in entries {
            do throws(SystemError) {
                let file = try openFile(
                    in: procfs, entry.path, OpenMode(O_WRONLY | O_NOFOLLOW),
                    resolve: [.beneath, .noSymlinks, .noMagicLinks, .noMounts])
                try KernelFile.write(entry.value, to: file.raw, named: entry.name)
            } catch {
                throw Self.explain(error, entry)
            }
        }
    }

    private static func explain(_ error: SystemError, _ entry: Entry) -> EngineError {
        let hint =
            switch error.code {
            case ENOENT: "this kernel has no such parameter"
            case EINVAL, ERANGE: "the kernel does not take this value"
            case EPERM, EACCES: "it can only be set outside of a user namespace"
            case EXDEV, ELOOP: "something is mounted over it"
            default: ""
            }
        return EngineError(error, during: "set sysctl \(entry.name)", hint: hint)
    }

    /// sysctl(8): the first separator decides. In `net/ipv4/conf/eth0.100/forwarding` the dot is
    /// part of a name; in `net.ipv4.conf.eth0/100.forwarding` the slash stands for one.
    static func components(of name: String) throws(EngineError) -> [String] {
        let (dot, slash) = (UInt8(ascii: "."), UInt8(ascii: "/"))
        let separator = name.utf8.first { $0 == dot || $0 == slash } ?? dot
        let parts = name.utf8.split(separator: separator, omittingEmptySubsequences: false).map {
            String(decoding: $0.map { $0 == slash ? dot : $0 }, as: UTF8.self)
        }
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) })
        else { throw EngineError("set sysctl \(name)", "this is no name of a kernel parameter") }
        return parts
    }

    private static func owner(of components: [String]) -> NamespaceKind? {
        switch (components.first, components.dropFirst().first) {
        case ("net", _): .network
        case ("user", _): .user
        case ("kernel", "domainname"): .uts
        case ("kernel", _), ("fs", "mqueue"): .ipc
        default: nil
        }
    }

    private static func sharedWithRuntime(_ namespaces: [Namespace]) -> Set<NamespaceKind> {
        var shared: Set<NamespaceKind> = []
        let files: [NamespaceKind: String] = [
            .network: "net", .ipc: "ipc", .uts: "uts", .user: "user",
        ]
        for namespace in namespaces {
            guard let path = namespace.path, let file = files[namespace.kind],
                let joined = try? FileStatus(path: path),
                let own = try? FileStatus(path: "/proc/self/ns/\(file)"),
                joined.device == own.device, joined.inode == own.inode
            else { continue }
            shared.insert(namespace.kind)
        }
        return shared
    }
}
