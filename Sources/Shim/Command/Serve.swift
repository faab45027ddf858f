internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// The shim itself: everything on one loop, until Shutdown or a signal.
struct Serve {
    /// How long events and attachers may take when the shim shall end.
    private static let goodbye = Duration.seconds(3)

    private let invocation: Invocation
    private let begin: UInt64
    /// The runtime's, as `start` was told them: for a sandbox, whose Create has none.
    private let options: RuncAPI.Options

    init(
        _ invocation: Invocation, begin: UInt64, options: RuncAPI.Options = RuncAPI.Options()
    ) {
        self.invocation = invocation
        self.begin = begin
        self.options = options
    }

    /// Without `start`: a listening socket is descriptor 3, or is made at -socket.
    func runInForeground() throws(Failure) {
        if let handover = try ShimAPI.Handover.receive() { return try goOn(handover) }
        let bundle = invocation.bundle.isEmpty ? try workingDirectory() : invocation.bundle
        let listener: OwnedDescriptor
        do throws(SystemError) {
            if invocation.socket.isEmpty {
                var status = stat()
                guard unsafe fstat(3, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
                    throw SystemError("serve descriptor 3", ENOTSOCK)
                }
                listener = OwnedDescriptor(owning: 3)
            } else {
                listener = try UnixSocket.listen(invocation.socket, mode: 0o600)
            }
        } catch {
            throw .system(error)
        }
        guard run(listener, socket: invocation.socket, bundle: bundle) else {
            throw .unavailable("the shim cannot serve; see the log in \(bundle)")
        }
    }

    /// In place of another program, in the same process.
    private func goOn(_ handover: ShimAPI.Handover) throws(Failure) {
        let listener = OwnedDescriptor(owning: handover.listener)
        _ = apus_fcntl(listener.raw, F_SETFD, Int(FD_CLOEXEC))
        let bundle = try workingDirectory()
        let ended = run(
            listener, socket: handover.socket, bundle: bundle, containers: handover.containers)
        guard ended else { throw .unavailable("the shim cannot go on; see the log in \(bundle)") }
    }

    /// Takes copies of what the program before this one had open, and closes its own.
    private func adopt(_ containers: [ShimAPI.AdoptRequest], _ tasks: Tasks, _ log: ShimLog) {
        for request in containers {
            do throws(Failure) { _ = try tasks.adopt(request) } catch {
                log.error("container \(request.id) is lost: \(error)")
            }
            for holding in request.holdings { close(holding.descriptor) }
        }
    }

    /// True where it ended in good order.
    func run(
        _ listener: consuming OwnedDescriptor, socket: String, bundle: String,
        containers: [ShimAPI.AdoptRequest] = []
    ) -> Bool {
        let log = ShimLog(bundle: bundle, id: invocation.id, isDebug: invocation.debug)
        do throws(SystemError) {
            // A peer that goes away is an answer of write(2), not a signal.
            signal(SIGPIPE, SIG_IGN)
            let loop = try EventLoop()
            let context = ShimContext(
                namespace: invocation.namespace, loop: loop, reaper: try Reaper(loop: loop),
                log: log,
                publisher: EventPublisher(
                    loop: loop, log: log, namespace: invocation.namespace,
                    address: environment("TTRPC_ADDRESS") ?? "", file: bundle + "/events"))
            context.beginning = begin
            let terminator = try watchTermination(loop, context)
            defer { _ = terminator.raw }
            let tasks = Tasks(context, isDebug: invocation.debug) { Self.leave(context) }
            var table = ServiceTable()
            TaskService(tasks: tasks, context: context).register(in: &table)
            StdioService(tasks: tasks).register(in: &table)
            SandboxService(
                tasks: tasks, options: options,
                directory: socket.isEmpty
                    ? bundle
                    : String(socket.prefix(upTo: socket.lastIndex(of: "/") ?? socket.startIndex))
            ).register(in: &table)
            let upgrade = Upgrade(
                invocation: invocation, socket: socket, listener: listener.raw)
            LifeService(tasks: tasks, upgrade: upgrade, context: context).register(in: &table)
            adopt(containers, tasks, log)
            // Those that ended between the two programs.
            context.reaper.reap()
            let server = try LoopServer(loop: loop, listener: listener, services: table)
            context.publisher.begin()
            context.repose.soon()
            try loop.run()
            server.close()
            if !socket.isEmpty { unsafe unlink(socket) }
            return true
        } catch {
            log.error("\(error)")
            return false
        }
    }

    /// Everything that is still to be said is said, then the loop ends.
    private static func leave(_ context: ShimContext) {
        context.publisher.whenEmpty(within: goodbye) {
            context.whenNobodyIsAttached(within: goodbye) { context.loop.stop() }
        }
    }

    /// SIGTERM and SIGINT end the shim, as a host that shuts down expects; its containers go on.
    private func watchTermination(
        _ loop: EventLoop, _ context: ShimContext
    ) throws(SystemError) -> OwnedDescriptor {
        let signals = try blockSignals([SIGTERM, SIGINT])
        let raw = signals.raw
        try loop.watch(raw, .readable) { _ in
            var buffer = [UInt8](repeating: 0, count: 128)
            _ = unsafe read(raw, &buffer, buffer.count)
            context.log.warning("told to end; containers go on without a shim")
            Self.leave(context)
        }
        return signals
    }
}
