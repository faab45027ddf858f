package import Linux

/// One thread that waits for many descriptors and timers, and does what each is for.
///
/// Level-triggered; sleeps for ever while nothing happens and no timer is set. Belongs to the
/// thread that runs it.
package final class EventLoop {
    private struct Watch {
        var token: UInt64
        var handler: (Readiness) -> Void
    }

    private let epoll: Epoll
    private var watches: [Int32: Watch] = [:]
    private var generation: UInt32 = 0
    private var timers = TimerQueue<() -> Void>()
    private var isStopping = false
    /// What all connections of the loop read into; each takes out what came before the next reads.
    /// Not cleared: most reads are short, and pages that are never written cost no memory.
    var scratch = unsafe [UInt8](unsafeUninitializedCapacity: Limits.readChunk) { _, count in
        count = Limits.readChunk
    }

    package init() throws(SystemError) { epoll = try Epoll() }

    /// Calls the handler whenever the descriptor is ready, until `unwatch`. The descriptor must
    /// stay open until then.
    package func watch(
        _ descriptor: Int32, _ events: Interest, _ handler: @escaping (Readiness) -> Void
    ) throws(SystemError) {
        // A number that is closed and opened again within one round must not get the old one's event.
        generation &+= 1
        let token = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        try epoll.add(descriptor, events, token: token)
        watches[descriptor] = Watch(token: token, handler: handler)
    }

    /// Waits for something else from now on; nothing but hang-ups where `events` is empty.
    package func change(_ descriptor: Int32, _ events: Interest) throws(SystemError) {
        guard let watch = watches[descriptor] else { return }
        try epoll.modify(descriptor, events, token: watch.token)
    }

    package func unwatch(_ descriptor: Int32) {
        guard watches.removeValue(forKey: descriptor) != nil else { return }
        // Fails only where the descriptor was closed too early, and then the kernel has forgotten it.
        try? epoll.remove(descriptor)
    }

    /// Runs `body` once, after this time.
    @discardableResult
    package func after(_ delay: Duration, _ body: @escaping () -> Void) -> Timer {
        timers.add(.after(delay), body)
    }

    package func cancel(_ timer: Timer) { timers.cancel(timer) }

    /// Serves until `stop`.
    package func run() throws(SystemError) {
        isStopping = false
        while !isStopping {
            for event in try epoll.wait(milliseconds: timers.first.millisecondsLeft) {
                let descriptor = Int32(truncatingIfNeeded: event.token)
                guard let watch = watches[descriptor], watch.token == event.token else { continue }
                watch.handler(event.readiness)
                if isStopping { return }
            }
            fireTimers()
        }
    }

    /// Makes `run` return when the handler that calls this has.
    package func stop() { isStopping = true }

    private func fireTimers() {
        guard !timers.isEmpty else { return }
        let now = MonotonicTime.now
        while !isStopping, let body = timers.popDue(now) { body() }
    }
}
