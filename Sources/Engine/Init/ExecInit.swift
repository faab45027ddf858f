internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// The namespaces of a container that a further process joins.
struct ExecNamespaces {
    /// All but pid and user.
    let plain: Namespaces
    let hasPid: Bool
    /// False also where it is the caller's own, which setns(2) refuses to enter again.
    let hasUser: Bool

    init(_ namespaces: [Namespace], of pid: Int32) throws(EngineError) {
        var plain: Namespaces = []
        var hasPid = false
        var hasUser = false
        for namespace in namespaces {
            switch namespace.kind {
            case .pid: hasPid = true
            case .user: hasUser = try Self.isForeign(pid)
            default: plain.insert(NamespacePlan.flag(namespace.kind))
            }
        }
        self.plain = plain
        self.hasPid = hasPid
        self.hasUser = hasUser
    }

    private static func isForeign(_ pid: Int32) throws(EngineError) -> Bool {
        try attempt("find the container's user namespace") { () throws(SystemError) in
            try FileStatus(path: "/proc/\(pid)/ns/user").inode
                != FileStatus(path: "/proc/self/ns/user").inode
        }
    }

    /// One call joins all, by the pidfd of init: no path has a say. With the caller's rights first,
    /// as some may belong to nobody in the container; where those do not suffice, with the rights
    /// that the container's user namespace gives.
    func join(_ container: borrowing OwnedDescriptor, withPid: Bool) throws(SystemError) {
        let others = withPid && hasPid ? plain.union(.pid) : plain
        do throws(SystemError) {
            if !others.isEmpty { try others.join(container) }
        } catch {
            guard error.code == EPERM, hasUser else { throw error }
            try others.union(.user).join(container)
            return try Identity.becomeRoot()
        }
        guard hasUser else { return }
        do throws(SystemError) {
            try Namespaces.user.join(container)
        } catch {
            // A stage has entered it before: nobody may enter the one in which he is.
            guard error.code == EINVAL else { throw error }
        }
        try Identity.becomeRoot()
    }
}

/// A further process of a container, from clone3(2) to execve(2).
struct ExecInit {
    let setup: ProcessSetup
    let namespaces: ExecNamespaces
    /// The pidfd of the container's init.
    let container: Int32
    /// The session keyring of the container.
    let keyring: String?
    let consoleSocket: HeldDescriptor?
    /// Where the root does not come with the mount namespace: of a container that has none of its
    /// own, init's.
    let root: HeldDescriptor?

    func run(_ channel: borrowing HandshakeChannel) -> Never {
        do throws(EngineError) {
            try prepare(channel)
            try setTerminal()
            let warnings = try setup.limit()
            try setup.becomeUser(channel)
            let environment = setup.environment()
            let path = try ProgramLookup.find(
                setup.process.args.first ?? "", environment: environment)
            try setup.installLateFilter(channel, listening: true)
            let words = ProgramWords(setup.process.args, environment: environment)
            try tell(warnings, channel)
            try setup.execute(path, words, channel)
        } catch {
            try? channel.send(.failed(error))
        }
        _exit(255)
    }

    private func prepare(_ channel: borrowing HandshakeChannel) throws(EngineError) {
        let affinity = setup.process.execCPUAffinity
        Scheduling.forgetCaller()
        try Scheduling.apply(processors: affinity?.initial)
        try attempt("join the container") { () throws(SystemError) in
            try ProcessControl.setParentDeathSignal(SIGKILL)
            umask(0)
            guard try channel.receive() == .prepared else { _exit(1) }
            let pidfd = OwnedDescriptor(owning: container)
            try namespaces.join(pidfd, withPid: false)
            if let root {
                try root.descriptor.makeWorkingDirectory()
                try MountTree.changeRoot()
            }
            try ProcessControl.beginSession()
            if let keyring { try joinKeyring(keyring) }
        }
        try Scheduling.apply(processors: affinity?.final)
    }

    /// The container's own by its name, or a new one where that is gone.
    private func joinKeyring(_ name: String) throws(SystemError) {
        do throws(SystemError) {
            _ = try ProcessControl.joinNewKeyring(name)
        } catch {
            guard error.code == ENOSYS else { throw error }
        }
    }

    private func setTerminal() throws(EngineError) {
        guard setup.process.terminal else { return }
        let root = try attempt("open the container's root") { () throws(SystemError) in
            try openFile("/", OpenMode.pathDirectory.flags)
        }
        let terminal = try ContainerTerminal.make(in: Rootfs(root))
        try ConsoleHandover.give(
            terminal, to: consoleSocket, size: setup.process.consoleSize)
    }

    private func tell(
        _ warnings: [String], _ channel: borrowing HandshakeChannel
    ) throws(EngineError) {
        try attempt("report to the runtime") { () throws(SystemError) in
            try ProcessControl.setParentDeathSignal(0)
            try channel.send(warnings.map { Handshake.warning($0) } + [.ready])
        }
    }
}

extension Spawn {
    /// A process for a container that exists. The pid namespace is the one thing that a process
    /// cannot change for itself: the runtime enters it for its children, or, where it may not, a
    /// stage does, inside of the container's user namespace.
    static func joining(
        _ target: ExecNamespaces, _ container: borrowing Pidfd, cgroup: HeldCgroupEntry?,
        _ body: (borrowing HandshakeChannel) -> Never
    ) throws(EngineError) -> Spawned {
        let stage = "enter the container's pid namespace"
        do throws(SystemError) {
            if target.hasPid { try Namespaces.pid.join(container.descriptor) }
        } catch {
            guard error.code == EPERM, target.hasUser else {
                throw EngineError(error, during: stage)
            }
            let held = HeldDescriptor(
                try attempt(stage) { () throws(SystemError) in
                    try container.descriptor.duplicate()
                })
            let join = { () throws(EngineError) in
                try attempt(stage) { () throws(SystemError) in
                    try Namespaces.user.union(.pid).join(held.descriptor)
                    try Identity.becomeRoot()
                }
            }
            return try process([], cgroup: cgroup, closing: [], joining: join, body)
        }
        return try process([], cgroup: cgroup, closing: [], joining: nil, body)
    }
}
