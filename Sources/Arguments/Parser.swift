extension Grammar {
    /// Understands a command line; the first argument is the program's name, which decides nothing.
    package func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
        var rest = arguments.dropFirst()
        let global = try parseOptions(options, from: &rest, stopsAtFirstWord: true)
        if global.has(Self.help) { return .help(helpText()) }
        if global.has(Self.version) { return .version }
        guard let name = rest.popFirst() else { return .help(helpText()) }
        if name == "help" {
            guard let topic = rest.first else { return .help(helpText()) }
            return .help(helpText(for: try command(topic)))
        }
        let command = try command(name)
        do throws(UsageError) {
            return try parse(command, &rest, global)
        } catch {
            throw UsageError(error.message, command: name)
        }
    }

    /// The options in front of the command, as far as they can be understood: for what has to be
    /// known of a command line although it is wrong.
    package func globalOptions(of arguments: [String]) -> ParsedOptions {
        var rest = arguments.dropFirst()
        return (try? parseOptions(options, from: &rest, stopsAtFirstWord: true)) ?? ParsedOptions()
    }

    private func command(_ name: String) throws(UsageError) -> Command {
        guard let command = commands.first(where: { $0.name == name }) else {
            throw UsageError(
                "unknown command \"\(name)\" (\(program) --help lists them)",
                isUnknownCommand: true)
        }
        return command
    }

    private func parse(
        _ command: Command, _ rest: inout ArraySlice<String>, _ global: ParsedOptions
    ) throws(UsageError) -> Invocation {
        var local = try parseOptions(
            command.options, from: &rest, stopsAtFirstWord: command.stopsAtFirstWord)
        if local.has(Self.help) { return .help(helpText(for: command)) }
        for word in rest { local.add(word: word) }
        try check(local.words.count, for: command)
        return .command(command, options: local, global: global)
    }

    private func check(_ count: Int, for command: Command) throws(UsageError) {
        guard !command.words.contains(count) else { return }
        let (low, high) = (command.words.lowerBound, command.words.upperBound)
        let wanted =
            low == high
            ? "exactly \(low)" : count < low ? "a minimum of \(low)" : "a maximum of \(high)"
        throw UsageError("\"\(command.name)\" requires \(wanted) argument(s), found \(count)")
    }

    /// Takes options off the front and, unless it stops at the first word, words between them. What
    /// comes behind `--`, or from the word at which it stops, is left in `rest`.
    private func parseOptions(
        _ known: [Option], from rest: inout ArraySlice<String>, stopsAtFirstWord: Bool
    ) throws(UsageError) -> ParsedOptions {
        let known = known + [Self.help]
        var parsed = ParsedOptions()
        while let argument = rest.first {
            guard argument.hasPrefix("-"), argument != "-" else {
                if stopsAtFirstWord { return parsed }
                parsed.add(word: argument)
                rest.removeFirst()
                continue
            }
            rest.removeFirst()
            if argument == "--" { return parsed }
            try parse(argument, known, &rest, &parsed)
        }
        return parsed
    }

    private func parse(
        _ argument: String, _ known: [Option], _ rest: inout ArraySlice<String>,
        _ parsed: inout ParsedOptions
    ) throws(UsageError) {
        let body = argument.dropFirst(argument.hasPrefix("--") ? 2 : 1)
        let equals = body.firstIndex(of: "=")
        let name = String(body[..<(equals ?? body.endIndex)])
        var value = equals.map { String(body[body.index(after: $0)...]) }
        guard let option = known.first(where: { $0.names.contains(name) }) else {
            throw UsageError("flag provided but not defined: -\(name)")
        }
        if case .flag = option.kind {
            guard let truth = Self.truth(value ?? "true") else {
                throw UsageError(
                    "invalid boolean value \"\(value ?? "")\" for flag -\(name)")
            }
            return parsed.add(option, truth ? "true" : "false")
        }
        if value == nil { value = rest.popFirst() }
        guard let value else { throw UsageError("flag needs an argument: -\(name)") }
        parsed.add(option, value)
    }

    /// As Go's strconv.ParseBool.
    private static func truth(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// Every command has it.
    static let help = Option.flag("help", "h", help: "Say how it is used")
    /// A program lists it among its global options.
    package static let version = Option.flag("version", "v", help: "Print the version")
}
