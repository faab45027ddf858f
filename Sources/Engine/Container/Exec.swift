internal import CLinux
internal import Glibc
internal import Linux
package import OCI

extension Container {
    /// Runs one more process in the container.
    package func exec(
        _ process: OCI.Process, options: ExecOptions, recorder: Recorder
    ) throws(EngineError) -> ContainerProcess {
        try requireExecutable(options)
        try SecurityLabels.require(for: process)
        let spec = try spec()
        guard let pidfd = try initPidfd() else { throw stopped }
        let console = try ConsoleSocket(options.console)
        let descriptors = try InheritedDescriptors(preserved: options.preserveDescriptors)
        let holdings = try CapabilityHoldings.ofThisProcess()
        let target = try ExecNamespaces(spec.linux.namespaces, of: record.initPid)
        let setup = ProcessSetup(
            process: process, personality: spec.linux.personality,
            memoryPolicy: spec.linux.memoryPolicy,
            filter: try spec.linux.seccomp.map { (seccomp) throws(EngineError) in
                try SeccompProgram(seccomp, cacheRoot: root)
            },
            capabilities: CapabilityPlan(
                process.capabilities,
                holdings: target.hasUser ? holdings.insideUserNamespace : holdings),
            preserved: descriptors.count, listening: descriptors.listening,
            keepsGroups: RuntimeAnnotation.keepsGroups(spec))
        let initial = ExecInit(
            setup: setup, namespaces: target, container: pidfd.descriptor.raw,
            keyring: record.joinsKeyring ? "_ses.\(id)" : nil, consoleSocket: console.theirs,
            root: try chrootOf(spec))
        let entry = try record.cgroup.map { (cgroup) throws(EngineError) in
            HeldCgroupEntry(
                try cgroup.entry(besides: record.initPid, subgroup: options.cgroup))
        }
        let spawned = try recorder.measure("clone") { () throws(EngineError) in
            try Spawn.joining(target, pidfd, cgroup: entry) { channel in initial.run(channel) }
        }
        do throws(EngineError) {
            try recorder.measure("init") { () throws(EngineError) in
                try converse(spawned, process, spec, recorder)
            }
            let master = try console.receive()
            if let path = options.pidFile { try PidFile.write(spawned.pid, to: path) }
            if let path = options.pidfdSocket {
                try ConsoleHandover.send(
                    spawned.pidfd.descriptor.raw, named: "\(spawned.pid)", to: path)
            }
            let copy = try attempt("hold the process") { () throws(SystemError) in
                try spawned.pidfd.descriptor.duplicate()
            }
            return ContainerProcess(pid: spawned.pid, pidfd: Pidfd(copy), console: master)
        } catch {
            try? spawned.pidfd.send(signal: SIGKILL)
            _ = try? spawned.pidfd.wait()
            throw error
        }
    }

    /// Init has changed its root without a mount namespace of its own: so must whoever joins it.
    private func chrootOf(_ spec: Spec) throws(EngineError) -> HeldDescriptor? {
        guard !spec.linux.makes(.mount) else { return nil }
        let path = "/proc/\(record.initPid)/root"
        return try attempt("open the container's root") { () throws(SystemError) in
            HeldDescriptor(try openFile(path, OpenMode.pathDirectory.flags))
        }
    }

    private var stopped: EngineError {
        EngineError("exec in \(id)", "cannot exec in a stopped container", code: ESRCH)
    }

    private func requireExecutable(_ options: ExecOptions) throws(EngineError) {
        switch status() {
        case .created, .running: return
        case .paused:
            guard options.ignorePaused else {
                throw EngineError(
                    "exec in \(id)",
                    "cannot exec in a paused container (use --ignore-paused to override)")
            }
        case .stopped: throw stopped
        case .creating:
            throw EngineError("exec in \(id)", "the container is still being created")
        }
    }

    /// Until the line is closed, which exec(2) does.
    private func converse(
        _ spawned: borrowing Spawned, _ process: OCI.Process, _ spec: Spec, _ recorder: Recorder
    ) throws(EngineError) {
        if let value = process.oomScoreAdj { try OOMScore.set(value, of: spawned.pid) }
        if let wanted = resctrlGroup(spec) {
            try ResctrlPlan.enter(wanted, id: id, pid: spawned.pid)
        }
        try send(.prepared, to: spawned)
        var isReady = false
        while let message = try receive(from: spawned) {
            switch message {
            case .ready: isReady = true
            case .failed(let error): throw error
            case .warning(let text): recorder.warn(text)
            case .phase(let phase): recorder.note(phase)
            case .seccompListener(let number):
                try deliver(number, of: spawned, spec)
                try send(.proceed, to: spawned)
            default: continue
            }
        }
        guard isReady else {
            let status = try? spawned.pidfd.wait()
            throw EngineError(
                "exec in \(id)",
                "the process ended before its program began (\(status.map { "\($0)" } ?? "unknown"))"
            )
        }
    }

    private func send(
        _ message: Handshake, to spawned: borrowing Spawned
    ) throws(EngineError) {
        do throws(SystemError) {
            try spawned.channel.send(message)
        } catch {
            guard error.code == EPIPE || error.code == ECONNRESET else {
                throw EngineError(error, during: "talk to the new process")
            }
        }
    }

    private func receive(from spawned: borrowing Spawned) throws(EngineError) -> Handshake? {
        do throws(SystemError) {
            return try spawned.channel.receive()
        } catch {
            if error.code == ECONNRESET { return nil }
            throw EngineError(error, during: "hear the new process")
        }
    }

    private func deliver(
        _ number: Int32, of spawned: borrowing Spawned, _ spec: Spec
    ) throws(EngineError) {
        guard let profile = spec.linux.seccomp else { return }
        let listener = try attempt("take the seccomp listener") { () throws(SystemError) in
            try spawned.pidfd.take(descriptor: number)
        }
        try SeccompListener.deliver(
            listener, for: profile, pid: spawned.pid, state: containerState(status()))
    }
}
