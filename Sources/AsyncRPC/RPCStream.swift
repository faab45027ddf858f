public import RPC
public import Wire

/// The messages of a server's stream, in their order; for one consumer.
///
/// Ends without an error only where the server ended it well. A consumer may take its time: while
/// about 1 MiB waits, the connection is not read and the server has to wait. Letting go of the
/// stream, or `cancel`, ends it.
public struct RPCStream<Element: WireMessage>: AsyncSequence, Sendable {
    public typealias Failure = RPCError

    private let source: StreamSource

    init(_ source: StreamSource) { self.source = source }

    public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// Ends the stream; a consumer that waits gets an error with code `canceled`.
    public func cancel() { source.cancel() }

    public struct Iterator: AsyncIteratorProtocol {
        public typealias Failure = RPCError

        fileprivate let source: StreamSource

        /// The next message, or nil at the good end. Throws `canceled` when the task is cancelled.
        public mutating func next() async throws(RPCError) -> Element? {
            guard let bytes = try await source.next() else { return nil }
            return try decode(bytes)
        }

        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(RPCError) -> Element? {
            guard let bytes = try await source.next() else { return nil }
            return try decode(bytes)
        }
    }
}

/// Ends the stream when its last consumer lets go of it.
final class StreamSource: Sendable {
    private let buffer: StreamBuffer
    private let channel: Channel
    private let core: ClientCore
    private let stream: UInt32
    private let ownsChannel: Bool

    init(
        _ buffer: StreamBuffer, _ channel: Channel, _ core: ClientCore, stream: UInt32,
        ownsChannel: Bool
    ) {
        self.buffer = buffer
        self.channel = channel
        self.core = core
        self.stream = stream
        self.ownsChannel = ownsChannel
    }

    deinit { cancel() }

    func next() async throws(RPCError) -> [UInt8]? { try await buffer.next() }

    func cancel() {
        core.forget(stream)
        buffer.finish(.canceled)
        if ownsChannel { channel.close() }
    }
}
