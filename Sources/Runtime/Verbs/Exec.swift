internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// Runs one more process in a container.
enum Exec {
    static let command = Command(
        "exec", "Run one more process in a container", synopsis: "ID COMMAND [ARGUMENTS]",
        words: 1...Int.max,
        options: ExecProcess.options + [
            Creation.consoleSocket, Creation.pidFile, Creation.pidfdSocket,
            Creation.preserveFDs, Run.detach, cgroup, ignorePaused,
        ], stopsAtFirstWord: true,
        discussion: "COMMAND is left out where --process gives the whole process.")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        // A program that could not begin must not look like one that ended with 1.
        do throws(Failure) { return try execute(call) } catch { throw error.exiting(255) }
    }

    private static func execute(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        let process = try ExecProcess.make(call, in: container)
        let isDetached = call.options.has(Run.detach)
        var options = ExecOptions()
        options.console = try Creation.console(
            call.options, terminal: process.terminal, detached: isDetached)
        options.pidFile = try call.options.value(Creation.pidFile).map(GlobalOptions.absolute)
        options.pidfdSocket = call.options.value(Creation.pidfdSocket)
        options.preserveDescriptors = try Creation.preservedDescriptors(call.options)
        options.cgroup = call.options.value(cgroup)
        options.ignorePaused = call.options.has(ignorePaused)
        let plan = options
        let made = try engine { () throws(EngineError) in
            try container.exec(process, options: plan, recorder: call.recorder)
        }
        guard !isDetached else {
            call.note(made)
            return 0
        }
        var foreground = try Foreground.begin(made)
        return try foreground.wait().code
    }

    private static let cgroup = Option.value(
        "cgroup", word: "PATH", help: "A cgroup below the container's, relative to it")
    private static let ignorePaused = Option.flag(
        "ignore-paused", help: "Add it to a paused container; it begins when that is resumed")
}
