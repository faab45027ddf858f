internal import Linux
internal import RPC
internal import Wire

/// Sends events to the manager (TTRPC_ADDRESS), one after the other, so that they arrive in the
/// order in which they happened.
///
/// Each is on disk before it is sent, and tried again until the receiver has it; the next shim goes
/// on with what this one could not deliver.
final class EventPublisher {
    /// Long: an event that is given up too early arrives twice.
    private static let timeout = Duration.seconds(30)
    private static let firstDelay = Duration.milliseconds(50)
    private static let longestDelay = Duration.seconds(5)

    private let loop: EventLoop
    private let log: ShimLog
    private let namespace: String
    private let path: String
    private let store: EventStore?
    private lazy var receiver = LoopClient(loop: loop, path: path)
    private var isSending = false
    private var isDue = false
    private var retry: Timer?
    private var delay = EventPublisher.firstDelay
    private var onEmpty: (() -> Void)?

    /// `file` is where events wait.
    init(loop: EventLoop, log: ShimLog, namespace: String, address: String, file: String = "") {
        self.loop = loop
        self.log = log
        self.namespace = namespace
        path = address.hasPrefix("unix://") ? String(address.dropFirst(7)) : address
        guard !path.isEmpty, !file.isEmpty else {
            store = nil
            return
        }
        do throws(SystemError) { store = try EventStore(file) } catch {
            store = nil
            log.error("no events will be sent: \(error)")
        }
    }

    /// Queues an event. Without a receiver there is nothing to do.
    func publish(_ topic: String, _ event: some WireMessage) {
        guard let store else { return }
        let bytes: [UInt8]
        do throws(WireError) {
            let envelope = EventsAPI.Envelope(
                timestamp: Clock.now, namespace: namespace, topic: topic,
                event: try AnyMessage(event))
            bytes = try envelope.serialized()
        } catch {
            return log.error("event \(topic) cannot be packed: \(error)")
        }
        do throws(SystemError) { try store.append(bytes) } catch {
            log.error("event \(topic) is in memory only: \(error)")
        }
        sendSoon()
    }

    /// When the call is answered that the event comes from: the caller waits for that.
    private func sendSoon() {
        guard !isDue else { return }
        isDue = true
        loop.after(.zero) { [self] in
            isDue = false
            sendNext()
        }
    }

    /// Spares the first event the way. Fails silently: the event will notice.
    func connect() {
        guard store != nil else { return }
        receiver.connect()
    }

    /// Sends what another shim has left.
    func begin() { sendNext() }

    /// Tries at once: somebody has just called, so the receiver may be back.
    func hurry() {
        guard retry != nil else { return }
        retry.map(loop.cancel)
        retry = nil
        delay = Self.firstDelay
        sendNext()
    }

    /// Calls `body` when everything is sent, or when `limit` has passed.
    func whenEmpty(within limit: Duration, _ body: @escaping () -> Void) {
        guard store?.isEmpty == false else { return body() }
        let timer = loop.after(limit) { [self] in
            onEmpty = nil
            body()
        }
        onEmpty = { [loop] in
            loop.cancel(timer)
            body()
        }
    }

    private func sendNext() {
        guard !isSending, retry == nil, let store, !store.isEmpty else { return }
        guard let bytes = store.first, let envelope = try? EventsAPI.Envelope(serialized: bytes)
        else {
            log.error("an event on disk cannot be read")
            return delivered()
        }
        isSending = true
        receiver.call(
            EventsAPI.EventsService.forward, EventsAPI.ForwardRequest(envelope: envelope),
            timeout: Self.timeout,
            metadata: [.init(key: "containerd-namespace-ttrpc", value: namespace)]
        ) { [self] result in
            isSending = false
            finished(envelope.topic, result)
        }
    }

    private func finished(_ topic: String, _ result: Result<Empty, RPCError>) {
        switch result {
        case .success: delivered()
        case .failure(let error) where Self.isFinal(error):
            log.error("event \(topic) was refused: \(error)")
            delivered()
        case .failure(let error):
            log.debug("event \(topic) waits: \(error)")
            retry = loop.after(delay) { [self] in
                retry = nil
                sendNext()
            }
            delay = min(delay * 2, Self.longestDelay)
        }
    }

    private func delivered() {
        store?.removeFirst()
        delay = Self.firstDelay
        guard store?.isEmpty != false else { return sendNext() }
        let body = onEmpty
        onEmpty = nil
        body?()
    }

    /// True where the receiver has understood and will never take it.
    private static func isFinal(_ error: RPCError) -> Bool {
        [.invalidArgument, .unimplemented, .alreadyExists].contains(error.code)
    }
}
