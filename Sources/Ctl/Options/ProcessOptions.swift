internal import ArgumentParser

/// What `run`, `create` and `exec` say about the process.
struct ProcessOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Feed it what this program reads.")
    var interactive = false

    @Flag(name: .shortAndLong, help: "Give it a terminal.")
    var tty = false

    @Option(
        name: [.customShort("e", allowingJoined: true), .customLong("env")],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Set a variable; a name alone takes this program's value.", valueName: "name=value"))
    var environment: [String] = []

    @Option(
        name: [.customShort("u", allowingJoined: true), .customLong("user")],
        help: ArgumentHelp("Run as this user, by name or number.", valueName: "user[:group]"))
    var user: String?

    @Option(
        name: [.customShort("w", allowingJoined: true), .customLong("workdir")],
        help: ArgumentHelp("Directory to start in.", valueName: "dir"))
    var workingDirectory: String?

    /// The variables as the container gets them.
    var assignments: [String] {
        get throws(Complaint) {
            try Assignments.environment(environment, client: Surroundings.variable)
        }
    }
}
