internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// A process that is becoming a container's, seen by the runtime.
struct Spawned: ~Copyable {
    let pid: Int32
    let pidfd: Pidfd
    let channel: HandshakeChannel
}

/// Holds what the child needs of the cgroup; see `CgroupEntry`.
final class HeldCgroupEntry {
    let entry: CgroupEntry
    init(_ entry: consuming CgroupEntry) { self.entry = entry }
}

/// Makes processes in namespaces.
enum Spawn {
    /// Clones the runtime. With `unsharesItself` the child makes its namespaces, but for that of its
    /// pid, by `unshare`. `body` is what the child does; it never comes back. `private` are
    /// descriptors that only the runtime may hold: locks, above all. Of a process that may not be
    /// traced an unprivileged caller could not map the users.
    static func process(
        _ namespaces: NamespacePlan, cgroup: HeldCgroupEntry?, closing private: [Int32],
        isTraceable: Bool = false, unsharesItself: Bool,
        _ body: (borrowing HandshakeChannel) -> Never
    ) throws(EngineError) -> Spawned {
        let join = { () throws(EngineError) in try namespaces.join() }
        let made = unsharesItself ? namespaces.made.intersection(.pid) : namespaces.made
        return try process(
            made, cgroup: cgroup, closing: `private`, isTraceable: isTraceable,
            joining: namespaces.needsStage ? join : nil, body)
    }

    /// `join` is what a stage does before it makes the process; nil needs none.
    static func process(
        _ namespaces: Namespaces, cgroup: HeldCgroupEntry?, closing private: [Int32],
        isTraceable: Bool = false, joining join: (() throws(EngineError) -> Void)?,
        _ body: (borrowing HandshakeChannel) -> Never
    ) throws(EngineError) -> Spawned {
        // Before there is a child: it must never be traceable by who is in the namespaces.
        try attempt("make the process untraceable") { () throws(SystemError) in
            if !isTraceable { try ProcessControl.setDumpable(false) }
        }
        let ends = try attempt("make the handshake's socket") { () throws(SystemError) in
            try UnixSocket.pair()
        }
        let (ours, theirs) = ends.release()
        let child = { () -> Never in
            for descriptor in `private` + [ours] { close(descriptor) }
            body(HandshakeChannel(OwnedDescriptor(owning: theirs)))
        }
        guard let join else { return try direct(namespaces, cgroup, ours, theirs, child) }
        return try staged(namespaces, join, cgroup, ours, theirs, child)
    }

    private static func direct(
        _ namespaces: Namespaces, _ cgroup: HeldCgroupEntry?, _ ours: Int32, _ theirs: Int32,
        _ child: () -> Never
    ) throws(EngineError) -> Spawned {
        let channel = HandshakeChannel(OwnedDescriptor(owning: ours))
        let made = try clone(namespaces, cgroup)
        guard case .parent(let pid, let pidfd) = consume made else {
            enter(cgroup, theirs)
            child()
        }
        close(theirs)
        return Spawned(pid: pid, pidfd: pidfd, channel: channel)
    }

    /// A stage joins namespaces, makes the process as a brother of its own, and ends. It shares the
    /// runtime's descriptors, so that the pidfd that it gets is the runtime's.
    private static func staged(
        _ namespaces: Namespaces, _ join: () throws(EngineError) -> Void,
        _ cgroup: HeldCgroupEntry?, _ ours: Int32, _ theirs: Int32, _ child: () -> Never
    ) throws(EngineError) -> Spawned {
        let channel = HandshakeChannel(OwnedDescriptor(owning: ours))
        let made = try clone([], cgroup, [.sharedDescriptors])
        guard case .parent(_, let stage) = consume made else {
            enter(cgroup, theirs)
            runStage(namespaces, join, theirs, child)
        }
        let status = try attempt("wait for the joining process") { () throws(SystemError) in
            try stage.wait()
        }
        close(theirs)
        let heard = try attempt("hear of the process") { () throws(SystemError) in
            try channel.receive()
        }
        switch heard {
        case .spawned(let pid, let pidfd):
            return Spawned(
                pid: pid, pidfd: Pidfd(OwnedDescriptor(owning: pidfd)), channel: channel)
        case .failed(let error): throw error
        default:
            throw EngineError(
                "join namespaces", "the joining process ended unexpectedly (\(status))")
        }
    }

    private static func runStage(
        _ namespaces: Namespaces, _ join: () throws(EngineError) -> Void, _ theirs: Int32,
        _ child: () -> Never
    ) -> Never {
        // Shared with the runtime: it must not be closed here.
        let channel = HandshakeChannel(OwnedDescriptor(owning: theirs))
        do throws(EngineError) {
            try attempt("prepare the joining process") { () throws(SystemError) in
                try ProcessControl.setParentDeathSignal(SIGKILL)
            }
            try join()
            let made = try clone(namespaces, nil, [.sibling])
            guard case .parent(let pid, let pidfd) = consume made else { child() }
            try? channel.send(.spawned(pid: pid, pidfd: pidfd.descriptor.raw))
            // Not out of this scope: the pidfd, closed here, would be closed for the runtime.
            _exit(0)
        } catch {
            try? channel.send(.failed(error))
            _exit(1)
        }
    }

    private static func enter(_ cgroup: HeldCgroupEntry?, _ theirs: Int32) {
        do throws(EngineError) {
            try cgroup?.entry.enter()
        } catch {
            let channel = HandshakeChannel(OwnedDescriptor(owning: theirs))
            try? channel.send(.failed(error))
            _exit(1)
        }
    }

    /// Inside of the v2 cgroup where the kernel can do that, else moved there by the runtime.
    private static func clone(
        _ namespaces: Namespaces, _ cgroup: HeldCgroupEntry?, _ options: CloneOptions = []
    ) throws(EngineError) -> Cloned {
        do throws(SystemError) {
            return try cloneProcess(namespaces, options, cgroup: cgroup?.entry.cloneInto)
        } catch {
            throw explain(error, namespaces)
        }
    }

    /// By the process itself.
    static func unshare(_ namespaces: Namespaces) throws(EngineError) {
        let own = namespaces.subtracting(.pid)
        guard !own.isEmpty else { return }
        do throws(SystemError) { try own.unshare() } catch { throw explain(error, namespaces) }
    }

    private static func explain(_ error: SystemError, _ namespaces: Namespaces) -> EngineError {
        let hint =
            switch error.code {
            case ENOSPC, EUSERS: NamespaceLimits.hint(namespaces)
            case EAGAIN: "a limit of processes is reached: RLIMIT_NPROC, pids.max or kernel.pid_max"
            case EPERM where namespaces.contains(.user):
                "user namespaces may be forbidden: see sysctl kernel.unprivileged_userns_clone and AppArmor's restriction"
            case EPERM: "it takes root, or a user namespace"
            case EACCES:
                "the caller may not leave its own cgroup: begin with systemd-run --user --scope"
            case EBUSY: "the container's cgroup passes controllers on and takes no process"
            case EOPNOTSUPP: "the container's cgroup is of type threaded or invalid"
            default: ""
            }
        return EngineError(error, during: "make the container's process", hint: hint)
    }
}
