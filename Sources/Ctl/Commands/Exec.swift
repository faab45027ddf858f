internal import ApusClient
internal import ArgumentParser

/// `apusctl exec`
struct Exec: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Run a further program in a running container.",
        discussion: "Everything behind <container> belongs to the program.")

    @Flag(name: .shortAndLong, help: "Feed it what this program reads.")
    var interactive = false

    @Flag(name: .shortAndLong, help: "Give it a terminal.")
    var tty = false

    @Flag(name: .shortAndLong, help: "Leave it running, and print its exec id.")
    var detach = false

    @Option(
        name: [.customShort("e", allowingJoined: true), .customLong("env")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Set a variable; a name alone takes this program's value.", valueName: "name=value"))
    var environment: [String] = []

    @Option(
        name: [.customShort("u", allowingJoined: true), .customLong("user")],
        help: ArgumentHelp("Run as this user.", valueName: "user[:group]"))
    var user: String?

    @Option(
        name: [.customShort("w", allowingJoined: true), .customLong("workdir")],
        help: ArgumentHelp("Directory to start in.", valueName: "dir"))
    var workingDirectory: String?

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
        try TerminalUse.check(tty && interactive && !detach)
        let request = Apus.CreateExecRequest(
            id: container, args: command,
            env: try Assignments.environment(environment, client: Surroundings.variable),
            user: user ?? "", workingDirectory: workingDirectory ?? "", terminal: tty,
            stdinOpen: interactive)
        let apus = try await global.connect()
        let execID = try await apus.containers.createExec(request)
        guard !detach else {
            try await apus.containers.startExec(container, execID: execID)
            try Console.printLine(execID)
            return 0
        }
        let session = Session(
            apus: apus, id: container, execID: execID, hasTerminal: tty, takesInput: interactive,
            detachKeys: keys)
        let end = try await session.run {
            try await apus.containers.startExec(container, execID: execID)
        }
        return SessionEnd.status(end, name: container)
    }
}
