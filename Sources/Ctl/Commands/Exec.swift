internal import ApusClient
internal import ArgumentParser

/// `apusctl exec`
struct Exec: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Run a further program in a running container.",
        discussion: "Everything behind <container> belongs to the program.")

    @Flag(name: .shortAndLong, help: "Leave it running, and print its exec id.")
    var detach = false

    @OptionGroup var process: ProcessOptions

    @Option(help: ArgumentHelp("Keys that leave the program running.", valueName: "keys"))
    var detachKeys = "ctrl-p,ctrl-q"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The container's id or name.")
    var container: String

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String]

    var isInteractive: Bool { !detach }

    func validate() throws { try PassedOn.check(container, command: "exec") }

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let keys = try DetachKeys(detachKeys)
        try TerminalUse.check(process.tty && process.interactive && !detach)
        let request = Apus.CreateExecRequest(
            id: container, args: command,
            env: try process.assignments, user: process.user ?? "",
            workingDirectory: process.workingDirectory ?? "", terminal: process.tty,
            stdinOpen: process.interactive)
        let apus = try await global.connect()
        let execID = try await apus.containers.createExec(request)
        guard !detach else {
            try await apus.containers.startExec(container, execID: execID)
            try Console.printLine(execID)
            return 0
        }
        let session = Session(
            apus: apus, id: container, execID: execID, hasTerminal: process.tty,
            takesInput: process.interactive,
            detachKeys: keys)
        let end = try await session.run {
            try await apus.containers.startExec(container, execID: execID)
        }
        return SessionEnd.status(end, name: container)
    }
}
