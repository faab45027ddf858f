internal import RPC
internal import Store
internal import Wire

extension Container {
    /// Waits for the end of the program beside the shim's event; whichever comes first counts.
    func watch(_ run: Run) {
        guard let shim else { return }
        Task { [id, weak self] in
            do {
                let answer = try await shim.wait(id)
                await self?.exited(
                    ProcessExit(
                        status: answer.exitStatus,
                        at: answer.exitedAt.map { Moment($0) } ?? .now()))
            } catch {
                await self?.lost(shim, error)
            }
        }
    }

    /// The shim's event of an end: of the program, or of an exec.
    func exited(_ event: TaskEvents.TaskExit) {
        let exit = ProcessExit(
            status: event.exitStatus, at: event.exitedAt.map { Moment($0) } ?? .now())
        guard event.id.isEmpty || event.id == id else { return execExited(event.id, exit) }
        // An event of an earlier run may come late.
        let current = record.state.isAlive ? record.pid : startingPID
        guard event.pid == 0 || current == 0 || event.pid == current else { return }
        exited(exit)
    }

    /// The program has ended. Only the first to say so is listened to.
    func exited(_ exit: ProcessExit) {
        guard record.state.isAlive else {
            if record.intent == .start, earlyExit == nil { earlyExit = exit }
            return
        }
        Crashpoint.exitSeen.reach()
        earlyExit = nil
        var exit = exit
        // The shim saw the end of a very short program before we wrote its start down.
        exit.at = max(exit.at, record.startedAt ?? exit.at)
        exit.oomKilled =
            exit.oomKilled || record.oomKilled || bundle.exitRecord()?.oomKilled == true
        let change: (inout ContainerRecord) -> Void = {
            $0.pid = 0
            $0.exitStatus = exit.status
            $0.finishedAt = exit.at
            $0.oomKilled = exit.oomKilled
        }
        var dying = EventDraft(.die, of: record, ["exitCode": String(exit.status)])
        dying.time = exit.at
        var events = [dying]
        if exit.oomKilled && !record.oomKilled {
            events.insert(EventDraft(.oom, of: record), at: 0)
        }
        do {
            try move(to: .stopped, events: events, change)
        } catch {
            // Until it is, the shim keeps the record of the exit, for the next life of the manager.
            context.log.error("\(label): its end could not be written down: \(error)")
            unwritten = events
            record.state = .stopped
            change(&record)
        }
        Crashpoint.exitRecorded.reach()
        context.log.debug("\(label): ended with \(exit.status)")
        let run = run
        for exec in execs.values where exec.record.state == .running {
            execExited(exec.record.id, ProcessExit(status: 137, at: exit.at))
        }
        run.exited.settle(.success(exit))
        Task { await self.settleDown(run, exit) }
    }

    /// After the end: the task and the shim go, and a container that removes itself, too.
    func settleDown(_ run: Run, _ exit: ProcessExit) async {
        await inTurn {
            guard self.run === run, record.state == .stopped else { return }
            guard writeDownLate() else { return settleDownLater(run, exit) }
            await discardTask()
            Crashpoint.exitTaskDeleted.reach()
            if record.spec.autoRemove { await removeAfterEnd(exit) }
        }
        run.finished.settle(.success(exit))
    }

    /// Tries again to write an end down; false where that is still not possible.
    private func writeDownLate() -> Bool {
        guard !unwritten.isEmpty else { return true }
        do {
            try context.ledger.update(record, events: unwritten)
        } catch {
            context.log.error("\(label): its end could not be written down: \(error)")
            return false
        }
        unwritten = []
        context.journal.wake()
        return true
    }

    private func settleDownLater(_ run: Run, _ exit: ProcessExit) {
        Task { [weak self] in
            try? await Task.sleep(for: .seconds(10))
            await self?.settleDown(run, exit)
        }
    }

    /// Takes down what a start has made: task, shim, what is in the bundle. Every step is safe to
    /// repeat; a shim that cannot be asked is cleaned up after.
    func discardTask() async {
        if shim == nil, let text = bundle.shimAddress {
            shim = try? await ShimConnection.open(context.shim.address(text), id: id)
        }
        if let shim {
            phases.append(await shim.timeline(id))
            await deleteTask(shim)
            await foreignStreams?.drain()
            await shim.shutdown(id)
            self.shim = nil
        } else if bundle.shimAddress != nil {
            await cleanUpAfterDeadShim()
        }
        forgetKeepsakes()
        foreignStreams = nil
        foreignLog = nil
        for streams in foreignExecStreams.values { await streams.drain() }
        foreignExecStreams = [:]
        do {
            try bundle.remove()
            if record.state != .removed, record.intent != .remove {
                try bundle.prepare(from: files)
            }
        } catch {
            context.log.warning("\(label): \(error)")
        }
    }

    /// Deletes the task; one that should not live any more is killed first.
    private func deleteTask(_ shim: ShimConnection) async {
        do throws(Failure) {
            _ = try await shim.delete(id)
        } catch {
            guard error.code != .notFound else { return }
            context.log.debug("\(label): its task must be killed first: \(error)")
            try? await shim.kill(id, signal: SignalName.kill, all: true)
            _ = try? await shim.call(
                TaskAPI.TaskService.wait, TaskAPI.WaitRequest(id: id), "wait for container", id,
                limit: Deadlines.signal)
            do throws(Failure) { _ = try await shim.delete(id) } catch {
                guard error.code != .notFound else { return }
                context.log.warning("\(label): \(error)")
            }
        }
    }

    /// `apus-shim delete`: kills what the shim left running, unmounts, and says how it ended.
    @discardableResult
    func cleanUpAfterDeadShim() async -> ProcessExit? {
        do {
            let answer = try await context.shim.delete(id, bundle: bundle.directory)
            return ProcessExit(
                status: answer.exitStatus, at: answer.exitedAt.map { Moment($0) } ?? .now())
        } catch {
            context.log.warning("\(label): cleaning up after its shim failed: \(error)")
            return nil
        }
    }

    /// The connection to the shim broke while the program should be running.
    func lost(_ shim: ShimConnection, _ error: any Error) async {
        guard self.shim === shim, record.state.isAlive else { return }
        await inTurn {
            guard self.shim === shim, record.state.isAlive else { return }
            context.log.warning("\(label): the connection to its shim broke: \(error)")
            self.shim = nil
            shim.close()
            await recover()
        }
    }
}
