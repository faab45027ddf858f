internal import OCI
internal import RPC
internal import Store
internal import Wire

extension Container {
    /// Starts the program: bundle, shim, task, program. Where one of them fails, what was made
    /// before is undone and the container is as it was, with the reason in its record.
    func start() async throws {
        try await inTurn {
            try require(.start)
            if record.state == .stopped {
                // What the last run left may not be cleared away yet.
                if shim != nil { await discardTask() }
                run = Run()
            }
            if record.startedAt == nil { phases.resume() } else { phases = PhaseLog() }
            startingPID = 0
            earlyExit = nil
            try move(to: record.state) {
                $0.intent = .start
                $0.error = ""
            }
            Crashpoint.startIntent.reach()
            do {
                try await makeTask()
                try await startProgram()
            } catch {
                var failure = Failure(error, "start container", record.name)
                if failure.subject == id { failure.subject = record.name }
                await undoStart(failure)
                throw failure
            }
            Crashpoint.startDone.reach()
            watch(run)
        }
        // A program may end before its start was written down.
        if let exit = earlyExit { exited(exit) }
    }

    /// The bundle, the shim and the task in it: all up to the program.
    private func makeTask() async throws {
        let bundle = bundle
        let files = files
        let snapshot = try snapshotForStart()
        try attempt("write bundle", bundle.directory) { try bundle.prepare(from: files) }
        Crashpoint.startBundle.reach()
        phases.mark("write bundle")
        let options = try runtimeOptions()
        try openForeignLog()
        let address = try await context.shim.start(id, bundle: bundle.directory, options: options)
        Crashpoint.startShim.reach()
        let shim = try await ShimConnection.open(address, id: id)
        self.shim = shim
        phases.mark("start shim")
        var request = TaskAPI.CreateTaskRequest(
            id: id, bundle: bundle.directory,
            rootfs: [
                TaskAPI.Mount(
                    type: snapshot.mount.type, source: snapshot.mount.source,
                    options: snapshot.mount.options)
            ],
            terminal: record.spec.terminal, options: options)
        try await giveStreams(&request, shim)
        startingPID = try await shim.create(request)
        if record.spec.terminal { try await giveSizeAtStart(shim) }
        await keep()
        Crashpoint.startTask.reach()
        phases.mark("create task")
    }

    private func snapshotForStart() throws(Failure) -> ActiveSnapshot {
        let found = try attempt("find snapshot", record.name) {
            try context.store.snapshot(key: id)
        }
        guard let found else {
            throw Failure(
                .dataLoss, "start container", record.name, "its files are gone from the store",
                hint: "remove the container and create it again")
        }
        return found
    }

    /// What the shim must know of the runtime.
    func runtimeOptions() throws(Failure) -> AnyMessage {
        var program = context.runtime
        if !record.spec.runtime.isEmpty {
            guard
                let found = ExecutableSearch.find(record.spec.runtime, beside: context.program)
            else {
                throw Failure(
                    .notFound, "find runtime", record.spec.runtime,
                    "there is no such program beside apusd or in PATH",
                    hint: "give the runtime's absolute path")
            }
            program = found
        }
        let options = RuncAPI.Options(
            binaryName: program, root: context.paths.runtimeRoot)
        return try attempt("write options", program) { try AnyMessage(options) }
    }

    private func startProgram() async throws {
        guard let shim else {
            throw Failure(.unavailable, "start container", record.name, "its shim is gone")
        }
        run.attachable.settle(.success(shim.address))
        await awaitAttachers()
        let pid = try await shim.start(id)
        Crashpoint.startProgram.reach()
        phases.mark("start program")
        startingPID = pid
        try move(
            to: .running,
            events: [EventDraft(.start, of: record)]
        ) {
            $0.intent = nil
            $0.pid = pid
            $0.startedAt = .now()
            $0.finishedAt = nil
            $0.exitStatus = 0
            $0.oomKilled = false
        }
    }

    /// Whoever attached before the start is connected before the program writes. One that hangs
    /// does not hold up the container for ever.
    private func awaitAttachers() async {
        let attachers = pendingAttachers
        pendingAttachers = []
        for attacher in attachers {
            _ = try? await attacher.value(within: Deadlines.attach)
        }
    }

    private func undoStart(_ failure: Failure) async {
        context.log.info("\(label): start failed: \(failure)")
        await discardTask()
        run.abandon(failure)
        // Of a container that ran before, this is its latest end.
        run =
            record.state == .stopped
            ? Run(ProcessExit(status: UInt32(failure.exitCode), at: .now())) : Run()
        do {
            try move(to: record.state) {
                $0.intent = nil
                $0.error = failure.cause
                $0.exitStatus = UInt32(failure.exitCode)
                $0.pid = 0
            }
        } catch { context.log.error("\(label): \(error)") }
        if record.spec.autoRemove { await removeAfterEnd(nil) }
    }
}
