internal import Engine
internal import Glibc
internal import Linux

/// The runtime's stay with a process that it has made: signals go on to it, a terminal is carried
/// through, orphans are reaped, and its end is the end of the stay.
struct Foreground: ~Copyable {
    private let process: ContainerProcess
    private let signals: SignalDescriptor
    private var console: TerminalRelay?
    /// Until it has been passed on.
    private var readiness: ReadinessRelay?

    private init(
        _ process: consuming ContainerProcess, _ signals: consuming SignalDescriptor,
        _ console: consuming TerminalRelay?, _ readiness: ReadinessRelay?
    ) {
        self.process = process
        self.signals = signals
        self.console = console
        self.readiness = readiness
    }

    /// From here on signals wait to be forwarded; before, they end the runtime as they end others.
    static func begin(
        _ process: consuming ContainerProcess, _ readiness: ReadinessRelay? = nil
    ) throws(Failure) -> Foreground {
        var process = process
        let master = process.takeConsole()
        do throws(SystemError) {
            let signals = try SignalDescriptor()
            guard let master = master else {
                return Foreground(process, signals, nil, readiness)
            }
            return Foreground(process, signals, try TerminalRelay.begin(master), readiness)
        } catch {
            throw Failure(error)
        }
    }

    /// Waits for the end of the process.
    mutating func wait() throws(Failure) -> ExitStatus {
        SealedExecutable.releaseMount()
        do throws(SystemError) {
            while true {
                if let status = reap() {
                    try console?.finish()
                    return status
                }
                try turn()
            }
        } catch {
            throw Failure(error)
        }
    }

    private mutating func turn() throws(SystemError) {
        var set = PollSet()
        set.add(signals.descriptor.raw, .readable)
        set.add(process.pidfd.descriptor.raw, .readable)
        if let readiness { set.add(readiness.descriptor, .readable) }
        console?.watch(in: &set)
        try set.wait()
        if let readiness, !set.readiness(of: readiness.descriptor).isEmpty { relay(readiness) }
        while let signal = signals.next() { handle(signal) }
        try console?.relay(set)
    }

    private mutating func relay(_ readiness: ReadinessRelay) {
        do throws(EngineError) {
            if try readiness.relay() { self.readiness = nil }
        } catch {
            // Whoever waited there is gone; the container is not.
            self.readiness = nil
        }
    }

    /// Every signal but those that are about us: our children's ends, our terminal's size, a reader
    /// of our output that has gone, and SIGURG, which other runtimes use within themselves.
    private mutating func handle(_ signal: Int32) {
        switch signal {
        case SIGCHLD, SIGURG, SIGPIPE: break
        case SIGWINCH where console != nil: console?.resize()
        default:
            // It may have ended a moment ago.
            try? process.pidfd.send(signal: signal)
        }
    }

    /// Our process's end, where it has come; orphans that became our children go on the way.
    private func reap() -> ExitStatus? {
        while let (pid, status) = Children.reap() {
            if pid == process.pid { return status }
        }
        return nil
    }
}
