internal import AsyncRPC
public import Wire

extension Apus.Client {
    /// What happens to containers and images.
    public struct Events: Sendable {
        let rpc: RPCClient

        /// Events to come and, where asked for, those of the past before them. None is lost and
        /// none comes twice; the stream ends only with the connection or by its reader.
        ///
        /// - Parameters:
        ///   - sequence: from this number on; 0: only events to come. Who remembers the last
        ///     number it saw misses nothing across connections.
        ///   - actions: only these, for example `die`; empty: all.
        ///   - subject: only of this container or image; empty: all.
        public func subscribe(
            since sequence: UInt64 = 0, actions: [String] = [], subject: String = ""
        ) async throws(ApusError) -> Apus.Messages<Apus.Event> {
            try await rpc.follow(
                Apus.EventsService.subscribe,
                Apus.SubscribeRequest(
                    sinceSequence: sequence, actions: actions, subject: subject),
                "follow events")
        }
    }
}
