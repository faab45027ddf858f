internal import CLinux
internal import Glibc

/// What to wait for on a descriptor.
public struct Interest: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = Interest(rawValue: EPOLLIN.rawValue)
    public static let writable = Interest(rawValue: EPOLLOUT.rawValue)
}

/// What has become of a descriptor. Hang-ups and errors come unasked.
public struct Readiness: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The other end is closed; what it sent before can still be read.
    public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    public static let failed = Readiness(rawValue: EPOLLERR.rawValue)
}

/// epoll(7), level-triggered. Its calls may come from any thread.
public struct Epoll: ~Copyable, Sendable {
    /// A descriptor that is ready, by the number that it was added under.
    public struct Event: Sendable {
        public let token: UInt64
        public let readiness: Readiness
    }

    private let descriptor: OwnedDescriptor

    public init() throws(SystemError) {
        descriptor = OwnedDescriptor(
            owning: try check("make an epoll descriptor") { epoll_create1(APUS_EPOLL_CLOEXEC) })
    }

    public func add(_ raw: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_ADD, raw, interest, token, "watch descriptor \(raw)")
    }

    public func modify(_ raw: Int32, _ interest: Interest, token: UInt64) throws(SystemError) {
        try control(EPOLL_CTL_MOD, raw, interest, token, "change the watch of descriptor \(raw)")
    }

    public func remove(_ raw: Int32) throws(SystemError) {
        try control(EPOLL_CTL_DEL, raw, [], 0, "stop watching descriptor \(raw)")
    }

    /// Waits for at most `limit` events; for ever unless there is a time, in milliseconds.
    public func wait(limit: Int = 64, milliseconds: Int32 = -1) throws(SystemError) -> [Event] {
        let raw = descriptor.raw
        var events: [Event] = []
        _ = try check("wait for events") {
            waitForEvents(raw, limit, milliseconds, &events)
        }
        return events
    }

    private func control(
        _ operation: Int32, _ raw: Int32, _ interest: Interest, _ token: UInt64,
        _ doing: @autoclosure () -> String
    ) throws(SystemError) {
        let own = descriptor.raw
        try check(doing()) {
            var event = unsafe epoll_event()
            unsafe event.events = interest.rawValue
            unsafe event.data.u64 = token
            return unsafe epoll_ctl(own, operation, raw, &event)
        }
    }
}

private func waitForEvents(
    _ epoll: Int32, _ limit: Int, _ milliseconds: Int32, _ events: inout [Epoll.Event]
) -> Int32 {
    unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: limit) { buffer in
        let count = unsafe epoll_wait(epoll, buffer.baseAddress, Int32(limit), milliseconds)
        for index in 0..<Int(max(0, count)) {
            events.append(
                unsafe Epoll.Event(
                    token: buffer[index].data.u64,
                    readiness: Readiness(rawValue: buffer[index].events)))
        }
        return count
    }
}

/// eventfd(2): one thread wakes another one's poll.
public struct WakeDescriptor: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    public init() throws(SystemError) {
        let raw = try check("make an event descriptor") { eventfd(0, APUS_EFD_FLAGS) }
        descriptor = OwnedDescriptor(owning: raw)
    }

    public func wake() {
        var one: UInt64 = 1
        unsafe write(descriptor.raw, &one, 8)
    }

    /// Takes the wake-up, so that the descriptor is no longer readable.
    public func acknowledge() {
        var count: UInt64 = 0
        unsafe read(descriptor.raw, &count, 8)
    }
}
