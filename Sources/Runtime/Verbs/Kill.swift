internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// Sends a signal to a container.
enum Kill {
    static let command = Command(
        "kill", "Send a signal to a container", synopsis: "ID [SIGNAL]", words: 1...2,
        options: [all, Selection.regex],
        discussion: "SIGNAL is a number or a name, with or without SIG; TERM where it is left out.")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let name = call.words.first ?? "TERM"
        guard let signal = SignalName.number(name) else {
            throw Failure(
                "", "unknown signal \"\(name)\"", hint: "a name such as TERM, or 0 to 64")
        }
        let toAll = call.options.has(all)
        return try Selection.each(call) { (container) throws(Failure) in
            try send(signal, to: container, all: toAll)
        }
    }

    private static func send(
        _ signal: Int32, to container: Container, all toAll: Bool
    ) throws(Failure) {
        // Without a pid namespace of its own a container can have processes though its init has
        // ended; that it has none is no failure.
        if toAll && (try? container.state().status) == .stopped {
            try? container.kill(signal: signal, all: true)
            return
        }
        try engine { () throws(EngineError) in try container.kill(signal: signal, all: toAll) }
    }

    private static let all = Option.flag("all", "a", help: "To every process of the container")
}
