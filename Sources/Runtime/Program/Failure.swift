internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// A verb that failed: what the one line on standard error, the one line in the log and the report
/// say, and what the program answers.
struct Failure: Error, Equatable {
    /// What was being done; empty where the cause says it all.
    var stage: String
    var cause: String
    /// errno(3); 0 where the kernel had no part in it.
    var code: Int32 = 0
    /// What to try.
    var hint = ""
    var exitCode: Int32 = 1

    init(_ stage: String, _ cause: String, code: Int32 = 0, hint: String = "") {
        self.stage = stage
        self.cause = cause
        self.code = code
        self.hint = hint
    }

    init(_ error: EngineError) {
        self.init(error.stage, error.cause, code: error.code, hint: error.hint)
    }

    init(_ error: SystemError, hint: String = "") {
        self.init(error.doing, error.reason, code: error.code, hint: hint)
    }

    init(_ error: DocumentError) {
        self.init(
            [error.document, error.pathText].filter { !$0.isEmpty }.joined(separator: ": "),
            error.problem)
    }

    init(_ error: UsageError) {
        self.init("", error.message)
        // As urfave/cli, whose callers tell a missing command from a failed one.
        if error.isUnknownCommand { exitCode = 3 }
    }

    /// The whole on one line.
    var message: String {
        let words = stage.isEmpty ? cause : "\(stage): \(cause)"
        return hint.isEmpty ? words : "\(words) (\(hint))"
    }

    func exiting(_ code: Int32) -> Failure {
        var copy = self
        copy.exitCode = code
        return copy
    }
}

/// Does a piece of the engine's work; what it throws is a failure of the verb.
func engine<Result: ~Copyable>(
    _ work: () throws(EngineError) -> Result
) throws(Failure) -> Result {
    do throws(EngineError) { return try work() } catch { throw Failure(error) }
}

/// The same for system calls of our own.
func system<Result: ~Copyable>(
    _ work: () throws(SystemError) -> Result
) throws(Failure) -> Result {
    do throws(SystemError) { return try work() } catch { throw Failure(error) }
}

/// The same for options.
func usage<Result>(_ work: () throws(UsageError) -> Result) throws(Failure) -> Result {
    do throws(UsageError) { return try work() } catch { throw Failure(error) }
}

/// The same for documents.
func document<Result>(_ work: () throws(DocumentError) -> Result) throws(Failure) -> Result {
    do throws(DocumentError) { return try work() } catch { throw Failure(error) }
}
