internal import Linux
internal import RPC

/// What every part of a serving shim works with.
final class ShimContext {
    let namespace: String
    let loop: EventLoop
    let reaper: Reaper
    let log: ShimLog
    let publisher: EventPublisher
    let repose: Repose
    /// When the program that became this shim was executed.
    var beginning: UInt64 = 0
    /// What all logs put their entries into before they write them; empty between two pieces of
    /// output.
    var logBatch: [UInt8] = []
    lazy var cgroups = CgroupHierarchies()
    private var calls = 0
    private var attachers = 0
    private var onNobodyAttached: (() -> Void)?

    init(
        namespace: String, loop: EventLoop, reaper: Reaper, log: ShimLog, publisher: EventPublisher
    ) {
        self.namespace = namespace
        self.loop = loop
        self.reaper = reaper
        self.log = log
        self.publisher = publisher
        repose = Repose(loop: loop)
    }

    func nextCallNumber() -> Int {
        calls += 1
        return calls
    }

    func attacherCame() { attachers += 1 }

    func attacherWent() {
        attachers -= 1
        guard attachers == 0, let body = onNobodyAttached else { return }
        onNobodyAttached = nil
        body()
    }

    /// Calls `body` when every attacher has got everything, or when `limit` has passed.
    func whenNobodyIsAttached(within limit: Duration, _ body: @escaping () -> Void) {
        guard attachers > 0 else { return body() }
        let timer = loop.after(limit) { [self] in
            onNobodyAttached = nil
            body()
        }
        onNobodyAttached = { [loop] in
            loop.cancel(timer)
            body()
        }
    }
}
