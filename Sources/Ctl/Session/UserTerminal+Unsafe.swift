internal import CLinux
internal import Glibc
internal import Synchronization

/// The terminal that this program was started on, and its modes.
enum UserTerminal {
    struct Size: Equatable {
        var columns: UInt32
        var rows: UInt32
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The size of the first of stdin, stdout and stderr that is a terminal; nil where none is, or
    /// where it does not say.
    static var size: Size? {
        for descriptor: Int32 in 0...2 {
            var size = winsize()
            if unsafe apus_ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                return Size(columns: UInt32(size.ws_col), rows: UInt32(size.ws_row))
            }
        }
        return nil
    }

    /// Passes every key on as it is typed; ``restore()`` undoes it. Safe to call again after the
    /// shell had the terminal for a while.
    static func makeRaw() {
        var modes = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &modes) == 0 else { return }
        if unsafe !saved.isSet {
            unsafe saved.modes = modes
            unsafe saved.isSet = true
            atexit { UserTerminal.restore() }
            restoreOnCrash()
        }
        unsafe cfmakeraw(&modes)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &modes)
    }

    /// The modes as they were at first. Called on every way out: tcsetattr(3) may be called in a
    /// signal handler.
    static func restore() {
        guard unsafe saved.isSet else { return }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &saved.modes)
    }

    /// Even a bug of ours shall not leave a terminal that does not echo.
    private static func restoreOnCrash() {
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
            _ = Glibc.signal(signal) { signal in
                UserTerminal.restore()
                _ = Glibc.signal(signal, SIG_DFL)
                raise(signal)
            }
        }
    }

    /// Written once, on the first makeRaw(); a signal handler reads it, so it can have no lock.
    private nonisolated(unsafe) static var saved = (isSet: false, modes: termios())
}
