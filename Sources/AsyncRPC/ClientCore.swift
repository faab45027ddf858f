internal import Linux
internal import RPC
internal import Synchronization
internal import Wire

/// The calls of one connection, and who waits for each.
final class ClientCore: Sendable, ChannelOwner {
    enum Call: Sendable {
        case unary(Promise<Result<[UInt8], RPCError>>)
        case stream(StreamBuffer)
    }

    private struct State {
        var session = ClientSession<Call>()
        var isClosed = false
        var watchers: [Promise<Void>] = []
    }

    private let state = Mutex(State())

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Sends a request. Numbers go out in their order: what numbers also sends.
    func begin(
        _ call: Call, _ request: Envelope.Request, isStream: Bool, on channel: Channel
    ) throws(RPCError) -> UInt32 {
        try state.withLock { state throws(RPCError) in
            guard !state.isClosed else { throw .closed }
            let frame = try state.session.begin(call, request, isStream: isStream)
            do throws(RPCError) { try channel.send(frame.bytes) } catch {
                _ = state.session.forget(frame.stream)
                throw error
            }
            return frame.stream
        }
    }

    func forget(_ stream: UInt32) {
        let call = state.withLock { $0.session.forget(stream) }
        _ = call
    }

    func received(_ event: FrameEvent, on channel: Channel) {
        switch state.withLock({ $0.session.receive(event) }) {
        case .answer(.unary(let promise), let result): promise.fulfil(result)
        case .answer(.stream(let buffer), .success): buffer.finish(nil)
        case .answer(.stream(let buffer), .failure(let error)): buffer.finish(error)
        case .item(.stream(let buffer), let bytes, let last):
            buffer.push(bytes)
            if last { buffer.finish(nil) }
        case .end(.stream(let buffer)): buffer.finish(nil)
        case .item(.unary, _, _), .end(.unary), nil: return
        }
    }

    func closed(_ channel: Channel) {
        let (calls, watchers) = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [] }
            return (state.session.forgetAll(), state.watchers)
        }
        for call in calls {
            switch call {
            case .unary(let promise): promise.fulfil(.failure(.closed))
            case .stream(let buffer): buffer.finish(.closed)
            }
        }
        for watcher in watchers { watcher.fulfil(()) }
    }

    /// A promise that comes true when the connection is gone.
    func whenClosed() -> Promise<Void> {
        let promise = Promise<Void>()
        let isClosed = state.withLock { state in
            if !state.isClosed { state.watchers.append(promise) }
            return state.isClosed
        }
        if isClosed { promise.fulfil(()) }
        return promise
    }
}
