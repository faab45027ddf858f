internal import CLinux
internal import Glibc

/// The calls of a non-blocking socket.
extension OwnedDescriptor {
    /// A connection that waits in a listener's backlog; nil where none does. Connections that
    /// went away while they waited are skipped.
    public func acceptPending() throws(SystemError) -> OwnedDescriptor? {
        let raw = raw
        while true {
            do throws(SystemError) {
                let peer = try check("accept a connection") { apus_accept4(raw) }
                return OwnedDescriptor(owning: peer)
            } catch {
                if error.code == EAGAIN { return nil }
                if error.code != ECONNABORTED { throw error }
            }
        }
    }

    /// One send(2), without SIGPIPE. Answers how many bytes went.
    public func send(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        let raw = raw
        return try check("send on a socket") {
            unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    /// shutdown(2) of both directions: everyone who waits on the socket wakes up.
    public func shutDown() { shutdown(raw, Int32(SHUT_RDWR)) }
}
