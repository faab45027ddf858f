internal import Linux
internal import Wire

/// One client of a `LoopServer`.
final class LoopConnection: Mortal {
    let life = Life()
    let loop: EventLoop
    private let services: ServiceTable
    private let peer: PeerCredentials
    private let onClose: () -> Void
    private var link: LoopLink
    private var session = ServerSession()
    private var calls: [UInt32: LoopCall] = [:]

    init(
        _ loop: EventLoop, _ socket: consuming OwnedDescriptor, _ services: ServiceTable,
        _ peer: PeerCredentials, onClose: @escaping () -> Void
    ) {
        self.loop = loop
        self.services = services
        self.peer = peer
        self.onClose = onClose
        link = LoopLink(loop, socket)
    }

    var pendingBytes: Int { link.pendingBytes }

    func open() throws(SystemError) {
        link.onEvent = { [own = Weak(self)] in own.object?.receive($0) }
        link.onDrain = { [own = Weak(self)] in own.object?.drained() }
        link.onClose = { [own = Weak(self)] in own.object?.closed() }
        try link.open()
    }

    func close() { link.close() }

    func send(_ bytes: [UInt8]) { link.send(bytes) }

    /// The last frame of a call.
    func end(_ call: LoopCall, with bytes: [UInt8]) {
        calls[call.stream] = nil
        guard session.end(call.stream) else { return }
        link.send(bytes)
    }

    private func drained() { for call in Array(calls.values) { call.onDrain?() } }

    private func closed() {
        // Whoever closes us may hold the last reference.
        withExtendedLifetime(self) {
            let open = calls.sorted { $0.key < $1.key }
            calls = [:]
            for (_, call) in open { call.abandon() }
            onClose()
        }
    }

    private func receive(_ event: FrameEvent) {
        switch session.receive(event) {
        case .nothing: return
        case .refuse(let stream, let error):
            calls.removeValue(forKey: stream)?.abandon()
            link.send(AnswerFrame.failure(stream, error))
        case .begin(let stream, let request):
            begin(stream, request)
        }
    }

    private func begin(_ stream: UInt32, _ request: Envelope.Request) {
        let call = LoopCall(self, stream, CallContext(peer: peer, request: request))
        calls[stream] = call
        do throws(RPCError) {
            let handler = try services.handler(for: request)
            if let timeout = call.context.timeout {
                call.timer = loop.after(timeout) { [call = Weak(call)] in call.object?.expire() }
            }
            handler(request, call)
        } catch {
            call.fail(error)
        }
    }
}
