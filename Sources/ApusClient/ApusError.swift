internal import AsyncRPC
internal import Glibc
internal import Linux
public import RPC
internal import Wire

/// Why a call failed: what was being done, to what, why it failed and what to try.
public struct ApusError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure: `notFound`, `alreadyExists`, `failedPrecondition`, `unavailable` ...
    public var code: StatusCode
    /// What was being done: `create container`.
    public var stage: String
    /// To what: a reference, an id, a path; may be empty.
    public var subject: String
    /// Why it failed, in words.
    public var cause: String
    /// What to try; may be empty.
    public var hint: String
    /// What a command-line program should exit with: 127 where the container's program does not
    /// exist, 126 where it cannot be executed, else 125.
    public var exitCode: Int32

    public init(
        code: StatusCode, stage: String, subject: String = "", cause: String, hint: String = "",
        exitCode: Int32 = 125
    ) {
        self.code = code
        self.stage = stage
        self.subject = subject
        self.cause = cause
        self.hint = hint
        self.exitCode = exitCode
    }

    /// All of it on one line: `cannot create container: image "x" not found: import it first`.
    public var description: String {
        var line = "cannot \(stage)"
        if !subject.isEmpty && !cause.contains(subject) && !stage.contains(subject) {
            line += " \"\(subject)\""
        }
        line += ": " + cause
        if !hint.isEmpty { line += ": " + hint }
        return line
    }
}

extension ApusError {
    /// What the manager answered; `stage` is what the caller was doing, for answers without an
    /// `apus.v1.Failure`.
    init(_ error: RPCError, stage: String) {
        guard let failure = error.detail(Apus.Failure.self) else {
            self.init(code: error.code, stage: stage, cause: Self.words(error))
            if error.code == .unavailable {
                hint = "the manager went away; containers live on, so connect again"
            }
            if error.code == .unimplemented {
                hint = "the manager is older than this client; compare them with 'apusctl version'"
            }
            return
        }
        self.init(
            code: error.code, stage: failure.stage.isEmpty ? stage : failure.stage,
            subject: failure.subject, cause: failure.cause, hint: failure.hint,
            exitCode: failure.exitCode == 0 ? 125 : failure.exitCode)
    }

    init(connecting address: String, _ error: RPCError) {
        self.init(
            code: error.code, stage: "connect to the manager at \(address)",
            cause: Self.words(error, without: address))
        // The transport has one code for all that keeps it from connecting.
        if cause == SystemError.reason(EACCES) {
            code = .permissionDenied
            hint = "run as root, or as the socket's owner"
        } else {
            hint = "is apusd running, and is this its address?"
        }
    }

    /// The last words of a message, which say why; what was being done we say ourselves.
    private static func words(_ error: RPCError, without subject: String = "") -> String {
        if error.code == .unavailable && error.message == "ttrpc: closed" {
            return "the connection is closed"
        }
        guard !error.message.isEmpty else { return "\(error.code)" }
        guard !subject.isEmpty, let range = error.message.ranges(of: subject + ": ").last else {
            return error.message
        }
        return String(error.message[range.upperBound...])
    }
}

extension RPCClient {
    /// A call whose failure says what was being done.
    func ask<Request: WireMessage, Response: WireMessage>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, _ stage: String
    ) async throws(ApusError) -> Response {
        do throws(RPCError) {
            return try await call(method, request)
        } catch {
            throw ApusError(error, stage: stage)
        }
    }

    /// A stream whose failure, now or later, says what was being done.
    func follow<Request: WireMessage, Element: WireMessage>(
        _ method: StreamMethod<Request, Element>, _ request: Request, _ stage: String
    ) async throws(ApusError) -> Apus.Messages<Element> {
        do throws(RPCError) {
            return Apus.Messages(stream: try await stream(method, request), stage: stage)
        } catch {
            throw ApusError(error, stage: stage)
        }
    }
}
