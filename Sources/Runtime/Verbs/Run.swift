internal import Arguments
internal import Engine
internal import Linux

/// Makes a container, starts it, and, unless it is detached, stays with it to its end.
enum Run {
    static let command = Command(
        "run", "Make a container and start it", synopsis: "ID", words: 1...1,
        options: Creation.options + [detach, keep, noSubreaper])

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let isDetached = call.options.has(detach)
        if !isDetached && !call.options.has(noSubreaper) {
            try system { () throws(SystemError) in try ProcessControl.becomeSubreaper() }
        }
        let container = try Creation.make(call, detached: isDetached, startFollows: true)
        guard !isDetached else {
            call.note(container.takeProcess())
            let readiness = try Readiness.relay(of: container)
            try start(container, call)
            Readiness.passOn(readiness, call)
            return 0
        }
        return try stay(with: container, call)
    }

    /// A program that could not begin leaves no container.
    private static func start(_ container: Container, _ call: Call) throws(Failure) {
        do throws(EngineError) {
            try container.start(call.recorder)
        } catch {
            try? container.delete(force: true, call.recorder)
            throw Failure(error)
        }
    }

    private static func stay(with container: Container, _ call: Call) throws(Failure) -> Int32 {
        guard let process = container.takeProcess() else {
            throw Failure("run \(call.id)", "the engine gave no process to wait for")
        }
        var foreground = try Foreground.begin(process, try Readiness.relay(of: container))
        try start(container, call)
        let status = try foreground.wait()
        if !call.options.has(keep) {
            try engine { () throws(EngineError) in
                try container.delete(force: false, call.recorder)
            }
        }
        return status.code
    }

    static let detach = Option.flag("detach", "d", help: "Return once the program has begun")
    private static let keep = Option.flag(
        "keep", help: "Keep the container when its program has ended")
    private static let noSubreaper = Option.flag(
        "no-subreaper", help: "Do not become the parent of the container's orphans")
}
