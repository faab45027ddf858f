internal import Linux
internal import RPC
internal import Wire

/// Create: mounts, stdio, the runtime's `create`. Whatever fails, nothing half-made is left.
extension Container {
    static func make(
        _ request: TaskAPI.CreateTaskRequest, in context: ShimContext, isDebug: Bool
    ) throws(Failure) -> Container {
        guard isName(request.id) else { throw .invalid("container id \"\(request.id)\"") }
        guard request.bundle.hasPrefix("/") else {
            throw .invalid("bundle \"\(request.bundle)\": the path must be absolute")
        }
        let options = try decode(request.options)
        var runtime = try RuntimeProgram(options: options, namespace: context.namespace)
        runtime.debug = isDebug
        let bundle = BundleFiles(path: request.bundle)
        let plan = try StdioPlan(
            terminal: request.terminal, stdin: request.stdin, stdout: request.stdout,
            stderr: request.stderr)
        let streams = try ProcessStreams(
            plan, directory: bundle.path, name: "init", id: request.id,
            owner: (options.ioUid, options.ioGid), context: context)
        let stdio = TaskProcess.Stdio(
            stdin: request.stdin, stdout: request.stdout, stderr: request.stderr,
            terminal: request.terminal)
        let initial = TaskProcess(execID: "", stdio: stdio, streams: streams, state: .creating)
        return Container(
            id: request.id, bundle: bundle, runtime: runtime, options: options,
            initial: initial, context: context)
    }

    private static func decode(_ any: AnyMessage?) throws(Failure) -> RuncAPI.Options {
        guard let any, !any.typeURL.isEmpty else { return RuncAPI.Options() }
        do throws(WireError) {
            if let options: RuncAPI.Options = try any.unwrap() { return options }
        } catch {
            throw .invalid("options: \(error)")
        }
        throw .invalid("options of type \(any.typeURL): expected \(RuncAPI.Options.wireName)")
    }

    /// Calls `done` when the init waits for Start, or when everything is undone.
    func create(_ request: TaskAPI.CreateTaskRequest, _ done: @escaping (Failure?) -> Void) {
        do throws(Failure) {
            let start = Clock.monotonic
            try rootfs.mount(request.rootfs)
            if !request.rootfs.isEmpty { note("mount rootfs", from: start) }
            do throws(SystemError) { try writeRecord() } catch { throw .system(error) }
        } catch {
            return undo(error, done)
        }
        initial.streams.prepare(id: id) { [self] failure in
            if let failure { return undo(failure, done) }
            guard !request.checkpoint.isEmpty else { return runCreate(request, done) }
            restoresFrom = request.checkpoint
            try? initial.become(.created)
            publishCreate(request)
            done(nil)
        }
    }

    private func runCreate(
        _ request: TaskAPI.CreateTaskRequest, _ done: @escaping (Failure?) -> Void
    ) {
        var arguments = ["--bundle", bundle.path, "--pid-file", bundle.initPid]
        if let console = initial.streams.console {
            arguments += ["--console-socket", console.path]
        }
        if options.noPivotRoot { arguments.append("--no-pivot") }
        if options.noNewKeyring { arguments.append("--no-new-keyring") }
        let start = Clock.monotonic
        do throws(Failure) {
            let streams = initial.streams.childStreams
            try run("create", arguments + [id], streams: streams, limit: RuntimeLimit.create) {
                [self] result in
                note("runtime create", from: start)
                phases += result.outcome?.phases ?? []
                finishCreate(request, result, done)
            }
            // While the runtime works there is time for what is needed later.
            context.publisher.connect()
            _ = context.cgroups
            _ = sharesPidNamespace
        } catch {
            undo(error, done)
        }
    }

    private func finishCreate(
        _ request: TaskAPI.CreateTaskRequest, _ result: RuntimeResult,
        _ done: @escaping (Failure?) -> Void
    ) {
        do throws(Failure) {
            guard result.succeeded else { throw initial.streams.explain(result) }
            try takeInit(result)
            try initial.become(.created)
            save()
        } catch {
            guard result.succeeded || result.status == nil else { return undo(error, done) }
            // The runtime has made something, or was killed while it did.
            return removeFromRuntime { [self] in undo(error, done) }
        }
        publishCreate(request)
        done(nil)
        releaseHeldExit(of: initial)
    }

    /// The runtime has made the init.
    func takeInit(_ result: RuntimeResult) throws(Failure) {
        let pid = try result.pid(orFrom: bundle.initPid)
        initial.adopt(pid: pid, pidfd: result.pidfd)
        context.reaper.watch(pid) { [own = Weak(self)] status in
            guard let self = own.object else { return }
            self.sawExit(of: self.initial, ExitStatus(waitStatus: status))
        }
        try initial.streams.processStarted()
    }

    private func publishCreate(_ request: TaskAPI.CreateTaskRequest) {
        let stdio = initial.stdio
        publish(
            "/tasks/create",
            TaskEvents.TaskCreate(
                containerID: id, bundle: bundle.path, rootfs: request.rootfs,
                io: TaskEvents.TaskIO(
                    stdin: stdio.stdin, stdout: stdio.stdout, stderr: stdio.stderr,
                    terminal: stdio.terminal),
                checkpoint: request.checkpoint, pid: UInt32(initial.pid)))
    }

    private func removeFromRuntime(_ done: @escaping () -> Void) {
        do throws(Failure) {
            try run("delete", ["--force", id], limit: RuntimeLimit.delete) { _ in done() }
        } catch {
            context.log.error("delete after a failed create: \(error)")
            done()
        }
    }

    private func undo(_ failure: Failure, _ done: (Failure?) -> Void) {
        oom?.stop()
        oom = nil
        if initial.pid > 0 { context.reaper.forget(initial.pid) }
        initial.streams.close()
        rootfs.unmount()
        bundle.remove([bundle.initPid, bundle.task] + bundle.notes(of: "init"))
        try? initial.become(.deleted)
        done(failure)
    }
}

extension RuntimeResult {
    /// The process that was made: by the report, or from the pid file.
    func pid(orFrom file: String) throws(Failure) -> Int32 {
        if let pid = outcome?.pid, pid > 0 { return pid }
        return try BundleFiles.readPid(file)
    }
}
