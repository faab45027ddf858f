internal import Linux
internal import RPC
internal import Synchronization

/// Who uses a channel.
protocol ChannelOwner: AnyObject, Sendable {
    /// Called on the reactor's thread, in the order of the frames.
    func received(_ event: FrameEvent, on channel: Channel)
    /// The connection is gone, whoever ended it. Called once, on the reactor's thread.
    func closed(_ channel: Channel)
}

/// A socket that carries frames, on the reactor. Frames are sent from any thread, at once where
/// the socket takes them; the descriptor lives as long as this object, so no number is ever stale.
final class Channel: Sendable, ReactorHandler {
    private struct State {
        var token: UInt64?
        var outbox = Outbox()
        var interest: Interest = .readable
        /// How many reasons there are not to read.
        var pauses = 0
        /// Nothing more is accepted; what was accepted is sent first.
        var isClosing = false
        var isGone = false
        var waiters: [UInt64: Promise<Result<Void, RPCError>>] = [:]
        var newestWaiter: UInt64 = 0
    }

    let reactor: Reactor
    private let socket: OwnedDescriptor
    private let owner: any ChannelOwner
    /// A server does not read requests of a peer that does not read answers.
    private let readsOnlyWhenSent: Bool
    private let state = Mutex(State())
    /// Only the reactor's thread takes it.
    private let reader = Mutex(FrameReader())

    init(
        _ socket: consuming OwnedDescriptor, owner: any ChannelOwner, readsOnlyWhenSent: Bool
    ) throws(SystemError) {
        try socket.setNonBlocking()
        self.reactor = try Reactor.shared()
        self.socket = socket
        self.owner = owner
        self.readsOnlyWhenSent = readsOnlyWhenSent
    }

    /// Begins to read.
    func open() throws(SystemError) {
        try state.withLock { state throws(SystemError) in
            state.token = try reactor.add(socket.raw, state.interest, self)
        }
    }

    var pendingBytes: Int { state.withLock { $0.outbox.count } }

    /// Sends or queues whole frames.
    func send(_ bytes: [UInt8]) throws(RPCError) {
        try state.withLock { state throws(RPCError) in
            guard !state.isClosing && !state.isGone else { throw .closed }
            let mayWrite = state.outbox.isEmpty
            state.outbox.append(bytes)
            if mayWrite { flush(&state) }
            if state.outbox.count > Limits.outgoingBytes { cut(&state) }
        }
    }

    /// Waits while much is queued already. All who wait are woken together, and those who find
    /// the room taken wait again.
    func waitForRoom(until deadline: MonotonicTime? = nil) async throws(RPCError) {
        while true {
            let promise = Promise<Result<Void, RPCError>>()
            let waiter = state.withLock { state -> UInt64? in
                guard state.outbox.count > Limits.outgoingPause && !state.isGone else {
                    return nil
                }
                state.newestWaiter += 1
                state.waiters[state.newestWaiter] = promise
                return state.newestWaiter
            }
            guard let waiter else { return }
            let result = await promise.value(
                until: deadline, on: reactor, timedOut: .failure(.timedOut),
                canceled: .failure(.canceled))
            _ = state.withLock { $0.waiters.removeValue(forKey: waiter) }
            try result.get()
        }
    }

    /// Stops reading until `resumeReading` was called as often.
    func pauseReading() {
        state.withLock { state in
            state.pauses += 1
            updateInterest(&state)
        }
    }

    func resumeReading() {
        state.withLock { state in
            state.pauses -= 1
            updateInterest(&state)
        }
    }

    /// Ends the connection at once.
    func close() { state.withLock { cut(&$0) } }

    /// Ends the connection when everything queued has gone.
    func closeWhenSent() {
        state.withLock { state in
            state.isClosing = true
            if state.outbox.isEmpty { cut(&state) }
        }
    }

    func ready(_ readiness: Readiness) {
        if readiness.contains(.writable) { writable() }
        if !readiness.isDisjoint(with: [.readable, .hangUp, .failed]) { readable() }
    }

    private func writable() {
        let waiters = state.withLock { state -> [Promise<Result<Void, RPCError>>] in
            flush(&state)
            guard state.outbox.count <= Limits.outgoingPause / 2 else { return [] }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.fulfil(.success(())) }
    }

    private func readable() {
        guard let events = read() else { return finish() }
        for event in events { owner.received(event, on: self) }
    }

    /// The frames that became complete; nil at the end of the connection.
    private func read() -> [FrameEvent]? {
        reactor.scratch.withLock { scratch in
            do throws(SystemError) {
                let count = try socket.read(into: &scratch)
                guard count > 0 else { return nil }
                var input = scratch[..<count]
                return reader.withLock { reader in
                    var events: [FrameEvent] = []
                    while let event = reader.next(&input) { events.append(event) }
                    return events
                }
            } catch {
                return error.isTemporary ? [] : nil
            }
        }
    }

    /// Everything that has to be told that the connection is gone, is told from here.
    private func finish() {
        let (token, waiters) = state.withLock { state in
            defer {
                state.isGone = true
                state.token = nil
                state.outbox = Outbox()
                state.waiters = [:]
            }
            return (state.token, Array(state.waiters.values))
        }
        guard let token else { return }
        reactor.remove(socket.raw, token: token)
        socket.shutDown()
        for waiter in waiters { waiter.fulfil(.failure(.closed)) }
        owner.closed(self)
    }

    private func flush(_ state: inout State) {
        while !state.outbox.isEmpty {
            do throws(SystemError) {
                state.outbox.advance(try socket.send(state.outbox.front))
            } catch {
                if !error.isTemporary { return cut(&state) }
                break
            }
        }
        if state.isClosing && state.outbox.isEmpty { return cut(&state) }
        updateInterest(&state)
    }

    /// Hangs up. The reactor sees it like a hang-up of the peer and does the rest.
    private func cut(_ state: inout State) {
        state.isClosing = true
        state.outbox = Outbox()
        state.pauses = 0
        socket.shutDown()
        updateInterest(&state)
    }

    private func updateInterest(_ state: inout State) {
        var wanted: Interest = []
        let mayRead = !readsOnlyWhenSent || state.outbox.count <= Limits.outgoingPause
        if state.pauses <= 0 && mayRead { wanted.insert(.readable) }
        if !state.outbox.isEmpty { wanted.insert(.writable) }
        guard wanted != state.interest, let token = state.token else { return }
        state.interest = wanted
        // Fails only for programming errors; then hanging up is what is left.
        do throws(SystemError) {
            try reactor.modify(socket.raw, wanted, token: token)
        } catch {
            socket.shutDown()
        }
    }
}
