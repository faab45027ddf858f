extension Grammar {
    /// What `--help` prints.
    package func helpText() -> String {
        var text = "\(program): \(summary)\n\n"
        text += "Usage: \(program) [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n"
        text += columns(commands.filter { !$0.isHidden }.map { ($0.name, $0.summary) })
        text += "\nOptions:\n" + columns(lines(of: options))
        return text + "\n\(program) COMMAND --help says more about a command.\n"
    }

    /// What `COMMAND --help` prints.
    package func helpText(for command: Command) -> String {
        var text = "\(program) \(command.name): \(command.summary)\n\n"
        let words = command.synopsis.isEmpty ? "" : " \(command.synopsis)"
        text += "Usage: \(program) \(command.name) [OPTIONS]\(words)\n"
        if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
        return text + "\nOptions:\n" + columns(lines(of: command.options))
    }

    private func lines(of options: [Option]) -> [(String, String)] {
        (options + [Self.help]).filter { !$0.isHidden }.map { option in
            let names = option.names.map { $0.count == 1 ? "-\($0)" : "--\($0)" }
            let word =
                switch option.kind {
                case .flag: ""
                case .value(let word), .list(let word): " \(word)"
                }
            return (names.joined(separator: ", ") + word, option.help)
        }
    }

    private func columns(_ lines: [(String, String)]) -> String {
        let width = lines.map { $0.0.count }.max() ?? 0
        return lines.map { left, right in
            "  \(left)\(String(repeating: " ", count: width - left.count))  \(right)\n"
        }.joined()
    }
}
