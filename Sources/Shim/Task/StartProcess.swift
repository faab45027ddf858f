internal import Linux
internal import RPC
internal import Wire

/// Start: the init runs its program, or an exec gets its process.
extension Container {
    func startInit(_ done: @escaping (Result<Int32, Failure>) -> Void) {
        if let images = restoresFrom { return restoreInit(from: images, done) }
        let start = Clock.monotonic
        do throws(Failure) {
            try refuseSecondStart(initial)
            try initial.become(.starting)
            do throws(Failure) {
                try run("start", [id], limit: RuntimeLimit.start) { [self] result in
                    note("runtime start", from: start)
                    phases += result.outcome?.phases ?? []
                    finishStart(result, done)
                }
                watchMemory()
            } catch {
                try initial.become(.created)
                throw error
            }
        } catch {
            done(.failure(error))
        }
    }

    private func finishStart(
        _ result: RuntimeResult, _ done: (Result<Int32, Failure>) -> Void
    ) {
        if result.succeeded {
            try? initial.become(.running)
            save()
            publish(
                "/tasks/start", TaskEvents.TaskStart(containerID: id, pid: UInt32(initial.pid)))
            done(.success(initial.pid))
        } else {
            try? initial.become(.created)
            done(.failure(result.failure))
        }
        releaseHeldExit(of: initial)
    }

    func addExec(_ request: TaskAPI.ExecProcessRequest) throws(Failure) {
        guard isName(request.execID) else { throw .invalid("exec id \"\(request.execID)\"") }
        guard execs[request.execID] == nil, request.execID != id else {
            throw .exists("id \(request.execID)")
        }
        switch initial.state {
        case .created, .starting, .running: break
        case .pausing, .paused: throw .precondition("cannot exec in a paused container")
        default: throw .precondition("cannot exec in a \(initial.state.rawValue) container")
        }
        guard let spec = request.spec, !spec.value.isEmpty else {
            throw .invalid("exec without a process")
        }
        let plan = try StdioPlan(
            terminal: request.terminal, stdin: request.stdin, stdout: request.stdout,
            stderr: request.stderr)
        let streams = try ProcessStreams(
            plan, directory: bundle.path, name: request.execID, id: id,
            owner: (options.ioUid, options.ioGid), context: context)
        streams.cgroup = cgroup
        execs[request.execID] = TaskProcess(
            execID: request.execID,
            stdio: TaskProcess.Stdio(
                stdin: request.stdin, stdout: request.stdout, stderr: request.stderr,
                terminal: request.terminal),
            spec: spec.value, streams: streams, state: .added)
        publish(
            "/tasks/exec-added",
            TaskEvents.TaskExecAdded(containerID: id, execID: request.execID))
    }

    func startExec(_ process: TaskProcess, _ done: @escaping (Result<Int32, Failure>) -> Void) {
        do throws(Failure) {
            try refuseSecondStart(process)
            guard initial.state == .running else {
                throw initial.state == .paused || initial.state == .pausing
                    ? .precondition("cannot exec in a paused container")
                    : .precondition("init process is not running")
            }
            try process.become(.starting)
        } catch {
            return done(.failure(error))
        }
        process.streams.prepare(id: id) { [self] failure in
            if let failure { return failExec(process, failure, done) }
            runExec(process, done)
        }
    }

    private func runExec(
        _ process: TaskProcess, _ done: @escaping (Result<Int32, Failure>) -> Void
    ) {
        let spec = bundle.execSpec(process.execID)
        let pidFile = bundle.execPid(process.execID)
        do throws(Failure) {
            do throws(SystemError) { try replaceFile(spec, with: process.spec) } catch {
                throw .system(error)
            }
            var arguments = ["--process", spec, "--detach", "--pid-file", pidFile]
            if let console = process.streams.console {
                arguments += ["--console-socket", console.path]
            }
            let streams = process.streams.childStreams
            try run("exec", arguments + [id], streams: streams, limit: RuntimeLimit.exec) {
                [self] result in
                finishExec(process, result, done)
                bundle.remove([spec, pidFile])
            }
        } catch {
            bundle.remove([spec])
            failExec(process, error, done)
        }
    }

    private func finishExec(
        _ process: TaskProcess, _ result: RuntimeResult,
        _ done: (Result<Int32, Failure>) -> Void
    ) {
        do throws(Failure) {
            guard result.succeeded else { throw process.streams.explain(result) }
            let pid = try result.pid(orFrom: bundle.execPid(process.execID))
            process.adopt(pid: pid, pidfd: result.pidfd)
            context.reaper.watch(pid) { [own = Weak(self)] status in
                own.object?.sawExit(of: process, ExitStatus(waitStatus: status))
            }
            try process.streams.processStarted()
            try process.become(.running)
            save()
        } catch {
            return failExec(process, error, done)
        }
        publish(
            "/tasks/exec-started",
            TaskEvents.TaskExecStarted(
                containerID: id, execID: process.execID, pid: UInt32(process.pid)))
        done(.success(process.pid))
        releaseHeldExit(of: process)
    }

    /// Nobody will wait in vain for a process that was never there.
    private func failExec(
        _ process: TaskProcess, _ failure: Failure, _ done: (Result<Int32, Failure>) -> Void
    ) {
        if process.pid > 0 { _ = try? process.send(signal: 9) }
        process.streams.close()
        try? process.become(.stopped)
        process.ended(Exit(status: 255, at: Clock.now))
        done(.failure(failure))
    }

    func refuseSecondStart(_ process: TaskProcess) throws(Failure) {
        switch process.state {
        case .created, .added: return
        case .starting: throw .precondition("the process is being started")
        case .running, .pausing, .paused: throw .precondition("cannot start a running process")
        default: throw .precondition("cannot start a \(process.state.rawValue) process")
        }
    }
}
