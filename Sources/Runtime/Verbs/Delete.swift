internal import Arguments
internal import Engine

/// Removes a container that has stopped, and everything that `create` made for it.
enum Delete: Verb {
    static let command = Command(
        "delete", "Remove a container that has stopped", synopsis: "ID", words: 1...1,
        options: [force])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let isForced = call.options.has(force)
        try engine { () throws(EngineError) in try Container.validate(id: call.id) }
        // Callers that force want it gone; gone it is.
        if isForced && !Container.exists(id: call.id, root: call.global.root) { return 0 }
        let container = try call.container()
        try engine { () throws(EngineError) in
            try container.delete(force: isForced, call.recorder)
        }
        return 0
    }

    private static let force = Option.flag(
        "force", "f", help: "Kill it first; a container that does not exist is no error")
}
