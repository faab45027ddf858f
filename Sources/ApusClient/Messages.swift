internal import AsyncRPC
public import Wire

extension Apus {
    /// What comes from the manager, one message after the other, as an asynchronous sequence.
    ///
    /// Iterate it once. Nothing is lost to a slow reader: while it does not ask, the manager is
    /// made to wait. Ending the loop early, or cancelling its task, ends the stream.
    public struct Messages<Element: WireMessage>: AsyncSequence, Sendable {
        public typealias Failure = ApusError

        let stream: RPCStream<Element>
        let stage: String

        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: stream.makeAsyncIterator(), stage: stage)
        }

        public struct AsyncIterator: AsyncIteratorProtocol {
            public typealias Failure = ApusError

            var base: RPCStream<Element>.Iterator
            let stage: String

            /// The next message; nil when there are no more.
            public mutating func next() async throws(ApusError) -> Element? {
                try await next(isolation: #isolation)
            }

            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws(ApusError) -> Element? {
                do throws(RPCError) {
                    return try await base.next(isolation: actor)
                } catch {
                    throw ApusError(error, stage: stage)
                }
            }
        }
    }
}
