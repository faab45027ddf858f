internal import Linux
internal import RPC
internal import Synchronization

/// A listening socket on the reactor.
final class Listener: Sendable, ReactorHandler {
    /// Comes true when `stop` was called.
    let stopped = Promise<Void>()

    private let socket: OwnedDescriptor
    private let reactor: Reactor
    private let admit: @Sendable (consuming OwnedDescriptor) -> Void
    private let token = Mutex<UInt64?>(nil)

    init(
        _ socket: consuming OwnedDescriptor, on reactor: Reactor,
        admit: @escaping @Sendable (consuming OwnedDescriptor) -> Void
    ) throws(SystemError) {
        try socket.setNonBlocking()
        self.socket = socket
        self.reactor = reactor
        self.admit = admit
    }

    func start() throws(SystemError) {
        try token.withLock { token throws(SystemError) in
            token = try reactor.add(socket.raw, .readable, self)
        }
    }

    /// Takes no further connection; who waits in the backlog is refused when the socket goes.
    func stop() {
        let token = token.withLock { $0.take() }
        if let token { reactor.remove(socket.raw, token: token) }
        socket.shutDown()
        stopped.fulfil(())
    }

    func ready(_ readiness: Readiness) {
        for _ in 0..<64 {
            do throws(SystemError) {
                guard let peer = try socket.acceptPending() else { return }
                admit(peer)
            } catch {
                return pause()
            }
        }
    }

    /// Out of descriptors or memory: peers keep their place in the backlog while we breathe.
    private func pause() {
        watch([])
        _ = reactor.schedule(.after(.milliseconds(100))) { [weak self] in self?.watch(.readable) }
    }

    private func watch(_ interest: Interest) {
        token.withLock { token in
            guard let token else { return }
            try? reactor.modify(socket.raw, interest, token: token)
        }
    }
}
