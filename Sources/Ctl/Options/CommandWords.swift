internal import ArgumentParser

/// The words after the program's name, brought into the one form that the parser knows.
enum CommandWords {
    /// Moves global options that stand before the command behind it, and turns docker's two-word
    /// commands (`image ls`, `container run`) into their short forms.
    static func normalized(_ words: [String]) -> [String] {
        var leading: [String] = []
        var rest = words[...]
        while let word = rest.first, let length = globalOptionLength(word) {
            leading += rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        guard let first = rest.first else { return leading }
        let command = longForms[first].map { shorten(rest, $0) } ?? Array(rest)
        guard let name = command.first, !name.hasPrefix("-") else { return leading + command }
        // Groups have their command in the second word.
        let head = groups.contains(name) ? command.prefix(2) : command.prefix(1)
        let tail = Array(command.dropFirst(head.count))
        return head + leading
            + (OptionWords.commands.contains(name) ? OptionWords.split(tail) : tail)
    }

    /// The command that the words mean. Throws help where they ask for it or name a group.
    static func operation(_ words: [String]) throws -> any Operation {
        if let name = words.first, !name.hasPrefix("-"), !isKnown(name) {
            throw Complaint("there is no command \"\(name)\"", hint: "see 'apusctl --help'")
        }
        var command = try Apusctl.parseAsRoot(words)
        guard let operation = command as? any Operation else {
            try command.run()
            throw CleanExit.helpRequest()
        }
        return operation
    }

    private static func isKnown(_ name: String) -> Bool {
        name == "help"
            || Apusctl.configuration.subcommands.contains {
                $0._commandName == name || $0.configuration.aliases.contains(name)
            }
    }

    /// How many words a global option takes; nil for anything else.
    private static func globalOptionLength(_ word: String) -> Int? {
        for option in ["--address", "--format"] {
            if word == option { return 2 }
            if word.hasPrefix(option + "=") { return 1 }
        }
        return nil
    }

    private static func shorten(_ words: ArraySlice<String>, _ forms: [String: String]) -> [String]
    {
        guard let verb = words.dropFirst().first else { return Array(words) }
        return [forms[verb] ?? verb] + words.dropFirst(2)
    }

    private static let groups: Set = ["content", "snapshots", "help"]

    private static let longForms: [String: [String: String]] = [
        "image": [
            "ls": "images", "list": "images", "rm": "rmi", "remove": "rmi", "tag": "tag",
            "import": "import", "load": "import", "inspect": "inspect", "history": "history",
        ],
        "container": ["ls": "ps", "list": "ps", "remove": "rm"],
    ]
}
