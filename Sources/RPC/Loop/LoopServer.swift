package import Linux

/// Serves a listening socket on an event loop: one thread, no waiting in it.
package final class LoopServer: Mortal {
    package let life = Life()
    private let loop: EventLoop
    private var listener: OwnedDescriptor?
    private let services: ServiceTable
    private let authorize: (PeerCredentials) -> Bool
    private var connections: [Int32: LoopConnection] = [:]
    private var retry: Timer?

    /// Connections that are open now.
    package var connectionCount: Int { connections.count }

    /// Called when the last connection has gone.
    package var onIdle: (() -> Void)?

    /// `authorize` decides by the kernel's word who may call; the socket's mode is not enough
    /// where a descriptor of it was handed on.
    package init(
        loop: EventLoop, listener: consuming OwnedDescriptor, services: ServiceTable,
        authorize: @escaping (PeerCredentials) -> Bool = { $0.isSameUser }
    ) throws(SystemError) {
        self.loop = loop
        self.services = services
        self.authorize = authorize
        let raw = listener.raw
        try listener.setNonBlocking()
        self.listener = consume listener
        try loop.watch(raw, .readable) { [own = Weak(self)] _ in own.object?.acceptAll() }
    }

    deinit {
        life.end()
        close()
    }

    /// Closes the listener and all connections; what was under way is abandoned.
    package func close() {
        stopListening()
        for connection in connections.values { connection.close() }
    }

    /// Takes no further connections; those that are open stay.
    package func stopListening() {
        retry.map(loop.cancel)
        retry = nil
        if let listener = listener.take() { loop.unwatch(listener.raw) }
    }

    private func acceptAll() {
        for _ in 0..<16 {
            do throws(SystemError) {
                guard let socket = try listener?.acceptPending() else { return }
                admit(socket)
            } catch {
                return pause()
            }
        }
    }

    private func admit(_ socket: consuming OwnedDescriptor) {
        guard connections.count < Limits.connections,
            let peer = try? UnixSocket.credentials(of: socket), authorize(peer)
        else { return }
        let raw = socket.raw
        let connection = LoopConnection(loop, socket, services, peer) { [own = Weak(self)] in
            own.object?.forget(raw)
        }
        guard (try? connection.open()) != nil else { return }
        connections[raw] = connection
    }

    private func forget(_ raw: Int32) {
        connections[raw] = nil
        if connections.isEmpty { onIdle?() }
    }

    /// Out of descriptors or memory: the peer keeps its place in the backlog while we breathe,
    /// instead of being refused as fast as the processor can.
    private func pause() {
        guard let raw = listener?.raw else { return }
        try? loop.change(raw, [])
        retry = loop.after(.milliseconds(100)) { [own = Weak(self)] in own.object?.acceptAgain() }
    }

    private func acceptAgain() {
        guard let raw = listener?.raw else { return }
        try? loop.change(raw, .readable)
    }
}
