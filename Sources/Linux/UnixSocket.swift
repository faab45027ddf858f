internal import CLinux
internal import Glibc

/// Who is at the other end of a Unix socket (SO_PEERCRED, unix(7)).
public struct PeerCredentials: Equatable, Sendable {
    public var pid: Int32
    public var uid: UInt32
    public var gid: UInt32
}

/// Both ends of a socketpair(2).
public struct SocketPair: ~Copyable, Sendable {
    public let first: OwnedDescriptor
    public let second: OwnedDescriptor

    /// Hands both ends out as numbers; the caller closes them.
    public consuming func release() -> (first: Int32, second: Int32) {
        let first = first
        let second = second
        return (first.release(), second.release())
    }
}

/// Unix sockets, by path.
public enum UnixSocket {
    /// The longest path that fits sockaddr_un with its NUL.
    public static let longestPath = 107

    /// Connects, or throws ECONNREFUSED, ENOENT ... ENAMETOOLONG where the path does not fit.
    /// `nonBlocking` throws EAGAIN where it would have to wait for room in the backlog.
    public static func connect(
        _ path: String, nonBlocking: Bool = false
    ) throws(SystemError) -> OwnedDescriptor {
        let socket = try make(streamSocket)
        if nonBlocking { try socket.setNonBlocking() }
        try connect(socket, path)
        return socket
    }

    /// A datagram socket that sends to a path, or to the abstract name behind an `@`.
    public static func connectDatagram(_ path: String) throws(SystemError) -> OwnedDescriptor {
        let socket = try make(datagramSocket)
        try connect(socket, path)
        return socket
    }

    private static func connect(
        _ socket: borrowing OwnedDescriptor, _ path: String
    ) throws(SystemError) {
        var (address, length) = try address(path, doing: "connect to \(path)")
        let raw = socket.raw
        try check("connect to \(path)") {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(raw, $0, length)
                }
            }
        }
    }

    /// Binds and listens; the socket file gets `mode`. EADDRINUSE where the path exists.
    public static func listen(
        _ path: String, mode: UInt32 = 0o600, backlog: Int32 = 128
    ) throws(SystemError)
        -> OwnedDescriptor
    {
        let socket = try make(streamSocket)
        try bind(socket, path, mode: mode)
        let raw = socket.raw
        try check("listen on \(path)") { Glibc.listen(raw, backlog) }
        return socket
    }

    /// A datagram socket that hears what is sent to a path, whose file gets `mode`.
    public static func bindDatagram(
        _ path: String, mode: UInt32 = 0o600
    ) throws(SystemError) -> OwnedDescriptor {
        let socket = try make(datagramSocket)
        try bind(socket, path, mode: mode)
        return socket
    }

    private static func bind(
        _ socket: borrowing OwnedDescriptor, _ path: String, mode: UInt32
    ) throws(SystemError) {
        var (address, length) = try address(path, doing: "listen on \(path)")
        let raw = socket.raw
        // The file gets the socket's mode, less the umask. The umask itself is the whole process's:
        // changing it would change what other threads create meanwhile.
        try check("set the mode of \(path)") { fchmod(raw, mode) }
        try check("listen on \(path)") {
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.bind(raw, $0, length)
                }
            }
        }
        try check("set the mode of \(path)") { unsafe chmod(path, mode) }
    }

    /// accept4(2), close-on-exec, blocking unless the listener says EAGAIN.
    public static func accept(
        _ listener: borrowing OwnedDescriptor
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = listener.raw
        let peer = try check("accept a connection") {
            apus_accept4(raw)
        }
        return OwnedDescriptor(owning: peer)
    }

    /// Two connected sockets.
    public static func pair() throws(SystemError) -> SocketPair { try pair(streamSocket) }

    /// The same, for messages that keep their borders (SOCK_SEQPACKET).
    public static func packetPair() throws(SystemError) -> SocketPair { try pair(packetSocket) }

    private static func pair(_ type: Int32) throws(SystemError) -> SocketPair {
        var ends: [Int32] = [0, 0]
        try check("make a socket pair") {
            unsafe socketpair(AF_UNIX, type, 0, &ends)
        }
        return SocketPair(
            first: OwnedDescriptor(owning: ends[0]), second: OwnedDescriptor(owning: ends[1]))
    }

    public static func credentials(
        of socket: borrowing OwnedDescriptor
    ) throws(SystemError) -> PeerCredentials {
        var credentials = apus_ucred()
        var length = socklen_t(MemoryLayout<apus_ucred>.size)
        let raw = socket.raw
        try check("read the peer's credentials") {
            unsafe getsockopt(raw, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        }
        return PeerCredentials(pid: credentials.pid, uid: credentials.uid, gid: credentials.gid)
    }

    /// One sendmsg(2) with descriptors beside the bytes (SCM_RIGHTS). Answers how many bytes went.
    public static func send(
        _ bytes: ArraySlice<UInt8>, descriptors: [Int32] = [], on socket: borrowing OwnedDescriptor
    ) throws(SystemError) -> Int {
        let raw = socket.raw
        return try check("send on a socket") { sendMessage(raw, bytes, descriptors) }
    }

    /// One recvmsg(2); descriptors that came along are owned by the caller, close-on-exec.
    public static func receive(
        into buffer: inout [UInt8], on socket: borrowing OwnedDescriptor
    ) throws(SystemError) -> (count: Int, descriptors: [Int32]) {
        let raw = socket.raw
        var descriptors: [Int32] = []
        let count = try check("receive from a socket") {
            receiveMessage(raw, &buffer, &descriptors)
        }
        return (count, descriptors)
    }

    private static func make(_ type: Int32) throws(SystemError) -> OwnedDescriptor {
        let raw = try check("make a socket") {
            socket(AF_UNIX, type, 0)
        }
        return OwnedDescriptor(owning: raw)
    }

    /// Of an abstract name only as much as it is long: the zeros behind it would belong to it.
    private static func address(
        _ path: String, doing: String
    ) throws(SystemError) -> (sockaddr_un, socklen_t) {
        var bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= longestPath, !bytes.contains(0) else {
            throw SystemError(doing, bytes.count > longestPath ? ENAMETOOLONG : EINVAL)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let whole = MemoryLayout<sockaddr_un>.size
        let unused = isAbstract ? longestPath + 1 - bytes.count : 0
        return (address, socklen_t(whole - unused))
    }
}

private let mostDescriptors = 16
private let streamSocket = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
private let datagramSocket = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
private let packetSocket = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
private let rightsMessage = Int32(SCM_RIGHTS)
private let noSignal = Int32(MSG_NOSIGNAL)

private func sendMessage(_ socket: Int32, _ bytes: ArraySlice<UInt8>, _ descriptors: [Int32]) -> Int
{
    let payload = descriptors.count * MemoryLayout<Int32>.size
    return unsafe withUnsafeTemporaryAllocation(
        byteCount: apus_cmsg_space(payload), alignment: MemoryLayout<cmsghdr>.alignment
    ) { control in
        unsafe bytes.withUnsafeBytes { data in
            var vector = unsafe iovec(
                iov_base: .init(mutating: data.baseAddress), iov_len: data.count)
            return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                var message = unsafe msghdr()
                unsafe message.msg_iov = vector
                unsafe message.msg_iovlen = 1
                if !descriptors.isEmpty {
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    let header = unsafe apus_cmsg_firsthdr(&message)!
                    unsafe header.pointee.cmsg_level = SOL_SOCKET
                    unsafe header.pointee.cmsg_type = rightsMessage
                    unsafe header.pointee.cmsg_len = apus_cmsg_len(payload)
                    unsafe descriptors.withUnsafeBytes {
                        unsafe apus_cmsg_data(header)!.update(
                            from: $0.bindMemory(to: UInt8.self).baseAddress!, count: payload)
                    }
                }
                return unsafe sendmsg(socket, &message, noSignal)
            }
        }
    }
}

private func receiveMessage(
    _ socket: Int32, _ buffer: inout [UInt8], _ descriptors: inout [Int32]
) -> Int {
    unsafe withUnsafeTemporaryAllocation(
        byteCount: apus_cmsg_space(mostDescriptors * MemoryLayout<Int32>.size),
        alignment: MemoryLayout<cmsghdr>.alignment
    ) { control in
        unsafe buffer.withUnsafeMutableBytes { data in
            var vector = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
            return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                var message = unsafe msghdr()
                unsafe message.msg_iov = vector
                unsafe message.msg_iovlen = 1
                unsafe message.msg_control = control.baseAddress
                unsafe message.msg_controllen = control.count
                let count = unsafe recvmsg(socket, &message, APUS_MSG_CMSG_CLOEXEC)
                guard count >= 0 else { return count }
                var header = unsafe apus_cmsg_firsthdr(&message)
                while let current = unsafe header {
                    if unsafe current.pointee.cmsg_level == SOL_SOCKET
                        && current.pointee.cmsg_type == rightsMessage
                    {
                        let length = unsafe Int(current.pointee.cmsg_len) - apus_cmsg_len(0)
                        let raw = unsafe UnsafeRawPointer(apus_cmsg_data(current)!)
                        for offset in stride(from: 0, to: length, by: MemoryLayout<Int32>.size) {
                            descriptors.append(
                                unsafe raw.loadUnaligned(fromByteOffset: offset, as: Int32.self))
                        }
                    }
                    unsafe header = unsafe apus_cmsg_nxthdr(&message, current)
                }
                return count
            }
        }
    }
}
