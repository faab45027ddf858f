internal import CLinux
internal import Glibc

/// Signals as values.
enum Signals {
    /// Signals that a program in the foreground would get from its terminal, its shell or a
    /// supervisor, with those that the terminal sends about itself.
    static let watched: [Int32] = [
        SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGCONT,
    ]

    /// Keeps the watched signals for ``serve()``. Must come before the first thread is made: a
    /// thread takes over the mask of the one that makes it.
    static func hold() {
        var set = makeSet(watched)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Takes signals for ever; the main thread's part.
    static func serve() -> Never {
        var set = makeSet(watched)
        while true {
            var signal: Int32 = 0
            if unsafe sigwait(&set, &signal) == 0 { arrived.continuation.yield(signal) }
        }
    }

    /// The signals that were held, as they come; for one consumer.
    static var all: AsyncStream<Int32> { arrived.stream }

    private static let arrived = AsyncStream<Int32>.makeStream()

    /// Writing to a closed pipe then fails with EPIPE, so that there is time to restore the
    /// terminal.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

    /// Ends this program as the signal would have ended it.
    static func die(of signal: Int32) -> Never {
        _ = Glibc.signal(signal, SIG_DFL)
        var set = makeSet([signal])
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(signal)
        exit(128 + signal)
    }

    private static func makeSet(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
