internal import Glibc
public import Linux
public import Wire

/// What a server knows about a call beside its request.
public struct CallContext: Sendable {
    /// Who called; the kernel's word, not the peer's.
    public let peer: PeerCredentials
    /// As sent; keys are lower case and may repeat.
    public let metadata: [Envelope.KeyValue]
    /// How long the caller was willing to wait when it sent the request; nil where it did not say.
    public let timeout: Duration?

    package init(peer: PeerCredentials, request: Envelope.Request) {
        self.peer = peer
        metadata = request.metadata
        timeout = request.timeoutNano > 0 ? .nanoseconds(request.timeoutNano) : nil
    }

    /// The values of a metadata key.
    public func values(of key: String) -> [String] {
        metadata.filter { $0.key.lowercased() == key.lowercased() }.map { $0.value }
    }
}

extension PeerCredentials {
    /// True where the peer runs as our own effective user and group: the only one that a server
    /// listens to unless it says otherwise.
    package var isSameUser: Bool { uid == geteuid() && gid == getegid() }
}

extension Envelope.Request {
    /// The request of a call, its metadata keys in lower case.
    package init(
        service: String, method: String, message: some WireMessage, timeout: Duration?,
        metadata: [Envelope.KeyValue]
    ) throws(WireError) {
        self.init(
            service: service, method: method, payload: try message.serialized(),
            timeoutNano: timeout.map { max(1, $0.wholeNanoseconds) } ?? 0,
            metadata: metadata.map { Envelope.KeyValue(key: $0.key.lowercased(), value: $0.value) })
    }
}
