internal import RPC
internal import Store
internal import Wire

extension Container {
    /// Removes the container with its files; by force also one that runs.
    func remove(force: Bool) async throws {
        try await inTurn {
            if record.state.isAlive, force { try await killForRemoval() }
            try require(.remove)
            try await removeInTurn()
        }
    }

    private func killForRemoval() async throws {
        let run = run
        if let shim {
            tell(.kill, ["signal": String(SignalName.kill)])
            do throws(Failure) {
                try await shim.kill(id, signal: SignalName.kill)
                if record.state == .paused { try await shim.resume(id) }
            } catch {
                guard error.code == .notFound || error.code == .failedPrecondition else {
                    throw error
                }
            }
        } else {
            // Nobody to ask: whoever is left is cleared away.
            let exit = await cleanUpAfterDeadShim()
            exited(exit ?? ProcessExit(status: 137, at: .now()))
        }
        guard try await run.exited.value(within: Deadlines.signal) != nil else {
            throw Failure(
                .deadlineExceeded, "remove container", record.name,
                "its program does not end, not even killed",
                hint: "it may wait for a disk or a network file system; try again later")
        }
    }

    /// A container that removes itself; nobody waits for an answer.
    func removeAfterEnd(_ exit: ProcessExit?) async {
        do { try await removeInTurn() } catch {
            context.log.error("\(label): removing it failed: \(error)")
        }
    }

    /// Task, bundle, snapshot, files, row: in this order, each safe to repeat. A crash in between is
    /// finished by the next start of the manager.
    private func removeInTurn() async throws {
        guard record.state != .removed else { return }
        try move(to: record.state) { $0.intent = .remove }
        Crashpoint.removeIntent.reach()
        do {
            await discardTask()
            Crashpoint.removeShim.reach()
            try await removeFiles()
            Crashpoint.removeSnapshot.reach()
        } catch {
            let failure = Failure(error, "remove container", record.name)
            if record.state != .dead {
                try? move(to: .dead) { $0.error = failure.cause }
            }
            throw failure
        }
        let last = run.exited.result
        try attempt("write down the removal of", record.name) {
            try context.ledger.delete(record, events: [EventDraft(.destroy, of: record)])
        }
        context.journal.wake()
        Crashpoint.removeDone.reach()
        record.state = .removed
        var exit: ProcessExit?
        if case .success(let known)? = last { exit = known }
        forget(record, exit, phases.phases)
        let gone = Failure(.notFound, "wait for container", record.name, "it was removed")
        if exit == nil { run.abandon(gone) }
        if let exit { run.finished.settle(.success(exit)) }
        for exec in execs.values { exec.run.abandon(gone) }
    }

    private func removeFiles() async throws {
        let (bundle, files, store, id) = (bundle, files, context.store, id)
        try await offload {
            try bundle.remove()
            try store.removeSnapshot(key: id)
            try removeTree(files.directory)
        }
    }

    /// A creation that a crash interrupted never was.
    func undoCreate() {
        do {
            try bundle.remove()
            try context.store.removeSnapshot(key: id)
            try removeTree(files.directory)
            try context.ledger.delete(record)
            record.state = .removed
            forget(record, nil, [])
        } catch {
            context.log.error("\(label): undoing its creation failed: \(error)")
        }
    }
}
