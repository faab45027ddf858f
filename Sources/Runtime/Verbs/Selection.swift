internal import Arguments
internal import Engine
internal import Linux

/// The containers that a verb is about: the one that is named, or all whose names match.
enum Selection {
    static let regex = Option.flag(
        "regex", "r", help: "ID is a regular expression: every container whose id it matches")

    /// Does it to each. One that fails holds the others up no more than it has to; the first failure
    /// is the call's.
    static func each(
        _ call: Call, _ act: (Container) throws(Failure) -> Void
    ) throws(Failure) -> Int32 {
        guard call.options.has(regex) else {
            try act(try call.container())
            return 0
        }
        var failure: Failure?
        for container in try matching(call) {
            do throws(Failure) { try act(container) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        return 0
    }

    private static func matching(_ call: Call) throws(Failure) -> [Container] {
        var pattern = try system { () throws(SystemError) in try NamePattern(call.id) }
        let all = try engine { () throws(EngineError) in
            try Container.list(root: call.global.root)
        }
        var found: [Container] = []
        for container in all where pattern.matches(container.id) { found.append(container) }
        return found
    }
}
