internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// Kill, Pause, Resume and Update.
extension Container {
    func kill(
        _ process: TaskProcess, signal: UInt32, all: Bool, _ done: @escaping (Failure?) -> Void
    ) {
        do throws(Failure) {
            guard (1...64).contains(signal) else { throw .invalid("signal \(signal)") }
            switch process.state {
            case .added: throw .precondition("process \(process.execID) is not started")
            case .stopped, .deleted: throw .notFound("process already finished")
            default: break
            }
            // A foreign runtime may keep its containers elsewhere than in processes: it must be
            // asked. For our own, and for execs, the descriptor is the process.
            if process.isInit, all || !runtime.reports {
                try killThroughRuntime(signal, all, done)
            } else {
                try killDirectly(process, signal)
                done(nil)
            }
        } catch {
            done(error)
        }
    }

    private func killDirectly(_ process: TaskProcess, _ signal: UInt32) throws(Failure) {
        do throws(SystemError) {
            guard try process.send(signal: Int32(signal)) else {
                throw SystemError("send signal \(signal)", ESRCH)
            }
        } catch {
            throw error.code == ESRCH ? .notFound("process already finished") : .system(error)
        }
        // With cgroup v1 a frozen process does not even die.
        if signal == 9, process.isInit, initial.state == .paused || initial.state == .pausing {
            try? run("resume", [id], limit: RuntimeLimit.freeze) { _ in }
        }
    }

    private func killThroughRuntime(
        _ signal: UInt32, _ all: Bool, _ done: @escaping (Failure?) -> Void
    ) throws(Failure) {
        let arguments = (all ? ["--all"] : []) + [id, String(signal)]
        try run("kill", arguments, limit: RuntimeLimit.signal) { result in
            guard !result.succeeded else { return done(nil) }
            let failure = result.failure
            let isGone = ["already finished", "no such process", "not running"].contains {
                failure.message.includes($0)
            }
            done(isGone ? .notFound("process already finished") : failure)
        }
    }

    func pause(_ done: @escaping (Failure?) -> Void) {
        change(
            "pause", .pausing, from: .running,
            { [self] result in
                guard initial.state == .pausing else {
                    return done(.precondition("the container ended while it was paused"))
                }
                guard result.succeeded else {
                    try? initial.become(.running)
                    return done(result.failure)
                }
                try? initial.become(.paused)
                save()
                publish("/tasks/paused", TaskEvents.TaskPaused(containerID: id))
                done(nil)
            }, done)
    }

    func resume(_ done: @escaping (Failure?) -> Void) {
        change(
            "resume", nil, from: .paused,
            { [self] result in
                guard result.succeeded else { return done(result.failure) }
                if initial.state == .paused { try? initial.become(.running) }
                save()
                publish("/tasks/resumed", TaskEvents.TaskResumed(containerID: id))
                done(nil)
            }, done)
    }

    private func change(
        _ verb: String, _ next: ProcessState?, from state: ProcessState,
        _ finish: @escaping (RuntimeResult) -> Void, _ done: (Failure?) -> Void
    ) {
        do throws(Failure) {
            guard initial.state == state else {
                throw .precondition("cannot \(verb) a \(initial.state.rawValue) container")
            }
            if let next { try initial.become(next) }
            do throws(Failure) {
                try run(verb, [id], limit: RuntimeLimit.freeze, finish)
            } catch {
                if next != nil { try initial.become(state) }
                throw error
            }
        } catch {
            done(error)
        }
    }

    /// `resources` is JSON, linux.resources of config.json.
    func update(_ resources: [UInt8], _ done: @escaping (Failure?) -> Void) {
        do throws(Failure) {
            guard initial.state.isAlive else {
                throw .precondition("cannot update a \(initial.state.rawValue) container")
            }
            guard !resources.isEmpty else { throw .invalid("update without resources") }
            try run(
                "update", ["--resources", "-", id], streams: .fed(resources),
                limit: RuntimeLimit.update
            ) { result in done(result.succeeded ? nil : result.failure) }
        } catch {
            done(error)
        }
    }
}
