internal import OCI
internal import RPC
internal import Store
internal import Wire

extension Container {
    /// Most execs that a container has at a time, ended ones of late included.
    private static let mostExecs = 1000
    private static let endedExecsKept = 32

    func exec(_ reference: String) throws(Failure) -> Exec {
        if let exact = execs[reference] { return exact }
        let found =
            ContainerID.isPrefix(reference)
            ? execs.filter { $0.key.hasPrefix(reference) }.map(\.value) : []
        guard found.count <= 1 else {
            throw Failure(
                .invalidArgument, "find exec", reference,
                "\(found.count) execs have an id that begins so", hint: "give more digits")
        }
        guard let exec = found.first else {
            throw Failure(
                .notFound, "find exec", reference, "container \(record.name) has no such exec")
        }
        return exec
    }

    /// Registers a further process with the shim; it can be attached to, and started once.
    func createExec(_ request: Apus.CreateExecRequest) async throws -> String {
        try await inTurn {
            let shim = try livingShim(for: .exec)
            guard !request.args.isEmpty, request.args[0] != "" else {
                throw Failure(
                    .invalidArgument, "execute in container", record.name, "no command is given")
            }
            try forgetEndedExecs()
            let process = try execProcess(request)
            let execID = ContainerID.random()
            let spec = AnyMessage(
                typeURL: "types.containerd.io/opencontainers/runtime-spec/1/Process",
                value: Array(process.jsonText().utf8))
            var task = TaskAPI.ExecProcessRequest(
                id: id, execID: execID, terminal: request.terminal, spec: spec)
            try await giveStreams(&task, stdinOpen: request.stdinOpen, shim)
            _ = try await shim.call(
                TaskAPI.TaskService.exec, task, "execute in container", record.name,
                limit: Deadlines.signal)
            let exec = Exec(
                record: ExecRecord(containerID: id, id: execID, command: request.args),
                run: Run())
            try save(
                exec.record, .execCreate, ["command": request.args.joined(separator: " ")])
            execs[execID] = exec
            return execID
        }
    }

    func startExec(_ reference: String) async throws -> UInt32 {
        let exec = try exec(reference)
        let shim = try livingShim(for: .exec)
        guard exec.record.state == .created else {
            throw Failure(
                .failedPrecondition, "start exec", ContainerID.short(exec.record.id),
                exec.record.state == .running ? "it runs already" : "it has ended",
                hint: "an exec runs once; create another")
        }
        // Nobody else may start it while this one waits for the shim.
        execs[exec.record.id]?.record.state = .running
        do {
            await keep(exec: exec.record.id)
            let pid = try await shim.start(id, exec: exec.record.id)
            // Its end may be known already.
            if execs[exec.record.id]?.record.state == .running {
                execs[exec.record.id]?.record.pid = pid
            }
            if let known = execs[exec.record.id]?.record { try save(known, .execStart, [:]) }
            watchExec(exec, shim)
            // With the process itself, and with its terminal.
            Task { await self.keep(exec: exec.record.id) }
            return pid
        } catch {
            await undoExec(exec, shim, Failure(error, "start exec", exec.record.id))
            throw error
        }
    }

    private func undoExec(_ exec: Exec, _ shim: ShimConnection, _ failure: Failure) async {
        let status = UInt32(failure.exitCode)
        execExited(exec.record.id, ProcessExit(status: status, at: .now()))
        _ = try? await shim.delete(id, exec: exec.record.id)
        forgetKeepsakes(ofExec: exec.record.id)
    }

    private func watchExec(_ exec: Exec, _ shim: ShimConnection) {
        let execID = exec.record.id
        Task { [id, weak self] in
            guard let answer = try? await shim.wait(id, exec: execID) else { return }
            await self?.execExited(
                execID,
                ProcessExit(
                    status: answer.exitStatus, at: answer.exitedAt.map { Moment($0) } ?? .now()))
            // What it wrote is kept for those who are attached; the rest can go.
            _ = try? await shim.delete(id, exec: execID)
            await self?.forgetKeepsakes(ofExec: execID)
            await self?.endStreams(ofExec: execID)
        }
    }

    private func endStreams(ofExec execID: String) async {
        await foreignExecStreams.removeValue(forKey: execID)?.drain()
    }

    /// An exec has ended. Only the first to say so is listened to.
    func execExited(_ execID: String, _ exit: ProcessExit) {
        guard var exec = execs[execID], exec.record.state != .stopped else { return }
        exec.record.state = .stopped
        exec.record.pid = 0
        exec.record.exitStatus = exit.status
        exec.record.finishedAt = exit.at
        execs[execID] = exec
        do {
            try save(exec.record, .execDie, ["exitCode": String(exit.status)])
        } catch { context.log.error("\(label): the end of an exec is not written down: \(error)") }
        exec.run.exited.settle(.success(exit))
        exec.run.finished.settle(.success(exit))
    }

    /// After a restart of the manager.
    func takeOver(_ exec: Exec, from shim: ShimConnection) async {
        do throws(Failure) {
            let state = try await shim.state(id, exec: exec.record.id)
            guard state.status != .stopped else {
                return execExited(
                    exec.record.id,
                    ProcessExit(
                        status: state.exitStatus,
                        at: state.exitedAt.map { Moment($0) } ?? .now()))
            }
            guard state.status == .running else { return }
            watchExec(exec, shim)
            await keep(exec: exec.record.id)
        } catch {
            let recorded = bundle.exitRecord(exec: exec.record.id)?.exit
            execExited(exec.record.id, recorded ?? ProcessExit(status: 137, at: .now()))
        }
    }

    func killExec(_ reference: String, _ signal: UInt32) async throws {
        let exec = try exec(reference)
        let shim = try livingShim(for: .kill)
        guard exec.record.state == .running else {
            throw Failure(
                .failedPrecondition, "kill exec", ContainerID.short(exec.record.id),
                "it is \(exec.record.state.rawValue)")
        }
        try await shim.kill(id, exec: exec.record.id, signal: signal)
    }

    private func save(
        _ exec: ExecRecord, _ action: EventDraft.Action, _ attributes: [String: String]
    ) throws(Failure) {
        let more = attributes.merging(["execID": exec.id]) { $1 }
        try attempt("write down exec", ContainerID.short(exec.id)) {
            try context.ledger.save(exec, events: [EventDraft(action, of: record, more)])
        }
        context.journal.wake()
    }

    /// Ended execs of long ago are of no use to anybody.
    private func forgetEndedExecs() throws(Failure) {
        let ended = execs.values.filter { $0.record.state == .stopped }
            .sorted { ($0.record.finishedAt ?? .now()) < ($1.record.finishedAt ?? .now()) }
        for exec in ended.dropLast(Self.endedExecsKept) {
            execs[exec.record.id] = nil
            try attempt("forget exec", exec.record.id) {
                try context.ledger.delete(exec.record)
            }
        }
        guard execs.count < Self.mostExecs else {
            throw Failure(
                .resourceExhausted, "execute in container", record.name,
                "it has \(execs.count) execs already")
        }
    }

    /// The container's own process with what the caller wants otherwise.
    private func execProcess(_ request: Apus.CreateExecRequest) throws -> Process {
        let path = files.config
        let config: Spec = try readJSON(
            from: try ContainerFiles.readConfig(path), of: path)
        guard var process = config.process else {
            throw Failure(.dataLoss, "read", path, "it names no process")
        }
        process.args = request.args
        process.terminal = request.terminal
        if !request.workingDirectory.isEmpty { process.cwd = request.workingDirectory }
        guard process.cwd.hasPrefix("/") else {
            throw Failure(
                .invalidArgument, "execute in container", process.cwd,
                "a working directory is an absolute path")
        }
        var environment = Environment(process.env)
        if request.terminal { environment.setDefault("TERM=xterm") }
        if !request.user.isEmpty { try change(&process, &environment, to: request.user) }
        environment.merge(request.env)
        process.env = environment.entries
        return process
    }

    private func change(
        _ process: inout Process, _ environment: inout Environment, to text: String
    ) throws {
        guard let snapshot = try context.store.snapshot(key: id) else {
            throw Failure(.dataLoss, "find user", text, "the container's files are gone")
        }
        let user = try context.store.findUser(text, in: snapshot)
        process.user = User(
            uid: user.uid, gid: user.gid, additionalGids: [user.gid] + user.additionalGids)
        environment.merge(["HOME=\(user.home)"])
        guard var capabilities = process.capabilities else { return }
        let own = user.uid == 0 ? capabilities.bounding : []
        capabilities.effective = own
        capabilities.permitted = own
        process.capabilities = capabilities
    }
}
