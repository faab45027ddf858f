internal import CLinux
internal import Glibc

/// The settings of a terminal that somebody sits at (termios(3)).
public struct TerminalMode: Sendable {
    private let saved: termios

    /// Nil where the descriptor is not a terminal.
    public init?(of terminal: Int32) {
        var settings = termios()
        guard unsafe tcgetattr(terminal, &settings) == 0 else { return nil }
        saved = settings
    }

    /// Every byte passes as it is, at once, and no key means a signal.
    public func makeRaw(_ terminal: Int32) throws(SystemError) {
        var settings = saved
        unsafe cfmakeraw(&settings)
        try check("make the terminal raw") { unsafe tcsetattr(terminal, TCSANOW, &settings) }
    }

    /// Back to what it was.
    public func restore(_ terminal: Int32) {
        var settings = saved
        // TCSADRAIN: what was written in raw mode is shown in raw mode.
        unsafe tcsetattr(terminal, TCSADRAIN, &settings)
    }
}

extension Terminal {
    /// TIOCGWINSZ; nil where the descriptor is no terminal, or one that knows no size.
    public static func size(of terminal: Int32) -> (rows: UInt16, columns: UInt16)? {
        var size = winsize()
        guard unsafe apus_ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0,
            size.ws_row > 0, size.ws_col > 0
        else { return nil }
        return (size.ws_row, size.ws_col)
    }
}
