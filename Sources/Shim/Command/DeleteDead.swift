internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// `delete`: cleans up what a shim left that is dead, and answers how its container ended.
struct DeleteDead {
    private static let limit = Duration.seconds(30)
    /// More mounts than one on a rootfs are rare; a loop without end would be worse than a rest.
    private static let mostMounts = 64

    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run() throws(Failure) {
        let bundle = BundleFiles(
            path: invocation.bundle.isEmpty ? try workingDirectory() : invocation.bundle)
        let record = TaskRecord.read(bundle.task)
        let exit = ExitRecord.read(bundle.exit(invocation.id))
        let pid = exit?.pid ?? UInt32((try? BundleFiles.readPid(bundle.initPid)) ?? 0)
        // Without a record nothing was created.
        if var runtime = record?.runtime {
            runtime.debug = invocation.debug
            try removeFromRuntime(runtime, bundle)
        }
        unmountAll(bundle.rootfs, most: max(record?.mounts.count ?? 0, Self.mostMounts))
        removeSocket(bundle)
        let ended = exit?.exit ?? Exit(status: 137, at: Clock.now)
        let response = TaskAPI.DeleteResponse(
            pid: pid, exitStatus: ended.status, exitedAt: ended.at)
        try ShimCommand.answer(response)
    }

    private func removeFromRuntime(
        _ runtime: RuntimeProgram, _ bundle: BundleFiles
    ) throws(Failure) {
        do throws(SystemError) {
            let log = ShimLog(bundle: bundle.path, id: invocation.id, isDebug: invocation.debug)
            let loop = try EventLoop()
            let context = ShimContext(
                namespace: invocation.namespace, loop: loop, reaper: try Reaper(loop: loop),
                log: log,
                publisher: EventPublisher(
                    loop: loop, log: log, namespace: invocation.namespace, address: ""))
            // On the loop, so that what it begins can also end it.
            loop.after(.zero) {
                LeftCommands(bundle: bundle.path).whenGone(loop) {
                    delete(runtime, bundle, context)
                }
            }
            try loop.run()
        } catch {
            throw .system(error)
        }
    }

    private func delete(
        _ runtime: RuntimeProgram, _ bundle: BundleFiles, _ context: ShimContext
    ) {
        do throws(Failure) {
            try RuntimeCall.start(
                runtime, "delete", ["--force", invocation.id], bundle: bundle.path,
                limit: Self.limit, in: context
            ) { result in
                if !result.succeeded { context.log.error("\(result.failure)") }
                context.loop.stop()
            }
        } catch {
            context.log.error("\(error)")
            context.loop.stop()
        }
    }

    /// Only where nobody serves it any more: a group's shim may live on.
    private func removeSocket(_ bundle: BundleFiles) {
        guard let text = CgroupLocation.text(bundle.address)?.trimmed, text.hasPrefix("unix://")
        else { return }
        let path = String(text.dropFirst("unix://".count))
        if (try? UnixSocket.connect(path)) == nil { unsafe unlink(path) }
    }
}
