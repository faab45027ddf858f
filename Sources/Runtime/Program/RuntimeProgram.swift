internal import Arguments
internal import Engine
internal import Glibc
internal import Linux
internal import OCI

/// The command line's way through the program: understand it, do the verb, say how it went.
enum RuntimeProgram {
    static let verbs: [Verb] = [
        Verb(Create.command, Create.run),
        Verb(Run.command, Run.run),
        Verb(Start.command, Start.run),
        Verb(State.command, State.run),
        Verb(Kill.command, Kill.run),
        Verb(Delete.command, Delete.run),
        Verb(Exec.command, Exec.run),
        Verb(List.command, List.run),
        Verb(Ps.command, Ps.run),
        Verb(Pause.command, Pause.run),
        Verb(Resume.command, Resume.run),
        Verb(Update.command, Update.run),
        Verb(Events.command, Events.run),
        Verb(SpecFile.command, SpecFile.run),
        Verb(Mounts.command, Mounts.run),
        Verb(Features.command, Features.run),
        Verb(Checkpoint.command, Checkpoint.run),
        Verb(Restore.command, Restore.run),
    ]

    /// The command line; without it there is nothing to be done.
    static func words() -> [String] {
        do throws(SystemError) {
            return try commandLine()
        } catch {
            let failure = Failure(
                EngineError(
                    error, during: "read the command line",
                    hint: "the runtime needs a procfs at /proc"))
            writeToStandardError("apus-runtime: \(failure.message)\n")
            exit(failure.exitCode)
        }
    }

    static func run(_ arguments: [String]) -> Int32 {
        do throws(UsageError) {
            switch try grammar.parse(arguments) {
            case .help(let text): return answer(text)
            case .version: return answer(Version.text)
            case .command(let command, let options, let global):
                return run(command, options, global, arguments)
            }
        } catch {
            let failure = Failure(error)
            let topic = error.command.map { " \($0)" } ?? ""
            // A caller that named a log looks there and nowhere else.
            let log = GlobalOptions.log(grammar.globalOptions(of: arguments))
            if log.path != nil { log.note(failure) }
            writeToStandardError(
                "apus-runtime: \(failure.message)\n"
                    + (error.isUnknownCommand ? "" : "apus-runtime\(topic) --help says more\n"))
            return failure.exitCode
        }
    }

    static let grammar = Grammar(
        program: "apus-runtime",
        summary: "runs OCI containers from a bundle (config.json and a root filesystem)",
        options: GlobalOptions.all, commands: verbs.map { $0.command })

    private static func run(
        _ command: Command, _ options: ParsedOptions, _ given: ParsedOptions,
        _ arguments: [String]
    ) -> Int32 {
        let global: GlobalOptions
        var report: Report?
        do throws(Failure) {
            // Verbs whose process becomes a container's: see there.
            if ["create", "run", "exec"].contains(command.name) {
                try engine { () throws(EngineError) in
                    try SealedExecutable.ensure(arguments)
                }
            }
            global = try GlobalOptions(given)
            if let descriptor = global.reportDescriptor { report = try Report(descriptor) }
        } catch {
            Log().report(error, warnings: [])
            return error.exitCode
        }
        let call = Call(command, options, global)
        call.log.debug(([call.verb] + options.words).joined(separator: " "))
        do throws(Failure) {
            let verb = verbs.first { $0.command.name == command.name }!
            let code = try verb.run(call)
            for warning in call.recorder.warnings { call.log.warn(warning) }
            report?.deliver(call, failure: nil)
            return code
        } catch {
            call.log.report(error, warnings: call.recorder.warnings)
            report?.deliver(call, failure: error)
            return error.exitCode
        }
    }

    private static func answer(_ text: String) -> Int32 {
        do throws(Failure) {
            try writeToStandardOutput(text)
            return 0
        } catch {
            return error.exitCode
        }
    }
}
