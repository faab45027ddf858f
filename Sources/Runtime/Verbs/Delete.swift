internal import Arguments
internal import Engine

/// Removes a container that has stopped, and everything that `create` made for it.
enum Delete {
    static let command = Command(
        "delete", "Remove a container that has stopped", synopsis: "ID", words: 1...1,
        options: [force, Selection.regex])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let isForced = call.options.has(force)
        if !call.options.has(Selection.regex) {
            let isThere = try engine { () throws(EngineError) in
                try Container.validate(id: call.id)
                return try Container.exists(id: call.id, root: call.global.root)
            }
            // Callers that force want it gone; gone it is.
            if isForced && !isThere { return 0 }
        }
        return try Selection.each(call) { (container) throws(Failure) in
            try engine { () throws(EngineError) in
                try container.delete(force: isForced, call.recorder)
            }
        }
    }

    private static let force = Option.flag(
        "force", "f", help: "Kill it first; a container that does not exist is no error")
}
