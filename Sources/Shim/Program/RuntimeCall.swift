internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// What one command of the runtime left behind.
struct RuntimeResult {
    /// nil where its time was up.
    var status: ExitStatus?
    /// What apus-runtime posted; nil from other runtimes.
    var outcome: RuntimeAPI.Outcome?
    /// Of the process that was made; the receiver owns it.
    var pidfd: Int32?
    /// The last error line of its log file.
    var loggedError: String?
    /// What it wrote, where nobody else has its output.
    var output: String
    var verb: String
    var program: String

    var succeeded: Bool { status == .exited(0) }

    /// Why it failed, in the words of the best witness.
    var failure: Failure {
        guard let status else {
            return Failure(
                .deadlineExceeded, "\(program) \(verb) did not end in time: deadline exceeded")
        }
        let name = program.split(separator: "/").last.map(String.init) ?? program
        if let problem = outcome?.problem {
            var failure = Failure(Self.code(of: problem.message), problem.message)
            failure.details = [
                .init(
                    stage: problem.stage, cause: problem.cause, hint: problem.hint,
                    subject: outcome?.id ?? "")
            ]
            return failure
        }
        let said = loggedError ?? output.trimmed
        guard !said.isEmpty else {
            return Failure(.unknown, "\(name) \(verb) ended with status \(status.code): unknown")
        }
        return Failure(Self.code(of: said), "OCI runtime \(verb) failed: \(said)")
    }

    /// A runtime says in words only what kind of failure it was.
    private static func code(of text: String) -> StatusCode {
        if text.includes("already exists") || text.includes("already in use") {
            return .alreadyExists
        }
        if text.includes("does not exist") { return .notFound }
        if text.includes("executable file not found") || text.includes("no such file or directory")
            || text.includes("permission denied")
        {
            return .invalidArgument
        }
        if text.includes("not running") || text.includes("cannot") { return .failedPrecondition }
        return .unknown
    }
}

/// One command of the runtime as a child of the shim. Nothing waits for it: `done` is called when
/// it has posted that it went well, which is the last thing that it does, or else when it has ended
/// and was waited for.
final class RuntimeCall {
    /// What becomes 0, 1 and 2 of the runtime, and so of a container that it creates.
    enum Streams {
        /// Standard input is /dev/null, what it writes is collected for the error's sake.
        case collected
        /// Like `collected`, with these bytes as standard input.
        case fed([UInt8])
        /// These descriptors; -1 is /dev/null.
        case given(Int32, Int32, Int32)
    }

    private static let mostOutput = 16 << 10

    private let context: ShimContext
    private let verb: String
    private let program: RuntimeProgram
    private let log: RuntimeLog
    private var report: CallReceiver?
    private var outcome: RuntimeAPI.Outcome?
    private var pidfd: Int32?
    private var isDone = false
    private var collector: OwnedDescriptor?
    private var deadline: Timer?
    private var pid: Int32 = 0
    /// The reaper's.
    private var number = 0
    private var isLate = false
    private let done: (RuntimeResult) -> Void

    /// Starts it; where that fails, `done` is not called.
    @discardableResult
    static func start(
        _ program: RuntimeProgram, _ verb: String, _ arguments: [String], bundle: String,
        streams: Streams = .collected, limit: Duration, in context: ShimContext,
        done: @escaping (RuntimeResult) -> Void
    ) throws(Failure) -> RuntimeCall {
        let call = RuntimeCall(program, verb, bundle, context, done)
        do throws(SystemError) {
            try call.spawn(arguments, bundle, streams, limit)
        } catch {
            call.log.close()
            throw .system(error)
        }
        return call
    }

    private init(
        _ program: RuntimeProgram, _ verb: String, _ bundle: String, _ context: ShimContext,
        _ done: @escaping (RuntimeResult) -> Void
    ) {
        self.program = program
        self.verb = verb
        self.context = context
        self.done = done
        log = RuntimeLog(bundle: bundle, number: context.nextCallNumber())
    }

    private func spawn(
        _ arguments: [String], _ bundle: String, _ streams: Streams, _ limit: Duration
    ) throws(SystemError) {
        var plan = SpawnPlan(
            program: program.path,
            arguments: program.globalArguments(log: log.path) + [verb] + arguments,
            directory: bundle, descriptors: [-1, -1, -1])
        // Held here until the program has them.
        var input: OwnedDescriptor?
        var output: OwnedDescriptor?
        var reportEnd: OwnedDescriptor?
        switch streams {
        case .given(let stdin, let stdout, let stderr): plan.descriptors = [stdin, stdout, stderr]
        case .collected, .fed:
            let (reader, writer) = try Pipe().release()
            collector = OwnedDescriptor(owning: reader)
            output = OwnedDescriptor(owning: writer)
            try collector!.setNonBlocking()
            plan.descriptors = [-1, writer, writer]
            if case .fed(let bytes) = streams {
                let source = try Self.source(bytes)
                plan.descriptors[0] = source.raw
                input = consume source
            }
        }
        if program.reports {
            let pair = try UnixSocket.pair()
            let ours = try pair.first.duplicate()
            try ours.setNonBlocking()
            report = CallReceiver(ours)
            let theirs = try pair.second.duplicate()
            plan.descriptors.append(theirs.raw)
            reportEnd = consume theirs
        }
        number = context.reaper.programBegins()
        do throws(SystemError) {
            pid = try plan.spawn()
        } catch {
            context.reaper.programEnds(number)
            throw error
        }
        _ = consume input
        _ = consume output
        _ = consume reportEnd
        context.log.debug("\(verb): \(plan.program) \(plan.arguments.joined(separator: " "))")
        context.reaper.watch(pid) { self.ended(ExitStatus(waitStatus: $0)) }
        if let report {
            try? context.loop.watch(report.descriptor, .readable) { _ in self.heard() }
        }
        deadline = context.loop.after(limit) {
            self.isLate = true
            kill(self.pid, SIGKILL)
        }
    }

    /// A part of the report has come, or the other end was closed.
    private func heard() {
        do throws(RPCError) {
            guard let call = try report?.receive() else { return }
            for extra in call.descriptors.dropFirst() { _ = OwnedDescriptor(owning: extra) }
            pidfd = call.descriptors.first
            outcome = try call.message(of: RuntimeAPI.ReportService.deliver)
        } catch {
            context.log.debug("\(verb): report: \(error)")
        }
        listenNoMore()
        if let outcome, outcome.problem == nil { finish(.exited(0)) }
    }

    private func listenNoMore() {
        if let report { context.loop.unwatch(report.descriptor) }
        report = nil
    }

    private func ended(_ status: ExitStatus) {
        if let deadline { context.loop.cancel(deadline) }
        deadline = nil
        // What it has posted may not have been looked at.
        if report != nil { heard() }
        listenNoMore()
        finish(status)
        context.reaper.programEnds(number)
    }

    private func finish(_ status: ExitStatus) {
        guard !isDone else { return }
        isDone = true
        let result = RuntimeResult(
            status: isLate ? nil : status, outcome: outcome, pidfd: pidfd,
            loggedError: status == .exited(0) ? nil : log.lastError(), output: collect(),
            verb: verb, program: program.path)
        log.close()
        done(result)
    }

    private func collect() -> String {
        guard let collector = collector.take() else { return "" }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < Self.mostOutput, let count = try? collector.read(into: &chunk),
            count > 0
        {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A file without a name that holds these bytes: a pipe could be too small for them.
    private static func source(_ bytes: [UInt8]) throws(SystemError) -> OwnedDescriptor {
        let file = try temporaryFile(in: "/tmp")
        try file.writeAll(bytes)
        try rewind(file)
        return file
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        let isSpace = { (c: Character) in c.isWhitespace }
        let front = drop(while: isSpace)
        guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(front[...last])
    }
}
