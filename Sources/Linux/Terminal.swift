internal import CLinux
internal import Glibc

/// A pseudo-terminal of the devpts that its multiplexer belongs to (pty(7)).
public struct Terminal: ~Copyable {
    public let master: OwnedDescriptor
    public let peer: OwnedDescriptor
    /// Its number in that devpts.
    public let number: Int32

    /// `multiplexer` is an open `ptmx`. The peer is opened by the kernel through the same devpts
    /// (TIOCGPTPEER), so that no path has a say in which terminal it is.
    public init(multiplexer: consuming OwnedDescriptor) throws(SystemError) {
        let raw = multiplexer.raw
        var unlocked: Int32 = 0
        try check("unlock the terminal") { unsafe apus_ioctl(raw, APUS_TIOCSPTLCK, &unlocked) }
        var number: Int32 = -1
        try check("ask the terminal's number") {
            unsafe apus_ioctl(raw, APUS_TIOCGPTN, &number)
        }
        let flags = O_RDWR | O_NOCTTY | O_CLOEXEC
        let opened = try check("open the terminal's peer") {
            unsafe apus_ioctl(
                raw, APUS_TIOCGPTPEER, UnsafeMutableRawPointer(bitPattern: UInt(flags)))
        }
        master = multiplexer
        peer = OwnedDescriptor(owning: opened)
        self.number = number
    }

    /// TIOCSWINSZ.
    public static func resize(
        _ terminal: borrowing OwnedDescriptor, rows: UInt16, columns: UInt16
    ) throws(SystemError) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        let raw = terminal.raw
        try check("resize the terminal") { unsafe apus_ioctl(raw, UInt(TIOCSWINSZ), &size) }
    }

    /// Makes it the controlling terminal of the calling session leader (TIOCSCTTY).
    public static func control(_ terminal: borrowing OwnedDescriptor) throws(SystemError) {
        let raw = terminal.raw
        try check("take the controlling terminal") { apus_ioctl(raw, UInt(TIOCSCTTY), nil) }
    }
}

extension OwnedDescriptor {
    /// dup2(2) onto a number that exec(2) inherits: a standard stream.
    public func replace(_ number: Int32) throws(SystemError) {
        let raw = raw
        try check("replace descriptor \(number)") { dup2(raw, number) }
    }
}
