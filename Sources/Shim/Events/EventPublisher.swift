internal import Linux
internal import RPC
internal import Wire

/// Sends events to the manager (TTRPC_ADDRESS), one after the other, so that they arrive in the
/// order in which they happened.
///
/// While nobody listens they are kept and tried again. Beyond a limit the oldest are dropped, but
/// never an exit.
final class EventPublisher {
    private struct Item {
        var topic: String
        var envelope: EventsAPI.Envelope
        var isExit: Bool
    }

    private static let mostKept = 2048
    /// Long: an event that is given up too early arrives twice.
    private static let timeout = Duration.seconds(30)
    private static let firstDelay = Duration.milliseconds(50)
    private static let longestDelay = Duration.seconds(5)

    private let loop: EventLoop
    private let log: ShimLog
    private let namespace: String
    private let path: String
    private var client: LoopClient?
    private var queue: [Item] = []
    private var isSending = false
    private var retry: Timer?
    private var delay = EventPublisher.firstDelay
    private var dropped = 0
    private var onEmpty: (() -> Void)?

    init(loop: EventLoop, log: ShimLog, namespace: String, address: String) {
        self.loop = loop
        self.log = log
        self.namespace = namespace
        path = address.hasPrefix("unix://") ? String(address.dropFirst(7)) : address
    }

    /// Queues an event. Without a receiver there is nothing to do.
    func publish(_ topic: String, _ event: some WireMessage, isExit: Bool = false) {
        guard !path.isEmpty else { return }
        do throws(WireError) {
            let envelope = EventsAPI.Envelope(
                timestamp: Clock.now, namespace: namespace, topic: topic,
                event: try AnyMessage(event))
            queue.append(Item(topic: topic, envelope: envelope, isExit: isExit))
        } catch {
            return log.error("event \(topic) cannot be packed: \(error)")
        }
        makeRoom()
        sendNext()
    }

    /// Tries at once: somebody has just called, so the receiver may be back.
    func hurry() {
        guard retry != nil else { return }
        retry.map(loop.cancel)
        retry = nil
        delay = Self.firstDelay
        sendNext()
    }

    /// True where nothing waits to be sent.
    var isEmpty: Bool { queue.isEmpty }

    /// Calls `body` when everything is sent, or when `limit` has passed.
    func whenEmpty(within limit: Duration, _ body: @escaping () -> Void) {
        guard !queue.isEmpty else { return body() }
        let timer = loop.after(limit) { [self] in
            onEmpty = nil
            body()
        }
        onEmpty = { [loop] in
            loop.cancel(timer)
            body()
        }
    }

    private func makeRoom() {
        guard queue.count > Self.mostKept else { return }
        // The first may be on its way already.
        guard let index = queue.indices.dropFirst().first(where: { !queue[$0].isExit }) else {
            return
        }
        let item = queue.remove(at: index)
        dropped += 1
        if dropped == 1 { log.warning("event \(item.topic) dropped: nobody receives events") }
    }

    private func sendNext() {
        guard !isSending, retry == nil, let item = queue.first else { return }
        isSending = true
        let client = client ?? LoopClient(loop: loop, path: path)
        self.client = client
        client.call(
            EventsAPI.EventsService.forward, EventsAPI.ForwardRequest(envelope: item.envelope),
            timeout: Self.timeout,
            metadata: [.init(key: "containerd-namespace-ttrpc", value: namespace)]
        ) { [self] result in
            isSending = false
            finished(result)
        }
    }

    private func finished(_ result: Result<Empty, RPCError>) {
        switch result {
        case .success: delivered()
        case .failure(let error) where Self.isFinal(error):
            log.error("event \(queue[0].topic) was refused: \(error)")
            delivered()
        case .failure(let error):
            log.debug("event \(queue[0].topic) waits: \(error)")
            retry = loop.after(delay) { [self] in
                retry = nil
                sendNext()
            }
            delay = min(delay * 2, Self.longestDelay)
        }
    }

    private func delivered() {
        queue.removeFirst()
        delay = Self.firstDelay
        if queue.isEmpty {
            queue = []
            if dropped > 0 { log.warning("\(dropped) events were dropped while nobody listened") }
            dropped = 0
            let body = onEmpty
            onEmpty = nil
            body?()
        } else {
            sendNext()
        }
    }

    /// True where the receiver has understood and will never take it.
    private static func isFinal(_ error: RPCError) -> Bool {
        [.invalidArgument, .unimplemented, .alreadyExists].contains(error.code)
    }
}
