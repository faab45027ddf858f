internal import CLinux
internal import Glibc

/// The one owner of a file descriptor; closes it when it goes.
@frozen public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor, for a call; whoever keeps it beyond the owner's life has a stale number.
    public let raw: Int32

    /// Takes over a descriptor that nobody else closes.
    public init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Hands the descriptor out; the caller closes it.
    public consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// A second descriptor of the same open file, closed on exec.
    public func duplicate() throws(SystemError) -> OwnedDescriptor {
        let copy = try check("duplicate descriptor \(raw)") { apus_fcntl(raw, F_DUPFD_CLOEXEC, 3) }
        return OwnedDescriptor(owning: copy)
    }

    /// Lets the next exec(2) inherit it.
    public func inheritOnExec() throws(SystemError) {
        try check("clear close-on-exec of descriptor \(raw)") { apus_fcntl(raw, F_SETFD, 0) }
    }

    public func setNonBlocking(_ on: Bool = true) throws(SystemError) {
        let flags = try check("read flags of descriptor \(raw)") { apus_fcntl(raw, F_GETFL, 0) }
        let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
        try check("set flags of descriptor \(raw)") { apus_fcntl(raw, F_SETFL, Int(wanted)) }
    }
}
