internal import AsyncRPC
internal import Linux
internal import RPC
internal import Wire

/// The streams of a container's processes.
extension Container {
    // MARK: What a shim is told

    /// Where the streams of the first process go: to the log, always, and to attachers.
    func giveStreams(
        _ request: inout TaskAPI.CreateTaskRequest, _ shim: ShimConnection
    ) async throws {
        let stdin = record.spec.stdinOpen
        let plan = LogPlan(record.spec)
        guard shim.isOurs else {
            guard plan.isPlain else {
                throw Failure(
                    .failedPrecondition, "log to", plan.driver,
                    "only apus-shim has log drivers and options",
                    hint: "leave them out, or start apusd without --shim")
            }
            let streams = try ForeignStreams(
                "\(bundle.directory)/streams", log: plan.isNone ? nil : files.log, stdin: stdin)
            foreignStreams = streams
            let paths = streams.paths(stdin: stdin)
            request.stdin = paths.stdin
            request.stdout = paths.stdout
            request.stderr = record.spec.terminal ? "" : paths.stderr
            return
        }
        let log = plan.uri(files.log)
        request.stdin = stdin ? "attach:" : ""
        request.stdout = log
        request.stderr = record.spec.terminal ? "" : log
    }

    /// Of an exec: to attachers only.
    func giveStreams(
        _ request: inout TaskAPI.ExecProcessRequest, stdinOpen: Bool, _ shim: ShimConnection
    ) async throws {
        guard shim.isOurs else {
            let streams = try ForeignStreams(
                "\(bundle.directory)/streams-\(request.execID)", log: nil, stdin: stdinOpen)
            foreignExecStreams[request.execID] = streams
            let paths = streams.paths(stdin: stdinOpen)
            request.stdin = paths.stdin
            request.stdout = paths.stdout
            request.stderr = request.terminal ? "" : paths.stderr
            return
        }
        request.stdin = stdinOpen ? "attach:" : ""
        request.stdout = "attach:"
        request.stderr = request.terminal ? "" : "attach:"
    }

    /// The streams that the manager reads itself; nil where the shim does.
    func foreignStreams(of exec: String) -> ForeignStreams? {
        exec.isEmpty ? foreignStreams : foreignExecStreams[exec]
    }

    /// What a shim that is not ours wants to find when it starts.
    func openForeignLog() throws(Failure) {
        guard !context.shim.isOurs else { return }
        let (bundle, label, log) = (bundle, label, context.log)
        foreignLog = try attempt("read log of shim of", record.name) {
            try ForeignLog(bundle, label, log)
        }
    }

    /// After a restart of the manager, under a foreign shim.
    func resumeForeignStreams(_ shim: ShimConnection) async {
        guard !shim.isOurs, foreignStreams == nil else { return }
        do {
            try openForeignLog()
            foreignStreams = try ForeignStreams(
                "\(bundle.directory)/streams", log: LogPlan(record.spec).isNone ? nil : files.log,
                stdin: record.spec.stdinOpen)
        } catch { context.log.error("\(label): its streams cannot be read: \(error)") }
    }

    // MARK: Attach

    /// A place among those who see what a process writes.
    struct AttachTicket: Sendable {
        var id: String
        var execID: String
        var run: Run
        /// For a process that has not started: its start waits for this.
        var ready: Settled<Void>?
        var isOpen: Bool
    }

    func takeTicket(exec reference: String) throws(Failure) -> AttachTicket {
        guard reference.isEmpty else {
            let exec = try exec(reference)
            guard exec.record.state != .stopped else {
                throw Failure(
                    .failedPrecondition, "attach to exec", ContainerID.short(exec.record.id),
                    "it has ended")
            }
            let shim = try livingShim(for: .exec)
            exec.run.attachable.settle(.success(shim.address))
            return AttachTicket(id: id, execID: exec.record.id, run: exec.run, isOpen: true)
        }
        switch record.state {
        case .running, .paused:
            tell(.attach)
            return AttachTicket(id: id, execID: "", run: run, isOpen: true)
        case .created, .creating:
            let ready = Settled<Void>()
            pendingAttachers.append(ready)
            return AttachTicket(id: id, execID: "", run: run, ready: ready, isOpen: false)
        default:
            throw Failure(
                .failedPrecondition, "attach to container", record.name,
                "it is \(record.state.rawValue)", hint: "attach before it is started, or run it")
        }
    }

    /// Sends what a process writes until its streams end. The first chunk is empty: from then on
    /// nothing is missed.
    nonisolated func attach(
        exec: String, _ send: @escaping @Sendable (Apus.OutputChunk) async throws -> Void
    ) async throws {
        let ticket = try await takeTicket(exec: exec)
        defer { ticket.ready?.settle(.success(())) }
        // Before the start, the place in the queue is the promise.
        if !ticket.isOpen { try await send(Apus.OutputChunk()) }
        let address = try await ticket.run.attachable.value()
        if let foreign = await foreignStreams(of: ticket.execID) {
            let chunks = foreign.attach()
            ticket.ready?.settle(.success(()))
            if ticket.isOpen { try await send(Apus.OutputChunk()) }
            for await chunk in chunks { try await send(chunk) }
            return try Task.checkCancellation()
        }
        try await relayOnAndOn(ticket, address, send)
    }

    /// A shim that is killed ends the relay, not the stream: the one in its place goes on with it.
    private nonisolated func relayOnAndOn(
        _ ticket: AttachTicket, _ address: String,
        _ send: @escaping @Sendable (Apus.OutputChunk) async throws -> Void
    ) async throws {
        var ticket = ticket
        // Until when another may come, once one is lost.
        var end: ContinuousClock.Instant?
        while true {
            do {
                // Told once.
                return try await relay(ticket, address, send) { ticket.isOpen = false }
            } catch {
                let code = (error as? RPCError)?.code ?? (error as? Failure)?.code
                let wasConnected = (error as? RPCError) == .closed
                if wasConnected || end == nil && code == .unavailable {
                    end = .now + Deadlines.replacement
                }
                // A shim that dies may listen longer than it serves, so that any connection to it may
                // be refused; the next one listens before it has been told what it is to take up.
                guard code == .unavailable || code == .notFound, let end, .now < end else {
                    throw error
                }
                try await Task.sleep(for: .milliseconds(10))
                guard try await isTakenUp(exec: ticket.execID) else { return }
            }
        }
    }

    /// Waits while another shim takes up the process; false where it has ended.
    func isTakenUp(exec execID: String) async throws -> Bool {
        let end = ContinuousClock.now + Deadlines.replacement
        while ContinuousClock.now < end {
            await inTurn {}
            guard record.state.isAlive,
                execID.isEmpty || execs[execID]?.record.state == .running
            else { return false }
            if let shim, !shim.isClosed { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// From the shim to the caller, on a connection of its own: a caller that is slow holds up
    /// nothing but itself.
    private nonisolated func relay(
        _ ticket: AttachTicket, _ address: String,
        _ send: @escaping @Sendable (Apus.OutputChunk) async throws -> Void, told: () -> Void
    ) async throws {
        let client = try await ShimConnection.connect(address)
        defer { client.close() }
        let output = try await client.stream(
            ShimAPI.StdioService.attach,
            ShimAPI.AttachRequest(id: ticket.id, execID: ticket.execID))
        // The stream's connection waits at the shim before this call does. So its request is read at the
        // latest in the round after the one that answers here: before anything that the answer causes.
        _ = try await client.call(
            TaskAPI.TaskService.connect, TaskAPI.ConnectRequest(id: ticket.id),
            timeout: Deadlines.connect)
        ticket.ready?.settle(.success(()))
        if ticket.isOpen { try await send(Apus.OutputChunk()) }
        told()
        for try await chunk in output {
            try await send(
                Apus.OutputChunk(
                    stream: Apus.Stream(rawValue: chunk.stream.rawValue), data: chunk.data))
        }
    }

    // MARK: Input

    func closeStdin(exec reference: String) async throws {
        let shim = try livingShim(for: .kill)
        let execID = try reference.isEmpty ? "" : exec(reference).record.id
        foreignStreams(of: execID)?.closeStdin()
        forgetInput(ofExec: execID)
        _ = try await shim.call(
            TaskAPI.TaskService.closeIO,
            TaskAPI.CloseIORequest(id: id, execID: execID, stdin: true),
            "close the input of container", record.name, limit: Deadlines.signal)
    }

    /// Before the start there is no terminal yet: the next one that is made gets the size.
    func resize(exec reference: String, columns: UInt32, rows: UInt32) async throws {
        if reference.isEmpty, record.state == .created || record.state == .stopped {
            sizeAtStart = (columns, rows)
            return
        }
        let shim = try livingShim(for: .resize)
        let execID = try reference.isEmpty ? "" : exec(reference).record.id
        try await resize(shim, execID, columns, rows)
        if execID.isEmpty {
            tell(.resize, ["width": String(columns), "height": String(rows)])
        }
    }

    func giveSizeAtStart(_ shim: ShimConnection) async throws {
        guard let size = sizeAtStart else { return }
        sizeAtStart = nil
        try await resize(shim, "", size.columns, size.rows)
    }

    private func resize(
        _ shim: ShimConnection, _ execID: String, _ columns: UInt32, _ rows: UInt32
    ) async throws {
        _ = try await shim.call(
            TaskAPI.TaskService.resizePty,
            TaskAPI.ResizePtyRequest(id: id, execID: execID, width: columns, height: rows),
            "resize the terminal of container", record.name, limit: Deadlines.signal)
    }
}
