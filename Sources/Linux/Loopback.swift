internal import CLinux
internal import Glibc

/// The loopback interface of a network namespace.
public enum Loopback {
    /// A new namespace has it, but down (netdevice(7), SIOCSIFFLAGS).
    public static func raise() throws(SystemError) {
        let datagram = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let raw = try check("make a socket") { Glibc.socket(AF_INET, datagram, 0) }
        let socket = OwnedDescriptor(owning: raw)
        // struct ifreq: 16 bytes of name, then the flags.
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<2, with: "lo".utf8)
        request[16] = UInt8(upAndRunning)
        let number = socket.raw
        try check("raise the loopback interface") {
            unsafe request.withUnsafeMutableBytes {
                unsafe apus_ioctl(number, UInt(SIOCSIFFLAGS), $0.baseAddress)
            }
        }
    }
}

private let upAndRunning = 0x41
