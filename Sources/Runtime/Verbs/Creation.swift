internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// What `create` and `run` have in common: their options, and the container that they make.
enum Creation {
    static let options = [
        Bundle.bundle, Bundle.config, consoleSocket, pidfdSocket, pidFile, noPivot, noNewKeyring,
        preserveFDs,
    ]

    /// `detached`: the call returns while the program runs, so that somebody else must own its
    /// terminal.
    static func make(
        _ call: Call, detached: Bool, startFollows: Bool = false
    ) throws(Failure) -> Container {
        try engine { () throws(EngineError) in try Container.validate(id: call.id) }
        let bundle = try Bundle(call.options, call.recorder)
        var options = CreateOptions(id: call.id, root: call.global.root, bundle: bundle.path)
        options.console = try console(
            call.options, terminal: bundle.spec.process?.terminal ?? false, detached: detached)
        options.pidFile = try call.options.value(pidFile).map(GlobalOptions.absolute)
        options.pidfdSocket = call.options.value(pidfdSocket)
        options.preserveDescriptors = try preservedDescriptors(call.options)
        options.hearsReadiness = Readiness.serviceManager != nil
        options.noPivot = call.options.has(noPivot)
        options.noNewKeyring = call.options.has(noNewKeyring)
        options.cgroupManager = call.global.cgroupManager
        options.startFollows = startFollows
        try makeRoot(call.global.root)
        let plan = options
        return try engine { () throws(EngineError) in
            try Container.create(
                bundle.spec, configuration: bundle.configuration, options: plan,
                recorder: call.recorder)
        }
    }

    static func makeRoot(_ root: String) throws(Failure) {
        // The sticky bit tells cleaners of temporary directories to leave a user's state alone.
        let mode: UInt32 = GlobalOptions.userDirectory == nil ? 0o700 : 0o1700
        try system { () throws(SystemError) in try makeDirectories(root, mode: mode) }
    }

    /// Where the terminal goes, or why it can go nowhere.
    static func console(
        _ options: ParsedOptions, terminal: Bool, detached: Bool
    ) throws(Failure) -> ConsoleDestination {
        let socket = options.value(consoleSocket)
        switch (terminal, detached, socket) {
        case (true, true, let socket?): return .socket(socket)
        case (true, true, nil):
            throw Failure(
                "make a terminal", "nobody would own it once this call has returned",
                hint: "give --console-socket, or set process.terminal to false")
        case (true, false, nil): return .caller
        case (false, _, nil): return .none
        case (_, false, _?):
            throw Failure(
                "use --console-socket", "the terminal stays with this call",
                hint: "use it with --detach")
        case (false, _, _?):
            throw Failure(
                "use --console-socket", "the process has no terminal to send",
                hint: "set process.terminal to true")
        }
    }

    static func preservedDescriptors(_ options: ParsedOptions) throws(Failure) -> Int32 {
        let count = try usage { () throws(UsageError) in
            try options.number(preserveFDs, as: Int32.self)
        }
        guard let count else { return 0 }
        guard count >= 0 else {
            throw Failure("", "invalid value \"\(count)\" for flag -preserve-fds: below 0")
        }
        return count
    }

    static let consoleSocket = Option.value(
        "console-socket", word: "SOCKET", help: "A socket that is sent the terminal's master")
    static let pidfdSocket = Option.value(
        "pidfd-socket", word: "SOCKET", help: "A socket that is sent a pidfd of the process")
    static let pidFile = Option.value(
        "pid-file", word: "FILE", help: "Write the process's number to this file")
    static let preserveFDs = Option.value(
        "preserve-fds", word: "N", help: "Pass N descriptors from 3 on to the process")
    private static let noPivot = Option.flag(
        "no-pivot", help: "Change the root without pivot_root(2), for a ramdisk")
    private static let noNewKeyring = Option.flag(
        "no-new-keyring", help: "Stay in the caller's session keyring")
}
