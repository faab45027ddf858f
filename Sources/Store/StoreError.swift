package import Linux

/// Why the store could not do what it was asked: what it was doing, to what, why it failed and what
/// to try.
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// There is no such image, blob or snapshot.
        case notFound
        case alreadyExists
        /// What was given breaks a rule of its format.
        case invalid
        /// What the store holds is not what it wrote.
        case corrupt
        /// Something else holds it.
        case inUse
        /// No space or no inodes are left, or a limit is reached.
        case exhausted
        /// Nobody wants it any more.
        case canceled
        /// The system refused.
        case io
    }

    package var kind: Kind
    /// What was being done: `import image`.
    package var stage: String
    /// To what: a reference, a digest, a path.
    package var subject: String
    /// Why it failed, in words.
    package var cause: String
    /// What to try; may be empty.
    package var hint: String

    package init(
        _ kind: Kind, stage: String, subject: String, cause: String, hint: String = ""
    ) {
        self.kind = kind
        self.stage = stage
        self.subject = subject
        self.cause = cause
        self.hint = hint
    }

    package var description: String {
        let sentence = subject.isEmpty ? "\(stage): \(cause)" : "\(stage) \(subject): \(cause)"
        return hint.isEmpty ? sentence : "\(sentence) (\(hint))"
    }
}

extension StoreError {
    /// A system call failed while the store worked on `subject`.
    package init(_ error: SystemError, stage: String, subject: String) {
        self.init(
            error.isOutOfSpace ? .exhausted : .io, stage: stage, subject: subject,
            cause: error.description,
            hint: error.isOutOfSpace ? "free space on the disk of the store, then try again" : "")
    }
}

extension StoreError {
    /// Any error that the store's own code throws; one of the store's says enough already.
    init(_ error: any Error, stage: String, subject: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as SystemError: self.init(error, stage: stage, subject: subject)
        default: self.init(.io, stage: stage, subject: subject, cause: "\(error)")
        }
    }
}

/// Does something whose errors become the store's.
func storeStep<Result: ~Copyable>(
    _ stage: String, _ subject: @autoclosure () -> String, _ body: () throws -> Result
) throws(StoreError) -> Result {
    do {
        return try body()
    } catch {
        throw StoreError(error, stage: stage, subject: subject())
    }
}
