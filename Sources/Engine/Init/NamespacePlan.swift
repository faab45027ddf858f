internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// Which namespaces a container gets, and how.
struct NamespacePlan {
    /// An existing one that is joined.
    struct Joined {
        let kind: NamespaceKind
        let flag: Namespaces
        let path: String
        let descriptor: HeldDescriptor
    }

    /// Made by clone3(2) together with the process.
    private(set) var made: Namespaces = []
    /// Made by the process itself, once it is in its cgroup: that becomes the root.
    private(set) var makesCgroup = false
    /// Made by the process itself, so that its clocks can be set before anything runs in it.
    private(set) var makesTime = false
    private(set) var joined: [Joined] = []

    /// None at all.
    init() {}

    /// Opens what is to be joined, as the caller sees the paths.
    init(_ namespaces: [Namespace]) throws(EngineError) {
        var seen: Namespaces = []
        for namespace in namespaces {
            guard seen.insert(Self.flag(namespace.kind)).inserted else {
                throw EngineError(
                    "plan the namespaces", "linux.namespaces has \(namespace.kind) twice")
            }
            if let path = namespace.path, !path.isEmpty {
                if let entry = try Self.open(namespace.kind, path) { joined.append(entry) }
                continue
            }
            switch namespace.kind {
            case .cgroup: makesCgroup = true
            case .time: makesTime = true
            default: made.insert(Self.flag(namespace.kind))
            }
        }
    }

    var makesUser: Bool { made.contains(.user) }
    var joinsUser: Bool { joined.contains { $0.kind == .user } }
    var hasOwnMount: Bool { made.contains(.mount) || joined.contains { $0.kind == .mount } }

    /// A second process has to stand between the runtime and the container's: one that changes the
    /// pid namespace of its children, or that has to be in a user namespace, or out of it, when
    /// other namespaces are made.
    var needsStage: Bool {
        joinsUser || joined.contains { $0.kind == .pid } || (makesUser && !joined.isEmpty)
    }

    /// A process that was cloned in the runtime's surroundings can make all of them by itself.
    var canBeMadeFromInside: Bool {
        !makesUser && !needsStage && !joined.contains { $0.kind == .mount }
    }

    /// The number of the mount namespace that the calling process is in.
    static func ownMounts() throws(EngineError) -> UInt64 {
        try attempt("look at the mount namespace") { () throws(SystemError) in
            try FileStatus(path: "/proc/self/ns/mnt").inode
        }
    }

    static func flag(_ kind: NamespaceKind) -> Namespaces {
        switch kind {
        case .mount: .mount
        case .pid: .pid
        case .network: .network
        case .ipc: .ipc
        case .uts: .uts
        case .user: .user
        case .cgroup: .cgroup
        case .time: .time
        }
    }

    /// nil for the caller's own user namespace, which setns(2) refuses to enter again.
    private static func open(
        _ kind: NamespaceKind, _ path: String
    ) throws(EngineError) -> Joined? {
        let stage = "join the \(kind) namespace \(path)"
        do throws(SystemError) {
            let descriptor = try openFile(path, O_RDONLY)
            guard let found = try Namespaces(of: descriptor) else {
                throw SystemError("it is no namespace", EINVAL)
            }
            guard found == flag(kind) else {
                throw SystemError("it is a namespace of another kind", EINVAL)
            }
            if kind == .user {
                let own = try FileStatus(path: "/proc/self/ns/user")
                if try FileStatus(of: descriptor).inode == own.inode { return nil }
            }
            return Joined(
                kind: kind, flag: found, path: path, descriptor: HeldDescriptor(descriptor))
        } catch {
            throw EngineError(error, during: stage)
        }
    }

    /// Joins all. What the caller may not enter from outside is tried again from inside of the user
    /// namespace, which comes last where the caller has the rights, and first where it has not.
    func join() throws(EngineError) {
        var refused: [Joined] = []
        for entry in joined where entry.kind != .user {
            do throws(SystemError) {
                try entry.flag.join(entry.descriptor.descriptor)
            } catch {
                guard error.code == EPERM, joinsUser else {
                    throw EngineError(
                        error, during: "join the \(entry.kind) namespace \(entry.path)")
                }
                refused.append(entry)
            }
        }
        if let user = joined.first(where: { $0.kind == .user }) {
            refused.insert(user, at: 0)
        }
        for entry in refused {
            do throws(SystemError) {
                try entry.flag.join(entry.descriptor.descriptor)
                if entry.kind == .user { try Identity.becomeRoot() }
            } catch {
                throw EngineError(
                    error, during: "join the \(entry.kind) namespace \(entry.path)")
            }
        }
    }
}

extension Identity {
    /// The first user of a user namespace, with no group but its own where that can be.
    static func becomeRoot() throws(SystemError) {
        do throws(SystemError) {
            try setSupplementaryGroups([])
        } catch {
            // An unprivileged caller had to give this up (setgroups: deny).
            guard error.code == EPERM else { throw error }
        }
        try setGroup(0)
        try setUser(0)
    }
}
