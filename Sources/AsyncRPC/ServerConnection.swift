internal import Linux
internal import RPC
internal import Synchronization
internal import Wire

/// One client of an `RPCServer`.
final class ServerConnection: Sendable, ChannelOwner {
    private struct Call {
        var task: Task<Void, Never>
        var timer: Timer?
        var isStream: Bool
    }

    private struct State {
        var session = ServerSession()
        var calls: [UInt32: Call] = [:]
        /// Takes no further calls, and ends with the last one.
        var isEnding = false
        var isGone = false
    }

    private let services: AsyncServiceTable
    private let peer: PeerCredentials
    private let onClose: @Sendable (ServerConnection) -> Void
    private let state = Mutex(State())

    init(
        _ services: AsyncServiceTable, _ peer: PeerCredentials,
        onClose: @escaping @Sendable (ServerConnection) -> Void
    ) {
        self.services = services
        self.peer = peer
        self.onClose = onClose
    }

    func isUnderWay(_ stream: UInt32) -> Bool {
        state.withLock { $0.session.isUnderWay(stream) }
    }

    /// Takes no further calls, ends the streams, and closes the channel after the last answer.
    func beginEnding(_ channel: Channel) {
        let streams = state.withLock { state in
            state.isEnding = true
            return state.calls.filter(\.value.isStream).keys.sorted()
        }
        for stream in streams { end(stream, .shuttingDown, on: channel) }
        closeIfDone(channel)
    }

    func received(_ event: FrameEvent, on channel: Channel) {
        switch state.withLock({ $0.session.receive(event) }) {
        case .nothing: return
        case .refuse(let stream, let error):
            release(stream)
            try? channel.send(AnswerFrame.failure(stream, error))
        case .begin(let stream, let request):
            begin(stream, request, on: channel)
        }
    }

    func closed(_ channel: Channel) {
        let calls = state.withLock { state in
            state.isGone = true
            defer {
                state.calls = [:]
                state.session = ServerSession()
            }
            return Array(state.calls.values)
        }
        for call in calls {
            call.timer.map(channel.reactor.cancel)
            call.task.cancel()
        }
        onClose(self)
    }

    private func begin(_ stream: UInt32, _ request: Envelope.Request, on channel: Channel) {
        do throws(RPCError) {
            let handler = try services.handler(for: request)
            let context = CallContext(peer: peer, request: request)
            try state.withLock { state throws(RPCError) in
                guard !state.isGone else { return }
                guard !state.isEnding else { throw .shuttingDown }
                state.calls[stream] = start(handler, stream, request, context, on: channel)
            }
        } catch {
            end(stream, error, on: channel)
        }
    }

    /// Called under the lock, so that the task cannot end before it is registered.
    private func start(
        _ handler: AsyncServiceTable.Handler, _ stream: UInt32, _ request: Envelope.Request,
        _ context: CallContext, on channel: Channel
    ) -> Call {
        let timer = context.timeout.map { timeout in
            channel.reactor.schedule(.after(timeout)) { [weak self] in
                self?.end(stream, .timedOut, on: channel)
            }
        }
        switch handler {
        case .unary(let body):
            let task = Task { [self] in
                do {
                    let payload = try await body(request, context)
                    finish(stream, AnswerFrame.success(stream, payload: payload), on: channel)
                } catch {
                    finish(stream, AnswerFrame.failure(stream, .from(error)), on: channel)
                }
            }
            return Call(task: task, timer: timer, isStream: false)
        case .stream(let body):
            let target = StreamTarget(self, channel, stream)
            let task = Task { [self] in
                do {
                    try await body(request, context, target)
                    finish(stream, AnswerFrame.end(stream), on: channel)
                } catch {
                    finish(stream, AnswerFrame.failure(stream, .from(error)), on: channel)
                }
            }
            return Call(task: task, timer: timer, isStream: true)
        }
    }

    /// Ends a call against its handler.
    private func end(_ stream: UInt32, _ error: RPCError, on channel: Channel) {
        let task = state.withLock { $0.calls[stream]?.task }
        finish(stream, AnswerFrame.failure(stream, error), on: channel)
        task?.cancel()
    }

    /// The last frame of a call, where it has not ended before.
    private func finish(_ stream: UInt32, _ bytes: [UInt8], on channel: Channel) {
        let (isOurs, timer) = state.withLock { state in
            (state.session.end(stream), state.calls.removeValue(forKey: stream)?.timer)
        }
        timer.map(channel.reactor.cancel)
        if isOurs { try? channel.send(bytes) }
        closeIfDone(channel)
    }

    /// Drops a call that the session has ended already.
    private func release(_ stream: UInt32) {
        state.withLock { $0.calls.removeValue(forKey: stream) }?.task.cancel()
    }

    private func closeIfDone(_ channel: Channel) {
        let isDone = state.withLock { $0.isEnding && $0.calls.isEmpty }
        if isDone { channel.closeWhenSent() }
    }
}

/// The stream of one call, for its writer.
struct StreamTarget: Sendable {
    private let connection: ServerConnection
    private let channel: Channel
    private let stream: UInt32

    init(_ connection: ServerConnection, _ channel: Channel, _ stream: UInt32) {
        self.connection = connection
        self.channel = channel
        self.stream = stream
    }

    func send(_ element: some WireMessage) async throws(RPCError) {
        if Task.isCancelled { throw .canceled }
        try await channel.waitForRoom()
        guard connection.isUnderWay(stream) else { throw .closed }
        try channel.send(try AnswerFrame.item(stream, element))
    }
}

extension RPCError {
    static let shuttingDown = RPCError(code: .unavailable, message: "the server is shutting down")

    /// What a handler threw, in the caller's words.
    static func from(_ error: any Error) -> RPCError {
        switch error {
        case let error as RPCError: error
        case let error as any RPCErrorConvertible: error.rpcError
        case is CancellationError: .canceled
        default: RPCError(code: .unknown, message: "\(error)")
        }
    }
}
