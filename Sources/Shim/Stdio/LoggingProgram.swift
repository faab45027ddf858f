internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// A logging program of containerd's kind (`binary://`): it reads stdout on descriptor 3 and stderr
/// on 4, and closes 5 when it is ready.
final class LoggingProgram {
    private static let patience = Duration.seconds(10)
    private static let grace = Duration.seconds(12)

    private let context: ShimContext
    private let path: String
    private var pid: Int32 = 0
    private var ready: OwnedDescriptor?
    private var timer: Timer?
    private var onReady: ((Failure?) -> Void)?
    /// Called when it ends before it was told to.
    var onLoss: (() -> Void)?

    init(_ path: String, context: ShimContext) {
        self.path = path
        self.context = context
    }

    /// Starts it; `done` is called when it is ready or has failed.
    func start(
        _ arguments: [String], id: String, stdout: Int32, stderr: Int32,
        done: @escaping (Failure?) -> Void
    ) throws(SystemError) {
        let (reader, writer) = try Pipe().release()
        ready = OwnedDescriptor(owning: reader)
        let theirs = OwnedDescriptor(owning: writer)
        let plan = SpawnPlan(
            program: path, arguments: arguments,
            environment: ["CONTAINER_ID=\(id)", "CONTAINER_NAMESPACE=\(context.namespace)"],
            descriptors: [-1, -1, -1, stdout, stderr, theirs.raw])
        pid = try plan.spawn()
        onReady = done
        context.reaper.watch(pid) { _ in self.ended() }
        try context.loop.watch(reader, .readable) { _ in self.settle(nil) }
        timer = context.loop.after(Self.patience) {
            self.settle(Failure(.deadlineExceeded, "\(self.path) does not become ready"))
        }
    }

    /// Its input is at its end: it may finish, then it must.
    func stop() {
        onLoss = nil
        guard pid > 0 else { return }
        kill(pid, SIGTERM)
        timer = context.loop.after(Self.grace) { if self.pid > 0 { kill(self.pid, SIGKILL) } }
    }

    private func settle(_ failure: Failure?) {
        timer.map(context.loop.cancel)
        timer = nil
        if let ready = ready.take() { context.loop.unwatch(ready.raw) }
        let body = onReady
        onReady = nil
        body?(failure)
    }

    private func ended() {
        pid = 0
        if onReady != nil {
            return settle(Failure(.unavailable, "\(path) ended before it was ready: unavailable"))
        }
        settle(nil)
        onLoss?()
        onLoss = nil
    }
}
