internal import ApusClient
internal import Glibc
internal import Linux

/// This program's terminal and streams, tied to those of a process in a container, until that ends
/// or the user leaves.
struct Session {
    let apus: Apus.Client
    let id: String
    var execID = ""
    /// The process has a terminal.
    let hasTerminal: Bool
    /// It reads what this program reads.
    let takesInput: Bool
    let detachKeys: DetachKeys

    enum End {
        case exited(Apus.WaitProcessResponse)
        /// By the detach keys; the process goes on.
        case detached
        /// A signal came before the process ran, or for this program itself.
        case terminated(signal: Int32, hadStarted: Bool)
    }

    /// Attaches, starts the process by `start`, and stays until its end and the end of its output,
    /// all of which has then been written.
    func run(start: @escaping @Sendable () async throws -> Void) async throws -> End {
        let output = try await apus.streams.attach(id, execID: execID)
        let (news, post) = AsyncStream<News>.makeStream()
        if isRaw { UserTerminal.makeRaw() }
        defer { UserTerminal.restore() }
        if hasTerminal { await tellSize() }
        // Not structured: some of them sit in a system call until the program ends.
        report(to: post) { .ended(try await apus.containers.wait(id, execID: execID)) }
        report(to: post) { try await write(output) }
        Task { for await signal in Signals.all { post.yield(.signal(signal)) } }
        Task {
            do {
                try await start()
                post.yield(.started)
            } catch {
                post.yield(.notStarted(error))
            }
        }
        return try await follow(news, post)
    }

    /// What happened, from whichever part of the session.
    private enum News {
        case started
        case notStarted(any Error)
        case ended(Apus.WaitProcessResponse)
        case outputEnded
        case detached
        case signal(Int32)
        case failed(any Error)
    }

    private typealias Post = AsyncStream<News>.Continuation

    private func report(to post: Post, _ work: @escaping @Sendable () async throws -> News?) {
        Task {
            do {
                if let news = try await work() { post.yield(news) }
            } catch {
                post.yield(.failed(error))
            }
        }
    }

    private func follow(_ news: AsyncStream<News>, _ post: Post) async throws -> End {
        var hasStarted = false
        var outputHasEnded = false
        var exit: Apus.WaitProcessResponse?
        // The program may have spoken before the manager says that it runs.
        var held: [Int32] = []
        var failure: (any Error)?
        for await event in news {
            switch event {
            case .started:
                hasStarted = true
                if hasTerminal { await tellSize() }
                if takesInput { report(to: post) { await pumpInput() } }
                for signal in held { _ = await handle(signal, hasStarted: true) }
            case .ended(let response): exit = response
            case .outputEnded: outputHasEnded = true
            case .detached: return .detached
            case .signal(let signal) where !hasStarted && held.isEmpty && isForTheProcess(signal):
                held.append(signal)
            case .signal(let signal):
                if await handle(signal, hasStarted: hasStarted) == .passOn {
                    return .terminated(signal: signal, hadStarted: hasStarted)
                }
            // A process that does not start fails whoever waits for it, too; the start knows why.
            case .failed(let error): failure = failure ?? error
            case .notStarted(let error): throw error
            }
            if let failure, hasStarted { throw failure }
            if let exit, outputHasEnded, hasStarted { return .exited(exit) }
        }
        throw Complaint("the session ended without a result")
    }

    private enum Handling {
        case handled
        case passOn
    }

    /// With the terminal in raw mode, keys reach the process as they are, and a signal is meant for
    /// this program. Otherwise it is meant for the process.
    private func handle(_ signal: Int32, hasStarted: Bool) async -> Handling {
        switch signal {
        case SIGWINCH:
            if hasTerminal && hasStarted { await tellSize() }
            return .handled
        case SIGCONT where isRaw:
            UserTerminal.makeRaw()
            if hasStarted { await tellSize() }
            return .handled
        case _ where !hasStarted: return signal == SIGCONT ? .handled : .passOn
        case _ where isRaw: return .passOn
        default:
            // A process that has just ended needs no signal any more.
            try? await apus.containers.kill(id, execID: execID, signal: "\(signal)")
            return .handled
        }
    }

    /// Not for this program, nor about its terminal.
    private func isForTheProcess(_ signal: Int32) -> Bool {
        !isRaw && signal != SIGWINCH && signal != SIGCONT
    }

    private var isRaw: Bool { hasTerminal && takesInput && UserTerminal.isTerminal(STDIN_FILENO) }

    /// Told before the start, so that the program finds the size right, and after it, should it have
    /// changed meanwhile.
    private func tellSize() async {
        guard let size = UserTerminal.size else { return }
        try? await apus.streams.resize(id, execID: execID, columns: size.columns, rows: size.rows)
    }

    private func write(_ output: Apus.Messages<Apus.OutputChunk>) async throws -> News {
        for try await chunk in output {
            let isError = chunk.stream == .stderr
            try await StandardStreams.write(
                chunk.data, to: isError ? STDERR_FILENO : STDOUT_FILENO)
        }
        return .outputEnded
    }

    /// Carries stdin over, and its end. A process that has ended or closed its input takes no more;
    /// that is no failure.
    private func pumpInput() async -> News? {
        var scanner = DetachScanner(detachKeys)
        do {
            while let typed = try await StandardStreams.read() {
                let (forward, detached) = isRaw ? scanner.feed(typed) : (typed, false)
                if !forward.isEmpty {
                    try await apus.streams.write(forward, to: id, execID: execID)
                }
                if detached { return .detached }
            }
            try await apus.streams.closeInput(id, execID: execID)
        } catch {}
        return nil
    }
}
