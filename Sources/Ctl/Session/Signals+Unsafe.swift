internal import CLinux
internal import Dispatch
internal import Glibc

/// Signals as values.
enum Signals {
    /// Signals that a program in the foreground would get from its terminal, its shell or a
    /// supervisor, with those that the terminal sends about itself.
    static let watched: [Int32] = [
        SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGCONT,
    ]

    /// Keeps the watched signals for ``next()``. Must come before the first thread is made: a
    /// thread takes over the mask of the one that makes it.
    static func hold() {
        var set = makeSet(watched)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Writing to a closed pipe then fails with EPIPE, so that there is time to restore the
    /// terminal.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    /// The next of the signals that are held.
    static func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            queue.async {
                var set = makeSet(watched)
                var signal: Int32 = 0
                while unsafe sigwait(&set, &signal) != 0 {}
                continuation.resume(returning: signal)
            }
        }
    }

    /// Ends this program as the signal would have ended it.
    static func die(of signal: Int32) -> Never {
        _ = Glibc.signal(signal, SIG_DFL)
        var set = makeSet([signal])
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(signal)
        exit(128 + signal)
    }

    private static let queue = DispatchQueue(label: "signals")

    private static func makeSet(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
