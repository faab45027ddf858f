internal import AsyncRPC
public import Wire

extension Apus.Client {
    /// The blobs that images are made of, each under the digest of its bytes.
    public struct Content: Sendable {
        let rpc: RPCClient

        public func list() async throws(ApusError) -> [Apus.ContentBlob] {
            try await rpc.ask(Apus.ContentService.list, Empty(), "list content").blobs
        }

        /// Reads every blob again and compares it with its digest; one result a blob, as they come.
        public func check() async throws(ApusError) -> Apus.Messages<Apus.CheckContentResult> {
            try await rpc.follow(Apus.ContentService.check, Empty(), "check content")
        }
    }

    /// File trees: committed ones, made of an image's layers, and an active one per container.
    public struct Snapshots: Sendable {
        let rpc: RPCClient

        public func list() async throws(ApusError) -> [Apus.Snapshot] {
            try await rpc.ask(Apus.SnapshotsService.list, Empty(), "list snapshots").snapshots
        }
    }
}
