internal import RPC
internal import Synchronization

/// Messages of a stream between the reactor and their consumer. While it is full, its connection
/// is not read, and so the sender has to wait: nothing is lost and nothing grows without end.
final class StreamBuffer: Sendable {
    /// A message, or nil at the good end.
    private typealias Outcome = Result<[UInt8]?, RPCError>

    private struct State {
        var messages: [[UInt8]] = []
        var taken = 0
        var bytes = 0
        var isPausing = false
        /// Set once: how the stream ended.
        var end: Outcome?
        var consumer: Promise<Outcome>?
    }

    /// What a message costs beside its bytes, so that empty ones count too.
    private static let overhead = 64

    private let channel: Channel
    private let state = Mutex(State())

    init(_ channel: Channel) { self.channel = channel }

    func push(_ message: [UInt8]) {
        let (consumer, mustPause) = state.withLock { state in
            guard state.end == nil else { return (Promise<Outcome>?.none, false) }
            if let consumer = state.consumer {
                state.consumer = nil
                return (consumer, false)
            }
            state.messages.append(message)
            state.bytes += message.count + Self.overhead
            let mustPause = state.bytes > Limits.streamBuffer && !state.isPausing
            if mustPause { state.isPausing = true }
            return (nil, mustPause)
        }
        // A consumer that was cancelled meanwhile leaves the message for the next.
        if let consumer, !consumer.fulfil(.success(message)) { push(message) }
        if mustPause { channel.pauseReading() }
    }

    /// What has come before is still handed out.
    func finish(_ error: RPCError?) {
        let (consumer, mustResume) = state.withLock { state in
            guard state.end == nil else { return (Promise<Outcome>?.none, false) }
            state.end = error.map { .failure($0) } ?? .success(nil)
            defer {
                state.consumer = nil
                state.isPausing = false
            }
            return (state.consumer, state.isPausing)
        }
        consumer?.fulfil(error.map { .failure($0) } ?? .success(nil))
        if mustResume { channel.resumeReading() }
    }

    /// The next message; nil at the good end. Cancellation throws and loses nothing.
    func next() async throws(RPCError) -> [UInt8]? {
        let promise = Promise<Outcome>()
        let (ready, mustResume) = state.withLock { state -> (Outcome?, Bool) in
            if let message = Self.take(&state) {
                return (.success(message), Self.hasRoomAgain(&state))
            }
            if let end = state.end { return (end, false) }
            state.consumer = promise
            return (nil, false)
        }
        if mustResume { channel.resumeReading() }
        if let ready { return try ready.get() }
        return try await promise.value(
            on: channel.reactor, timedOut: .failure(.timedOut), canceled: .failure(.canceled)
        ).get()
    }

    private static func take(_ state: inout State) -> [UInt8]? {
        guard state.taken < state.messages.count else { return nil }
        let message = state.messages[state.taken]
        state.messages[state.taken] = []
        state.taken += 1
        state.bytes -= message.count + overhead
        if state.taken == state.messages.count || state.taken >= 1024 {
            state.messages.removeFirst(state.taken)
            state.taken = 0
        }
        return message
    }

    private static func hasRoomAgain(_ state: inout State) -> Bool {
        guard state.isPausing && state.bytes <= Limits.streamBuffer / 2 else { return false }
        state.isPausing = false
        return true
    }
}
