internal import Glibc
internal import Linux
package import OCI

/// Runs the programs of `hooks` (config.md, POSIX-platform hooks).
///
/// A hook gets the state on standard input, exactly the environment that config.json gives it, the
/// bundle as its working directory, and no descriptor beyond 0, 1 and 2: of these the last two are
/// `HookStreams`. It leads a session of its
/// own, so that a timeout ends what it has started too.
package enum HookRunner {
    /// Runs them one after the other; the first failure ends it. Hooks of the container's
    /// namespaces are run by the process that is in them.
    package static func run(
        _ hooks: [Hook], at point: Hooks.Point, state: [UInt8], directory: String,
        streams: HookStreams
    ) throws(EngineError) {
        for (index, hook) in hooks.enumerated() {
            let stage = "run \(point.rawValue) hook #\(index) \(hook.path)"
            // Also where the configuration was not validated: a relative path would be looked for in
            // the bundle, which others may write.
            guard hook.path.hasPrefix("/") else {
                throw EngineError(stage, "the path of a hook must be absolute")
            }
            let end: HookProcess.End
            do throws(SystemError) {
                let process = try HookProcess.start(
                    hook, directory: directory, streams: streams)
                end = try process.finish(input: state, timeoutSeconds: hook.timeoutSeconds)
            } catch {
                throw explain(error, hook: hook, stage: stage, directory: directory)
            }
            guard end.status == .exited(0) else {
                throw failure(of: hook, stage: stage, end, streams)
            }
        }
    }

    /// The hooks that the runtime runs while a container is being made, in the host's namespaces.
    static func runWhileCreating(
        _ hooks: Hooks, state: [UInt8], directory: String, streams: HookStreams
    ) throws(EngineError) {
        try run(
            hooks.prestart, at: .prestart, state: state, directory: directory, streams: streams)
        try run(
            hooks.createRuntime, at: .createRuntime, state: state, directory: directory,
            streams: streams)
    }

    private static func failure(
        of hook: Hook, stage: String, _ end: HookProcess.End, _ streams: HookStreams
    ) -> EngineError {
        let how =
            if end.timedOut {
                "it was killed after its timeout of \(hook.timeoutSeconds ?? 0) seconds"
            } else {
                switch end.status {
                case .exited(let code): "it ended with exit code \(code)"
                case .signaled(let signal): "it was ended by signal \(signal)"
                }
            }
        let said = String(decoding: end.errorTail, as: UTF8.self)
            .split(whereSeparator: { $0.isNewline }).joined(separator: "; ")
        return EngineError(
            stage, said.isEmpty ? how : "\(how): \(said)",
            hint: streams.errorsPath.map { "what it said is in \($0)" } ?? "")
    }

    private static func explain(
        _ error: SystemError, hook: Hook, stage: String, directory: String
    ) -> EngineError {
        let hint =
            switch error.code {
            case ENOENT where !KernelFile.exists(directory): "the bundle \(directory) is gone"
            case ENOENT where KernelFile.exists(hook.path): "its interpreter does not exist"
            case ENOENT: "there is no such program"
            case EACCES: "it is not executable for the runtime's user"
            case ENOEXEC: "it is neither a program of this machine nor a script that begins with #!"
            default: ""
            }
        return EngineError(error, during: stage, hint: hint)
    }
}
