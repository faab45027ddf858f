internal import CLinux
internal import Glibc

/// poll(2) over several descriptors, regular files among them, which epoll(7) refuses.
public struct PollSet: Sendable {
    private var entries: [pollfd] = []

    public init() {}

    /// An interest of nothing still hears of hang-ups and errors.
    public mutating func add(_ descriptor: Int32, _ interest: Interest) {
        entries.append(
            pollfd(
                fd: descriptor, events: Int16(truncatingIfNeeded: interest.rawValue), revents: 0))
    }

    /// Waits until one of them is ready; for ever unless there is a time, in milliseconds.
    public mutating func wait(milliseconds: Int32 = -1) throws(SystemError) {
        try check("wait for descriptors") {
            unsafe Glibc.poll(&entries, nfds_t(entries.count), milliseconds)
        }
    }

    /// What the last wait found; empty where the descriptor was not among those added.
    public func readiness(of descriptor: Int32) -> Readiness {
        let events = entries.first { $0.fd == descriptor }?.revents ?? 0
        return Readiness(rawValue: UInt32(UInt16(bitPattern: events)))
    }
}
