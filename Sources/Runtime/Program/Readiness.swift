internal import Engine
internal import Linux

/// That a container is ready, for whoever waits for that (sd_notify(3)).
enum Readiness {
    /// Hears the container, where a service manager waits for it (sd_notify(3)).
    static func relay(of container: Container) throws(Failure) -> ReadinessRelay? {
        guard let manager = serviceManager else { return nil }
        return try engine { () throws(EngineError) in try container.readiness(for: manager) }
    }

    /// The container runs whatever becomes of this.
    static func passOn(_ relay: ReadinessRelay?, _ call: Call) {
        do throws(EngineError) {
            try relay?.wait()
        } catch {
            call.recorder.warn("\(error)")
        }
    }

    /// The socket of a service manager that wants to hear when what it started is ready.
    static var serviceManager: String? {
        environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    }
}
