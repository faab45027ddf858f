/// A verb of a program, with its options and words.
package struct Command: Sendable {
    package let name: String
    /// One line for the list of commands.
    package let summary: String
    /// The words behind the options, for the usage line: `ID [SIGNAL]`.
    package let synopsis: String
    /// How many words there may be.
    package let words: ClosedRange<Int>
    /// Made when they are asked for: of all commands one call needs those of one.
    package var options: [Option] { makeOptions() }
    private let makeOptions: @Sendable () -> [Option]
    /// The first word ends the options: what follows belongs to somebody else (`exec ID ls -l`).
    package let stopsAtFirstWord: Bool
    /// More than a line for `COMMAND --help`.
    package let discussion: String
    package let isHidden: Bool

    package init(
        _ name: String, _ summary: String, synopsis: String = "", words: ClosedRange<Int> = 0...0,
        options: @autoclosure @escaping @Sendable () -> [Option] = [],
        stopsAtFirstWord: Bool = false, discussion: String = "",
        isHidden: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.synopsis = synopsis
        self.words = words
        makeOptions = options
        self.stopsAtFirstWord = stopsAtFirstWord
        self.discussion = discussion
        self.isHidden = isHidden
    }
}

/// A program's whole command line: options for all commands, then a command with its own.
package struct Grammar: Sendable {
    package let program: String
    package let summary: String
    package let options: [Option]
    package let commands: [Command]

    package init(program: String, summary: String, options: [Option], commands: [Command]) {
        self.program = program
        self.summary = summary
        self.options = options
        self.commands = commands
    }
}

/// What a command line says.
package enum Invocation: Sendable {
    /// Text for standard output.
    case help(String)
    case version
    case command(Command, options: ParsedOptions, global: ParsedOptions)
}

/// Options and words that were given.
package struct ParsedOptions: Sendable {
    /// In the order of the command line. A dictionary would cost more at start than it saves.
    private var values: [(name: String, value: String)] = []
    package private(set) var words: [String] = []

    package init() {}

    package mutating func add(_ option: Option, _ value: String) {
        values.append((option.name, value))
    }

    package mutating func add(word: String) { words.append(word) }

    package func has(_ option: Option) -> Bool { value(option) == "true" }
    package func isGiven(_ option: Option) -> Bool { value(option) != nil }

    /// The last one counts where it came twice.
    package func value(_ option: Option) -> String? {
        values.last { $0.name == option.name }?.value
    }

    package func list(_ option: Option) -> [String] {
        values.filter { $0.name == option.name }.map { $0.value }
    }

    /// A decimal number, or an error that names the option.
    package func number<Number: FixedWidthInteger>(
        _ option: Option, as type: Number.Type = Number.self
    ) throws(UsageError) -> Number? {
        guard let text = value(option) else { return nil }
        guard let number = Number(text) else {
            throw UsageError("invalid value \"\(text)\" for flag -\(option.name): not a number")
        }
        return number
    }
}

/// A command line that cannot be understood.
package struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    package var message: String
    /// The command that it was meant for, where one was named.
    package var command: String?
    /// There is no such command.
    package var isUnknownCommand: Bool

    package init(_ message: String, command: String? = nil, isUnknownCommand: Bool = false) {
        self.message = message
        self.command = command
        self.isUnknownCommand = isUnknownCommand
    }

    package var description: String { message }
}
