package import Linux
internal import RPC
internal import Synchronization

/// Serves listening sockets; every call runs in a task of its own.
package final class RPCServer: Sendable {
    private struct State {
        var listeners: [ObjectIdentifier: Listener] = [:]
        var connections: [ObjectIdentifier: (connection: ServerConnection, channel: Channel)] = [:]
        var isEnding = false
        var whenEmpty: [Promise<Bool>] = []
    }

    private let services: AsyncServiceTable
    private let authorize: @Sendable (PeerCredentials) -> Bool
    private let state = Mutex(State())

    /// `authorize` decides by the kernel's word who may call; the socket's mode is not enough
    /// where a descriptor of it was handed on.
    package init(
        services: AsyncServiceTable,
        authorize: @escaping @Sendable (PeerCredentials) -> Bool = { $0.isSameUser }
    ) {
        self.services = services
        self.authorize = authorize
    }

    package var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Serves a listening socket until `shutdown`, or until the task is cancelled: then no further
    /// connection is taken from this listener, those that are open stay.
    package func serve(_ listener: consuming OwnedDescriptor) async throws(SystemError) {
        let reactor = try Reactor.shared()
        let listener = try Listener(listener, on: reactor) { [weak self] in self?.admit($0) }
        let isEnding = state.withLock { state in
            if !state.isEnding { state.listeners[ObjectIdentifier(listener)] = listener }
            return state.isEnding
        }
        guard !isEnding else { return listener.stop() }
        try listener.start()
        await listener.stopped.value(on: reactor, timedOut: (), canceled: ())
        listener.stop()
        _ = state.withLock { $0.listeners.removeValue(forKey: ObjectIdentifier(listener)) }
    }

    /// Takes no further connections and calls, ends the streams, lets calls under way finish for
    /// as long as `grace`, then cuts them off. Returns when every connection is closed.
    package func shutdown(grace: Duration) async {
        guard let reactor = try? Reactor.shared() else { return }
        let (listeners, connections) = state.withLock { state in
            state.isEnding = true
            return (Array(state.listeners.values), Array(state.connections.values))
        }
        for listener in listeners { listener.stop() }
        for (connection, channel) in connections { connection.beginEnding(channel) }
        let whenEmpty = promiseOfEmptiness()
        let isEmpty = await whenEmpty.value(
            until: .after(grace), on: reactor, timedOut: false, canceled: false)
        guard !isEmpty else { return }
        let rest = state.withLock { Array($0.connections.values) }
        for (_, channel) in rest { channel.close() }
        _ = await promiseOfEmptiness().value()
    }

    private func admit(_ socket: consuming OwnedDescriptor) {
        guard let peer = try? UnixSocket.credentials(of: socket), authorize(peer) else { return }
        let connection = ServerConnection(services, peer) { [weak self] in self?.forget($0) }
        guard let channel = try? Channel(socket, owner: connection, readsOnlyWhenSent: true) else {
            return
        }
        let isAdmitted = state.withLock { state in
            guard !state.isEnding && state.connections.count < Limits.connections else {
                return false
            }
            state.connections[ObjectIdentifier(connection)] = (connection, channel)
            return true
        }
        guard isAdmitted else { return }
        do throws(SystemError) { try channel.open() } catch { forget(connection) }
    }

    private func forget(_ connection: ServerConnection) {
        let waiting = state.withLock { state -> [Promise<Bool>] in
            state.connections[ObjectIdentifier(connection)] = nil
            guard state.connections.isEmpty else { return [] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for promise in waiting { promise.fulfil(true) }
    }

    private func promiseOfEmptiness() -> Promise<Bool> {
        let promise = Promise<Bool>()
        let isEmpty = state.withLock { state in
            if !state.connections.isEmpty { state.whenEmpty.append(promise) }
            return state.connections.isEmpty
        }
        if isEmpty { promise.fulfil(true) }
        return promise
    }
}
