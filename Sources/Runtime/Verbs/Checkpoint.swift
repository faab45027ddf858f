internal import Arguments
internal import Engine
internal import Linux

/// Writes a container's processes into files, from which `restore` brings them back.
enum Checkpoint: Verb {
    static let command = Command(
        "checkpoint", "Write a running container into files (with criu)", synopsis: "ID",
        words: 1...1,
        options: CriuOptions.all + [
            parentPath, leaveRunning, preDump, tcpSkipInFlight, pageServer, statusFD,
        ])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        var options = try CriuOptions.read(call)
        options.parentPath = call.options.value(parentPath)
        options.leaveRunning = call.options.has(leaveRunning)
        options.preDump = call.options.has(preDump)
        options.tcpSkipInFlight = call.options.has(tcpSkipInFlight)
        options.statusDescriptor = try usage { () throws(UsageError) in
            try call.options.number(statusFD)
        }
        options.pageServer = try server(call.options.value(pageServer))
        if let parent = options.parentPath, parent.hasPrefix("/") {
            throw Failure(
                "",
                "invalid value \"\(parent)\" for flag -parent-path: it must be relative to "
                    + "--image-path")
        }
        let plan = options
        try engine { () throws(EngineError) in
            try container.checkpoint(plan, recorder: call.recorder)
            if !plan.leaveRunning && !plan.preDump {
                try container.delete(force: true, call.recorder)
            }
        }
        return 0
    }

    /// `192.0.2.1:27`
    private static func server(
        _ text: String?
    ) throws(Failure) -> (address: String, port: Int32)? {
        guard let text, !text.isEmpty else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else {
            throw Failure("", "invalid value \"\(text)\" for flag -page-server: use ADDRESS:PORT")
        }
        return (String(parts[0]), Int32(port))
    }

    private static let parentPath = Option.value(
        "parent-path", word: "DIR", help: "The images before, relative to --image-path")
    private static let leaveRunning = Option.flag(
        "leave-running", help: "Let the container run on")
    private static let preDump = Option.flag(
        "pre-dump", help: "Write only memory, as a parent of the dump that follows")
    private static let tcpSkipInFlight = Option.flag(
        "tcp-skip-in-flight", help: "Leave out connections that are being made")
    private static let pageServer = Option.value(
        "page-server", word: "ADDRESS:PORT", help: "Send memory to a page server there")
    private static let statusFD = Option.value(
        "status-fd", word: "N", help: "A descriptor that hears when lazy pages can be fetched")
}
