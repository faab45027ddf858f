internal import Foundation
internal import RPC
internal import Wire

/// What a runtime said when it could not do its work, read for people: why, what to try, and which
/// exit code a command line should end with.
struct RuntimeComplaint: Equatable {
    var cause: String
    var hint: String
    var exitCode: Int32

    private static let noSuchFile: Int32 = 2
    private static let programNotFound: Int32 = 127
    private static let programNotExecutable: Int32 = 126

    /// Our own runtime sends a structure; of others there is a sentence.
    init(_ error: RPCError) {
        if let problem = error.detail(RuntimeAPI.Problem.self), !problem.cause.isEmpty {
            self.init(problem)
        } else {
            self.init(sentence: error.message)
        }
    }

    init(_ problem: RuntimeAPI.Problem) {
        let whole = problem.message.isEmpty ? "\(problem.stage): \(problem.cause)" : problem.message
        cause = Self.trimmed(whole)
        hint = problem.hint
        exitCode = Self.exitCode(of: whole)
        // Where the structure holds the hint, the sentence need not.
        if !hint.isEmpty, cause.hasSuffix(" (\(hint))") { cause.removeLast(hint.count + 3) }
    }

    init(sentence: String) {
        cause = Self.trimmed(sentence)
        hint = ""
        exitCode = Self.exitCode(of: sentence)
    }

    /// Without the layers that foreign shims and runtimes wrap around what matters.
    private static func trimmed(_ sentence: String) -> String {
        var text = sentence
        if let range = text.range(of: "exec: \"") { text = String(text[range.lowerBound...]) }
        for prefix in [
            "OCI runtime create failed: ", "OCI runtime start failed: ",
            "OCI runtime exec failed: ", "runc create failed: ", "exec failed: ",
            "unable to start container process: ",
        ] where text.hasPrefix(prefix) { text.removeFirst(prefix.count) }
        if text.hasSuffix(": unknown") { text.removeLast(9) }
        return text.isEmpty ? "the runtime failed and said nothing" : text
    }

    private static func exitCode(of sentence: String) -> Int32 {
        let text = sentence.lowercased()
        if text.contains("executable file") && text.contains("not found") {
            return programNotFound
        }
        guard text.contains("exec") else { return Failure.ownExitCode }
        if text.contains("no such file or directory") { return programNotFound }
        let refusals = ["permission denied", "is a directory", "exec format error"]
        return refusals.contains(where: text.contains)
            ? programNotExecutable : Failure.ownExitCode
    }
}
