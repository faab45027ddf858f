internal import CLinux
internal import Glibc

extension OwnedDescriptor {
    /// poll(2) for one descriptor: true when it is ready or has failed, false when the time is up.
    /// Negative milliseconds mean for ever.
    public func poll(_ interest: Interest, milliseconds: Int32) throws(SystemError) -> Bool {
        let raw = raw
        let count = try check("wait for descriptor \(raw)") {
            var entry = pollfd(
                fd: raw, events: Int16(truncatingIfNeeded: interest.rawValue), revents: 0)
            return unsafe Glibc.poll(&entry, 1, milliseconds)
        }
        return count > 0
    }
}
