/// What a peer can cost us, at most. spec/frame.md promises these numbers.
package enum Limits {
    /// Data of one frame, without its header. A fact of the protocol, not ours to change.
    package static let frameBytes = 4 << 20
    /// Calls that may be under way on one connection.
    package static let callsPerConnection = 4096
    /// Connections of one server.
    package static let connections = 1024
    /// While more than this waits to be sent to a peer, a server reads no further request of it,
    /// an asynchronous writer waits, and a client starts no further call.
    package static let outgoingPause = 1 << 20
    /// A peer that lets more than this pile up is cut off.
    package static let outgoingBytes = 64 << 20
    /// Messages of one stream that wait for their consumer, before the socket is no longer read.
    package static let streamBuffer = 1 << 20
    /// The text of an error.
    package static let errorTextBytes = 16 << 10
    /// Descriptors that may come with one frame.
    package static let descriptors = 16
    /// Memory that an idle connection may keep for its next message.
    package static let idleBuffer = 4 << 10
    /// What is read from a socket at once.
    package static let readChunk = 32 << 10
}
