internal import Linux
internal import RPC
internal import Wire

/// How long the execs of a container whose init is gone may take to go too.
private let execGrace = Duration.seconds(10)

/// The ends of processes: told in order, the init's last, and never before the record is on disk.
extension Container {
    func sawExit(of process: TaskProcess, _ status: ExitStatus) {
        process.streams.processEnded()
        guard process.state != .creating, process.state != .starting else {
            process.heldExit = status
            return
        }
        process.isInit ? settleInit(status) : settle(process, status)
    }

    /// After the answer and the event of a start: its process may be gone by then.
    func releaseHeldExit(of process: TaskProcess) {
        guard let status = process.heldExit else { return }
        process.heldExit = nil
        process.isInit ? settleInit(status) : settle(process, status)
    }

    private func settleInit(_ status: ExitStatus) {
        pendingExit = status
        guard sharesPidNamespace else { return settleLastExit() }
        // In a pid namespace of its own the kernel has ended the others; here they must be.
        do throws(Failure) {
            try run("kill", ["--all", id, "9"], limit: RuntimeLimit.signal) { [self] _ in
                settleLastExit()
            }
        } catch {
            context.log.error("end what the init left: \(error)")
            settleLastExit()
        }
    }

    /// Tells the init's end once every exec's was told.
    private func settleLastExit() {
        guard let status = pendingExit else { return }
        let living = execs.values.filter { $0.state == .running || $0.state == .starting }
        guard living.isEmpty else {
            for process in living { _ = try? process.send(signal: 9) }
            context.loop.after(execGrace) { [own = Weak(self)] in own.object?.settleBeforeExecs() }
            return
        }
        pendingExit = nil
        settle(initial, status)
    }

    private func settleBeforeExecs() {
        guard let status = pendingExit else { return }
        context.log.warning("an exec outlives the init")
        pendingExit = nil
        settle(initial, status)
    }

    private func settle(_ process: TaskProcess, _ status: ExitStatus) {
        if process.isInit { oom?.look() }
        var exit = Exit(
            status: UInt32(status.code), at: Clock.now,
            outOfMemory: process.isInit && (oom?.kills ?? 0) > 0)
        if case .signaled(let signal) = status { exit.signal = UInt32(signal) }
        exit.isSeen = !process.endIsUnseen
        let name = name(of: process)
        do throws(SystemError) {
            try ExitRecord(pid: UInt32(process.pid), exit: exit)
                .write(id: name, to: bundle.exit(name))
        } catch {
            context.log.error("exit record of \(name): \(error)")
        }
        try? process.become(.stopped)
        publishExit(of: process, exit)
        process.ended(exit)
        if !process.isInit { settleLastExit() }
    }

    func publishExit(of process: TaskProcess, _ exit: Exit) {
        publish(
            "/tasks/exit",
            TaskEvents.TaskExit(
                containerID: id, id: name(of: process), pid: UInt32(process.pid),
                exitStatus: exit.status, exitedAt: exit.at))
    }
}
