internal import Arguments
internal import Engine
internal import Linux

/// Lets the program of a created container begin.
enum Start: Verb {
    static let command = Command(
        "start", "Start the program of a created container", synopsis: "ID", words: 1...1)

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let container = try call.container()
        let readiness = try readiness(of: container)
        try engine { () throws(EngineError) in try container.start(call.recorder) }
        passOn(readiness, call)
        return 0
    }

    /// Where a service manager waits for it (sd_notify(3)).
    static func readiness(of container: Container) throws(Failure) -> ReadinessRelay? {
        guard let manager = serviceManager else { return nil }
        return try engine { () throws(EngineError) in try container.readiness(for: manager) }
    }

    /// The container runs whatever becomes of this.
    static func passOn(_ readiness: ReadinessRelay?, _ call: Call) {
        do throws(EngineError) {
            try readiness?.wait()
        } catch {
            call.recorder.warn("\(error)")
        }
    }

    /// The socket of a service manager that wants to hear when what it started is ready.
    static var serviceManager: String? {
        environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    }
}
