internal import Linux
internal import RPC
internal import Synchronization

/// Something that wants to know when its descriptor is ready.
protocol ReactorHandler: AnyObject, Sendable {
    /// Called on the reactor's thread; must not block.
    func ready(_ readiness: Readiness)
}

/// The one thread of a process that waits for all its sockets and timers.
///
/// It reads, cuts into frames and wakes tasks; messages are unpacked by those who asked for them.
/// Sleeps for ever while there is nothing to do.
final class Reactor: Sendable {
    private struct State {
        var handlers: [UInt64: any ReactorHandler] = [:]
        var newest: UInt64 = wakeToken
        var timers = TimerQueue<@Sendable () -> Void>()
        /// When the thread will look at the timers by itself; nil while it sleeps for ever.
        var wakesAt: MonotonicTime?
    }

    private static let wakeToken: UInt64 = 0
    private static let started = Mutex<Reactor?>(nil)

    private let epoll: Epoll
    private let wake: WakeDescriptor
    private let state = Mutex(State())
    /// What all sockets are read into; only the reactor's thread takes it.
    let scratch = Mutex([UInt8](repeating: 0, count: Limits.readChunk * 2))

    /// The process's reactor; starts its thread when it is first asked for.
    static func shared() throws(SystemError) -> Reactor {
        try started.withLock { reactor throws(SystemError) in
            if let reactor { return reactor }
            let new = try Reactor()
            try startThread { new.run() }
            reactor = new
            return new
        }
    }

    private init() throws(SystemError) {
        epoll = try Epoll()
        wake = try WakeDescriptor()
        try epoll.add(wake.descriptor.raw, .readable, token: Self.wakeToken)
    }

    /// Keeps the handler until `remove`. Answers the token for the other calls.
    func add(
        _ descriptor: Int32, _ interest: Interest, _ handler: any ReactorHandler
    ) throws(SystemError) -> UInt64 {
        let token = state.withLock { state in
            state.newest += 1
            state.handlers[state.newest] = handler
            return state.newest
        }
        do throws(SystemError) {
            try epoll.add(descriptor, interest, token: token)
        } catch {
            _ = state.withLock { $0.handlers.removeValue(forKey: token) }
            throw error
        }
        return token
    }

    func modify(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try epoll.modify(descriptor, interest, token: token)
    }

    func remove(_ descriptor: Int32, token: UInt64) {
        // Whoever was the last to hold the handler may come back to us in its deinit.
        let handler = state.withLock { $0.handlers.removeValue(forKey: token) }
        guard handler != nil else { return }
        try? epoll.remove(descriptor)
    }

    /// Runs `body` on the reactor's thread at this time; it must not block.
    func schedule(_ time: MonotonicTime, _ body: @escaping @Sendable () -> Void) -> Timer {
        let (timer, mustWake) = state.withLock { state in
            let timer = state.timers.add(time, body)
            guard state.wakesAt.map({ time < $0 }) ?? true else { return (timer, false) }
            state.wakesAt = time
            return (timer, true)
        }
        if mustWake { wake.wake() }
        return timer
    }

    /// The thread is not woken for this: it looks once in vain, at the time it had in mind.
    func cancel(_ timer: Timer) {
        let body = state.withLock { $0.timers.cancel(timer) }
        _ = body
    }

    private func run() {
        while true {
            let wakesAt = state.withLock { state in
                state.wakesAt = state.timers.first
                return state.wakesAt
            }
            // Fails only for programming errors, and then there is nothing to serve any more.
            guard let events = try? epoll.wait(milliseconds: wakesAt.millisecondsLeft) else {
                fatalError("the reactor lost its epoll descriptor")
            }
            for event in events { dispatch(event) }
            fireTimers()
        }
    }

    private func dispatch(_ event: Epoll.Event) {
        guard event.token != Self.wakeToken else { return wake.acknowledge() }
        let handler = state.withLock { $0.handlers[event.token] }
        handler?.ready(event.readiness)
    }

    private func fireTimers() {
        while let body = state.withLock({ state in
            state.timers.isEmpty ? nil : state.timers.popDue(.now)
        }) {
            body()
        }
    }
}
