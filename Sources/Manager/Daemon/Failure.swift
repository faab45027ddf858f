internal import Linux
internal import RPC
internal import Store
internal import Wire

/// Why the manager could not do what it was asked, as its callers learn it.
struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    var code: StatusCode
    /// What was being done: `start container`.
    var stage: String
    /// To what: a reference, an id, a path.
    var subject: String
    /// Why it failed, in words.
    var cause: String
    /// What to try; may be empty.
    var hint: String
    /// What a command-line client should exit with.
    var exitCode: Int32

    /// The toolkit's own failures; 126 and 127 are the program's.
    static let ownExitCode: Int32 = 125

    init(
        _ code: StatusCode, _ stage: String, _ subject: String, _ cause: String,
        hint: String = "", exitCode: Int32 = Failure.ownExitCode
    ) {
        self.code = code
        self.stage = stage
        self.subject = subject
        self.cause = cause
        self.hint = hint
        self.exitCode = exitCode
    }

    var description: String {
        let sentence = subject.isEmpty ? "\(stage): \(cause)" : "\(stage) \(subject): \(cause)"
        return hint.isEmpty ? sentence : "\(sentence) (\(hint))"
    }
}

extension Failure: RPCErrorConvertible {
    var rpcError: RPCError {
        let failure = Apus.Failure(
            stage: Self.carriable(stage), subject: Self.carriable(subject),
            cause: Self.carriable(cause), hint: Self.carriable(hint), exitCode: exitCode)
        let details = (try? AnyMessage(failure)).map { [$0] } ?? []
        return RPCError(code: code, message: Self.carriable(description), details: details)
    }

    /// A NUL cannot travel, and whoever sent it to us gets it back in the subject.
    private static func carriable(_ text: String) -> String {
        text.contains("\0") ? text.replacing("\0", with: "\u{FFFD}") : text
    }
}

extension Failure {
    init(_ error: StoreError) {
        let code: StatusCode =
            switch error.kind {
            case .notFound: .notFound
            case .alreadyExists: .alreadyExists
            case .invalid: .invalidArgument
            case .corrupt: .dataLoss
            case .inUse: .failedPrecondition
            case .exhausted: .resourceExhausted
            case .canceled: .canceled
            case .io: .internal
            }
        self.init(code, error.stage, error.subject, error.cause, hint: error.hint)
    }

    init(_ error: SystemError, _ stage: String, _ subject: String) {
        self.init(.internal, stage, subject, error.description)
    }

    /// Whatever it was: a Failure stays itself, others are said to have happened at this stage.
    init(_ error: any Error, _ stage: String, _ subject: String) {
        switch error {
        case let error as Failure: self = error
        case let error as StoreError: self.init(error)
        case let error as SystemError: self.init(error, stage, subject)
        case let error as RPCError: self.init(error.code, stage, subject, error.message)
        default: self.init(.internal, stage, subject, "\(error)")
        }
    }
}

/// Does something, whose errors become failures of this stage.
func attempt<Result>(
    _ stage: String, _ subject: String, _ body: () throws -> Result
) throws(Failure) -> Result {
    do { return try body() } catch { throw Failure(error, stage, subject) }
}
