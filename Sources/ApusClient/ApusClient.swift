internal import AsyncRPC
@_exported public import RPC
@_exported public import Wire

extension Apus {
    /// A connection to an `apusd`: everything that `apusctl` does is made of its calls.
    ///
    /// ```swift
    /// let apus = try await Apus.connect()
    /// for container in try await apus.containers.list() { print(container.name) }
    /// ```
    ///
    /// Any number of calls may be under way at once. A call whose task is cancelled is given up;
    /// what it had asked for may still happen. Every failure is an ``ApusError``. When the manager
    /// goes away, calls under way throw `unavailable`; connect again, for containers live on.
    public struct Client: Sendable {
        let rpc: RPCClient

        /// Bring images in, name and remove them.
        public var images: Images { Images(rpc: rpc) }
        /// Make, run and remove containers, and run further processes in them.
        public var containers: Containers { Containers(rpc: rpc) }
        /// What processes write and read.
        public var streams: Streams { Streams(rpc: rpc) }
        /// What happens.
        public var events: Events { Events(rpc: rpc) }
        /// The blobs that images are made of.
        public var content: Content { Content(rpc: rpc) }
        /// The file trees below containers.
        public var snapshots: Snapshots { Snapshots(rpc: rpc) }

        /// Versions of the manager and of the programs it uses.
        public func version() async throws(ApusError) -> Apus.VersionResponse {
            try await rpc.ask(VersionService.get, Empty(), "ask for the version")
        }

        /// Ends the connection; calls under way throw `unavailable`.
        public func close() { rpc.close() }
    }

    /// Where `apusd` listens unless it is told otherwise.
    public static let defaultAddress = "/run/apus/apusd.sock"

    /// Connects to the Unix socket of an `apusd`.
    ///
    /// - Throws: `unavailable` where nobody listens there, `permissionDenied` where the caller may
    ///   not (the socket is open to its owner, usually root).
    public static func connect(
        to address: String = defaultAddress
    ) async throws(ApusError) -> Client {
        do throws(RPCError) {
            return Client(rpc: try await RPCClient.connect(to: address))
        } catch {
            throw ApusError(connecting: address, error)
        }
    }
}
