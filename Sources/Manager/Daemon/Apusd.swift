internal import ArgumentParser
internal import Wire

/// The command line.
struct Apusd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apusd",
        abstract: "Manages images and containers, for apusctl and other programs.",
        discussion: """
            Runs in the foreground and logs to stderr. Containers and their shims live on when it \
            ends, however it ends; the next start takes them over. Send SIGTERM to end it.
            """,
        version: "apusd version \(Apus.version)\ncommit: \(Apus.gitCommit)\n"
            + "built: \(Apus.buildTime)")

    @Option(help: ArgumentHelp("Images, snapshots, logs and the database.", valueName: "dir"))
    var root = "/var/lib/apus"

    @Option(
        help: ArgumentHelp("Bundles and sockets; need not survive a reboot.", valueName: "dir"))
    var state = "/run/apus"

    @Option(
        help: ArgumentHelp("The socket to serve. (default: STATE/apusd.sock)", valueName: "path"))
    var address: String?

    @Option(
        help: ArgumentHelp(
            "The shim. (default: apus-shim beside apusd, or in PATH)", valueName: "program"))
    var shim: String?

    @Option(
        help: ArgumentHelp(
            "The runtime of containers that name none. (default: apus-runtime beside apusd, or in "
                + "PATH)", valueName: "program"))
    var runtime: String?

    @Option(help: ArgumentHelp("debug, info, warning or error.", valueName: "level"))
    var logLevel = "info"

    func run() throws {
        guard let level = Log.Level(name: logLevel) else {
            throw ValidationError(
                "--log-level is debug, info, warning or error, not \"\(logLevel)\"")
        }
        for (option, path) in [("--root", root), ("--state", state)] where !path.hasPrefix("/") {
            throw ValidationError("\(option) must be an absolute path, not \"\(path)\"")
        }
        let daemon = Daemon(
            paths: Paths(root: root, state: state, address: address ?? "\(state)/apusd.sock"),
            shim: shim, runtime: runtime, log: Log(level: level))
        do { try daemon.run() } catch {
            writeToStderr("apusd: \(error)\n")
            throw ExitCode(1)
        }
    }
}
