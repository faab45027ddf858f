package import Linux

/// A piece of the engine's work that failed, told so that a person can act on it.
///
/// The four parts are those of `apus.runtime.v1.Problem`; `description` is the one line for stderr.
package struct EngineError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What was being done, and to what: `set the memory limit of /sys/fs/cgroup/memory/x`.
    package var stage: String
    /// Why it failed: `requested 6 MiB but the cgroup already uses 9 MiB`.
    package var cause: String
    /// errno(3); 0 where the kernel had no part in it.
    package var code: Int32
    /// What to try; empty where there is nothing to advise.
    package var hint: String

    package init(_ stage: String, _ cause: String, code: Int32 = 0, hint: String = "") {
        self.stage = stage
        self.cause = cause
        self.code = code
        self.hint = hint
    }

    /// A failed system call, with what it was part of where that says more than the call alone.
    package init(_ error: SystemError, during stage: String? = nil, hint: String = "") {
        self.init(
            stage ?? error.doing,
            stage == nil ? error.reason : error.description, code: error.code, hint: hint)
    }

    package var description: String {
        hint.isEmpty ? "\(stage): \(cause)" : "\(stage): \(cause) (\(hint))"
    }
}
