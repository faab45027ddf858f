internal import Linux
internal import RPC

/// Why a call failed. The texts end as containerd's Go clients expect, who know an error again by
/// its last words as well as by its code.
struct Failure: Error, Equatable, CustomStringConvertible {
    var code: StatusCode
    var message: String
    var details: [Detail] = []

    /// What the runtime's report added.
    struct Detail: Equatable {
        var stage: String
        var cause: String
        var hint: String
        var subject: String
    }

    var description: String { message }

    init(_ code: StatusCode, _ message: String) {
        self.code = code
        self.message = message
    }

    static func invalid(_ text: String) -> Failure {
        Failure(.invalidArgument, text + ": invalid argument")
    }
    static func notFound(_ text: String) -> Failure { Failure(.notFound, text + ": not found") }
    static func exists(_ text: String) -> Failure {
        Failure(.alreadyExists, text + ": already exists")
    }
    static func precondition(_ text: String) -> Failure {
        Failure(.failedPrecondition, text + ": failed precondition")
    }
    static func unimplemented(_ text: String) -> Failure {
        Failure(.unimplemented, text + ": not implemented")
    }
    static func unavailable(_ text: String) -> Failure {
        Failure(.unavailable, text + ": unavailable")
    }
    static func system(_ error: SystemError) -> Failure {
        let code: StatusCode =
            switch error.code {
            case 2: .notFound
            case 1, 13: .permissionDenied
            case 22: .invalidArgument
            case 28: .resourceExhausted
            default: .internal
            }
        return Failure(code, error.description)
    }
}
