internal import Linux
internal import RPC
internal import Wire

/// Checkpoint, and Start of a container that comes back from one.
extension Container {
    /// `options` are containerd.runc.v1.CheckpointOptions, or nothing.
    func checkpoint(
        _ path: String, _ options: AnyMessage?, _ done: @escaping (Failure?) -> Void
    ) {
        do throws(Failure) {
            guard initial.state == .running || initial.state == .paused else {
                throw .precondition("cannot checkpoint a \(initial.state.rawValue) container")
            }
            let options = try Self.decodeCheckpoint(options)
            let images = path.isEmpty ? options.imagePath : path
            guard images.hasPrefix("/") else {
                throw .invalid("checkpoint into \"\(images)\": give an absolute path")
            }
            let arguments = options.arguments(images: images, work: workDirectory(options))
            try run("checkpoint", arguments + [id], limit: RuntimeLimit.checkpoint) {
                [self] result in
                guard result.succeeded else { return done(explainCriu(result.failure, options)) }
                publish(
                    "/tasks/checkpointed",
                    TaskEvents.TaskCheckpointed(containerID: id, checkpoint: images))
                done(nil)
            }
        } catch {
            done(error)
        }
    }

    private static func decodeCheckpoint(
        _ any: AnyMessage?
    ) throws(Failure) -> RuncAPI.CheckpointOptions {
        guard let any, !any.typeURL.isEmpty else { return RuncAPI.CheckpointOptions() }
        do throws(WireError) {
            if let options: RuncAPI.CheckpointOptions = try any.unwrap() { return options }
        } catch {
            throw .invalid("options: \(error)")
        }
        throw .invalid("options of type \(any.typeURL)")
    }

    private func workDirectory(_ options: RuncAPI.CheckpointOptions) -> String {
        options.workPath.isEmpty ? bundle.path + "/criu-work" : options.workPath
    }

    /// criu's own words are in a file that people look for in the bundle.
    private func explainCriu(
        _ failure: Failure, _ options: RuncAPI.CheckpointOptions
    ) -> Failure {
        let log = workDirectory(options) + "/dump.log"
        guard let text = try? readFile(log, limit: 16 << 20) else { return failure }
        let kept = bundle.path + "/criu-dump.log"
        try? replaceFile(kept, with: text)
        var failure = failure
        failure.message += " (criu's log is \(kept))"
        return failure
    }

    /// The init comes back as it was: there is no program to be started first.
    func restoreInit(
        from images: String, _ done: @escaping (Result<Int32, Failure>) -> Void
    ) {
        var arguments = [
            "--detach", "--bundle", bundle.path, "--pid-file", bundle.initPid, "--image-path",
            images, "--work-path", bundle.path + "/criu-work",
        ]
        if let console = initial.streams.console {
            arguments += ["--console-socket", console.path]
        }
        if options.noPivotRoot { arguments.append("--no-pivot") }
        do throws(Failure) {
            try refuseSecondStart(initial)
            try initial.become(.starting)
            let streams = initial.streams.childStreams
            try run(
                "restore", arguments + [id], streams: streams, limit: RuntimeLimit.checkpoint
            ) { [self] result in finishRestore(result, done) }
        } catch {
            try? initial.become(.created)
            done(.failure(error))
        }
    }

    private func finishRestore(
        _ result: RuntimeResult, _ done: (Result<Int32, Failure>) -> Void
    ) {
        do throws(Failure) {
            guard result.succeeded else { throw initial.streams.explain(result) }
            try takeInit(result)
            watchMemory()
            restoresFrom = nil
            try initial.become(.running)
        } catch {
            try? initial.become(.created)
            return done(.failure(error))
        }
        save()
        publish(
            "/tasks/start", TaskEvents.TaskStart(containerID: id, pid: UInt32(initial.pid)))
        done(.success(initial.pid))
        releaseHeldExit(of: initial)
    }
}

extension RuncAPI.CheckpointOptions {
    /// As all runtimes take them.
    fileprivate func arguments(images: String, work: String) -> [String] {
        var words = ["--image-path", images, "--work-path", work]
        if !exit { words.append("--leave-running") }
        if openTcp { words.append("--tcp-established") }
        if externalUnixSockets { words.append("--ext-unix-sk") }
        if terminal { words.append("--shell-job") }
        if fileLocks { words.append("--file-locks") }
        for kind in emptyNamespaces { words += ["--empty-ns", kind] }
        if !cgroupsMode.isEmpty { words += ["--manage-cgroups-mode", cgroupsMode] }
        return words
    }
}
