internal import AsyncRPC
internal import Dispatch
internal import Glibc
internal import Linux
internal import RPC
internal import Store

/// The daemon, from its options to its end.
struct Daemon {
    var paths: Paths
    var shim: String?
    var runtime: String?
    var log: Log

    /// How long calls under way may take after SIGTERM.
    private static let grace = Duration.seconds(2)

    /// Makes everything, and serves until a signal ends it. Call it on the main thread, before there
    /// is another one: it takes the signals.
    func run() throws(Failure) {
        let signals = SignalQueue()
        let context = try open()
        let watch = try attempt("watch files", "") { try FileWatch() }
        let registry = ContainerRegistry(context)
        let services = Services(
            context: context, registry: registry, watch: watch,
            components: ComponentVersions(shim: context.shim.path, runtime: context.runtime))
        let user = ThisProcess.userID
        let server = RPCServer(services: services.table()) { peer in
            peer.uid == 0 || peer.uid == user
        }
        // Shims may report already while the containers are adopted.
        let listener = SharedDescriptor(try ListeningSocket.open(paths.address))
        let log = log
        Task.detached {
            await registry.load()
            do {
                let own = try listener.descriptor.duplicate()
                log.info("apusd serves \(paths.address)")
                ThisProcess.notify("READY=1")
                try await server.serve(own)
            } catch { log.error("serving ended: \(error)") }
        }
        waitForEnd(signals)
        ThisProcess.notify("STOPPING=1")
        let ended = DispatchSemaphore(value: 0)
        Task.detached {
            await server.shutdown(grace: Self.grace)
            ended.signal()
        }
        ended.wait()
        try? removeTree(paths.address)
        log.info("apusd ends; containers live on")
    }

    private func waitForEnd(_ signals: SignalQueue) {
        while true {
            switch signals.next() {
            case SIGTERM, SIGINT: return
            case let other: log.debug("signal \(other) is ignored")
            }
        }
    }

    private func open() throws(Failure) -> DaemonContext {
        let program = try attempt("find", "the own executable") { try ThisProcess.executable() }
        let shimPath = try find(shim, "apus-shim", "--shim", program)
        let runtimePath = try find(runtime, "apus-runtime", "--runtime", program)
        let hardOpenFiles = ThisProcess.raiseOpenFiles()
        let store = try attempt("open store", paths.root) { try Store(root: paths.root) }
        do throws(SystemError) {
            for path in [paths.containers] { try makeDirectories(path, mode: 0o711) }
            for path in [paths.state, paths.bundles, paths.shimSockets, paths.runtimeRoot] {
                try makeDirectories(path, mode: path == paths.bundles ? 0o711 : 0o700)
            }
        } catch { throw Failure(error, "make directories of", paths.state) }
        let ledger = try attempt("open database", paths.root) { try Ledger(store.database) }
        return DaemonContext(
            paths: paths, store: store, ledger: ledger,
            host: .read(hardOpenFiles: hardOpenFiles),
            shim: ShimProgram(
                path: shimPath, managerAddress: paths.address, managerProgram: program,
                socketDirectory: paths.shimSockets),
            runtime: runtimePath, program: program, log: log)
    }

    private func find(
        _ given: String?, _ standard: String, _ option: String, _ program: String
    ) throws(Failure) -> String {
        guard let path = ExecutableSearch.find(given ?? standard, beside: program) else {
            throw Failure(
                .notFound, "find", given ?? standard,
                "there is no such program beside apusd or in PATH",
                hint: "install it, or say where it is with \(option)")
        }
        return path
    }
}
