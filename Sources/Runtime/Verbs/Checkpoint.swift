internal import Arguments
internal import Engine
internal import Glibc
internal import Linux

/// Writes a container's processes into files, from which `restore` brings them back.
enum Checkpoint {
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
        options.statusDescriptor = try statusDescriptor(call.options)
        options.pageServer = try server(call.options.value(pageServer))
        guard !options.lazyPages || options.pageServer != nil else {
            throw Failure(
                "", "--lazy-pages needs --page-server ADDRESS:PORT",
                hint: "criu waits there until \"criu lazy-pages\" has fetched the memory")
        }
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

    private static func statusDescriptor(_ options: ParsedOptions) throws(Failure) -> Int32? {
        let number: Int32? = try usage { () throws(UsageError) in try options.number(statusFD) }
        // As runc has it where nothing is to be told.
        guard let number, number != -1 else { return nil }
        do throws(SystemError) {
            guard try ProcessControl.mayWrite(to: number) else {
                throw SystemError("write to descriptor \(number)", EBADF)
            }
        } catch {
            throw Failure("", "invalid --status-fd argument \(number): \(error.reason)")
        }
        return number
    }

    /// `192.0.2.1:27`, `[2001:db8::1]:27`
    private static func server(
        _ text: String?
    ) throws(Failure) -> (address: String, port: Int32)? {
        guard let text, !text.isEmpty else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isBracketed = text.hasPrefix("[") && text.includes("]:")
        guard let port = parts.last.flatMap({ UInt16($0) }), port > 0,
            isBracketed || parts.count == 2, !parts[0].isEmpty
        else {
            throw Failure("", "invalid value \"\(text)\" for flag -page-server: use ADDRESS:PORT")
        }
        let address = parts.dropLast().joined(separator: ":")
        return (isBracketed ? String(address.dropFirst().dropLast()) : address, Int32(port))
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
