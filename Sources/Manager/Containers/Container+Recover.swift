internal import RPC
internal import Store
internal import Wire

/// What became of a container while nobody looked: between two lives of the manager, or since the
/// connection to its shim broke.
extension Container {
    /// Code of a program whose end nobody has seen: the machine, or its state directory, went away
    /// with it.
    private static let unseenStatus: UInt32 = 255

    /// At the manager's start. The container is closed to operations until this is through.
    func adopt(execs known: [ExecRecord]) async {
        for exec in known {
            let run = exec.finishedAt.map { Run(ProcessExit(status: exec.exitStatus, at: $0)) }
            execs[exec.id] = Exec(record: exec, run: run ?? Run())
        }
        if let finished = record.finishedAt, record.state == .stopped {
            run = Run(
                ProcessExit(
                    status: record.exitStatus, at: finished, oomKilled: record.oomKilled))
        }
        if record.state == .creating { return undoCreate() }
        if record.intent == .remove { return await removeAfterEnd(nil) }
        await recover()
    }

    /// Asks the shim, or, where there is none that answers, what it left on disk.
    func recover() async {
        let isExpected = record.state.isAlive || record.intent == .start
        guard let text = bundle.shimAddress else {
            if isExpected { return await conclude(bundle.exitRecord()?.exit) }
            return autoRemoveLater()
        }
        do throws(Failure) {
            let address = try context.shim.address(text)
            let shim = try await ShimConnection.open(address, id: id)
            self.shim = shim
            let state = try await self.state(under: shim)
            await take(over: state, from: shim)
        } catch {
            switch (error.code, shim) {
            case (.notFound, .some):
                // A shim without a task: the manager died between the two.
                await discardTask()
                if isExpected { await conclude(bundle.exitRecord()?.exit) }
            case (.deadlineExceeded, _): await leaveHung(error)
            default: await goOn()
            }
        }
    }

    /// A shim that has taken nobody's place yet, because the manager died before it said so, does.
    private func state(
        under shim: ShimConnection
    ) async throws(Failure) -> TaskAPI.StateResponse {
        do throws(Failure) { return try await shim.state(id) } catch {
            guard error.code == .notFound, shim.isOurs, record.state.isAlive else { throw error }
            return try await handOver(to: shim)
        }
    }

    /// The shim is dead. The program need not be: another shim takes it up.
    private func goOn() async {
        shim?.close()
        shim = nil
        guard let (shim, state) = await replaceShim() else { return await concludeDead() }
        self.shim = shim
        await take(over: state, from: shim)
    }

    private func take(over state: TaskAPI.StateResponse, from shim: ShimConnection) async {
        switch state.status {
        case .running, .paused, .pausing:
            await takeOverLiving(state, from: shim)
        case .stopped:
            guard noteStart(pid: state.pid) else {
                // Its end is written down; only the clearing up was not done.
                await discardTask()
                return autoRemoveLater()
            }
            exited(
                ProcessExit(
                    status: state.exitStatus, at: state.exitedAt.map { Moment($0) } ?? .now()))
        default:
            // The task was made, the program not started: as if the start had not begun.
            context.log.info("\(label): its start was interrupted; it is undone")
            await discardTask()
            await conclude(nil)
        }
    }

    private func takeOverLiving(_ state: TaskAPI.StateResponse, from shim: ShimConnection) async {
        guard noteStart(pid: state.pid) else { return await discardTask() }
        let isPaused = state.status != .running
        if isPaused != (record.state == .paused) {
            let action: EventDraft.Action = isPaused ? .pause : .unpause
            try? move(
                to: isPaused ? .paused : .running, events: [EventDraft(action, of: record)])
        }
        run.attachable.settle(.success(shim.address))
        await resumeForeignStreams(shim)
        watch(run)
        await keep()
        for exec in execs.values where exec.record.state != .stopped {
            await takeOver(exec, from: shim)
        }
        context.log.info("\(label): taken over, process \(record.pid)")
        await renewShim()
    }

    /// Completes a start that was under way; false where the container's program is known to have
    /// ended.
    private func noteStart(pid: UInt32) -> Bool {
        if record.state.isAlive { return true }
        guard record.intent == .start else { return false }
        if record.state == .stopped { run = Run() }
        do {
            try move(to: .running, events: [EventDraft(.start, of: record)]) {
                $0.intent = nil
                $0.pid = pid
                $0.startedAt = .now()
                $0.finishedAt = nil
                $0.exitStatus = 0
                $0.oomKilled = false
            }
        } catch { context.log.error("\(label): \(error)") }
        return true
    }

    /// The shim is dead: its record says how the program ended; or the program lives on without one,
    /// and goes with what `delete` clears away.
    private func concludeDead() async {
        let recorded = bundle.exitRecord()?.exit
        let cleaned = await cleanUpAfterDeadShim()
        await conclude(recorded ?? cleaned)
    }

    /// Writes down an end that nobody saw come; of a start that did not come far, nothing is left.
    private func conclude(_ exit: ProcessExit?) async {
        if record.intent == .start, exit == nil || !record.state.isAlive {
            if let exit, noteStart(pid: 0) { return exited(exit) }
            do { try move(to: record.state) { $0.intent = nil } } catch {
                context.log.error("\(label): \(error)")
            }
            await discardTask()
            return removeLater()
        }
        guard record.state.isAlive else {
            await discardTask()
            return autoRemoveLater()
        }
        if exit == nil { record.error = "it ended together with its shim or its machine" }
        exited(exit ?? ProcessExit(status: Self.unseenStatus, at: .now()))
    }

    /// A container that should have removed itself does so now.
    private func autoRemoveLater() {
        if record.state == .stopped { removeLater() }
    }

    private func removeLater() {
        guard record.spec.autoRemove else { return }
        Task { try? await self.remove(force: true) }
    }

    /// A shim that is there and does not answer keeps its container; it is asked again.
    private func leaveHung(_ failure: Failure) async {
        context.log.error("\(label): its shim does not answer: \(failure)")
        shim?.close()
        shim = nil
        record.error = "its shim does not answer"
        Task { [weak self] in
            try? await Task.sleep(for: .seconds(10))
            await self?.recoverAgain()
        }
    }

    private func recoverAgain() async {
        await inTurn {
            guard shim == nil, record.state.isAlive || record.intent == .start else { return }
            record.error = ""
            await recover()
        }
    }
}
