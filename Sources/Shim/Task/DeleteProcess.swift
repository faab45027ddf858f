internal import Linux
internal import RPC
internal import Wire

/// How long a Delete waits for the last output to be taken.
private let flushTime = Duration.seconds(10)
/// How long the init of a container that was never started may take to go.
private let exitTime = Duration.seconds(5)

extension Container {
    /// Removes an exec that has ended or was never started.
    func deleteExec(
        _ process: TaskProcess, _ done: @escaping (Result<TaskAPI.DeleteResponse, Failure>) -> Void
    ) {
        guard process.state == .stopped || process.state == .added else {
            return done(.failure(.precondition("cannot delete a running process")))
        }
        process.streams.whenSettled(within: process.state == .added ? .zero : flushTime) {
            [self] in
            if process.streams.isHeldOpen {
                process.streams.discardRest()
                leftovers.append(process.streams)
            } else {
                process.streams.close()
            }
            let exit = process.exit ?? Exit(status: 0, at: .never)
            try? process.become(.deleted)
            if execs[process.execID] === process { execs[process.execID] = nil }
            leftovers.removeAll { !$0.isHeldOpen }
            bundle.remove([bundle.exit(process.execID)] + bundle.notes(of: process.execID))
            if process.pid > 0 { save() }
            publishDelete(process, exit)
            done(.success(response(process, exit)))
        }
    }

    /// Removes the container: from the runtime, its mounts, its streams.
    func deleteInit(_ done: @escaping (Result<TaskAPI.DeleteResponse, Failure>) -> Void) {
        switch initial.state {
        case .stopped:
            initial.streams.whenSettled(within: flushTime) { [self] in runDelete(false, done) }
        case .created: runDelete(true, done)
        case .deleted: done(.failure(.notFound("container \(id)")))
        default: done(.failure(.precondition("cannot delete a running process")))
        }
    }

    private func runDelete(
        _ force: Bool, _ done: @escaping (Result<TaskAPI.DeleteResponse, Failure>) -> Void
    ) {
        if !force { oom?.stop() }
        do throws(Failure) {
            let arguments = (force ? ["--force"] : []) + [id]
            try run("delete", arguments, limit: RuntimeLimit.delete) { [self] result in
                guard result.succeeded || result.failure.code == .notFound else {
                    return done(.failure(result.failure))
                }
                // One that was to be restored never had a process.
                guard initial.pid > 0 else { return finishDelete(done) }
                awaitExit { [self] in finishDelete(done) }
            }
        } catch {
            done(.failure(error))
        }
    }

    /// A container that was never started ends by being deleted.
    private func awaitExit(_ body: @escaping () -> Void) {
        var waits = true
        let timer = context.loop.after(exitTime) {
            if waits { body() }
            waits = false
        }
        initial.whenEnded { [loop = context.loop] in
            loop.cancel(timer)
            if waits { body() }
            waits = false
        }
    }

    private func finishDelete(_ done: (Result<TaskAPI.DeleteResponse, Failure>) -> Void) {
        oom?.stop()
        oom = nil
        for streams in leftovers { streams.close() }
        leftovers = []
        for process in execs.values { process.streams.close() }
        initial.streams.close()
        rootfs.unmount()
        bundle.remove([bundle.task, bundle.initPid] + bundle.notes(of: "init"))
        let exit = initial.exit ?? Exit(status: 137, at: Clock.now)
        try? initial.become(.deleted)
        publishDelete(initial, exit)
        done(.success(response(initial, exit)))
    }

    private func publishDelete(_ process: TaskProcess, _ exit: Exit) {
        publish(
            "/tasks/delete",
            TaskEvents.TaskDelete(
                containerID: id, pid: UInt32(process.pid), exitStatus: exit.status,
                exitedAt: exit.at, id: process.execID))
    }

    private func response(_ process: TaskProcess, _ exit: Exit) -> TaskAPI.DeleteResponse {
        TaskAPI.DeleteResponse(
            pid: UInt32(process.pid), exitStatus: exit.status, exitedAt: exit.at)
    }
}
