internal import RPC
internal import Wire

/// Where the manager's own part of a create and a start went.
struct PhaseLog: Sendable {
    private(set) var phases: [RuntimeAPI.Phase] = []
    private var since = UInt64(MonotonicTime.now.nanoseconds)

    /// Ends a phase that began with the end of the one before.
    mutating func mark(_ name: String) {
        let now = UInt64(MonotonicTime.now.nanoseconds)
        phases.append(
            RuntimeAPI.Phase(program: "apusd", name: name, startNS: since, endNS: now))
        since = now
    }

    /// What comes now belongs to no phase that was marked before.
    mutating func resume() { since = UInt64(MonotonicTime.now.nanoseconds) }

    mutating func append(_ others: [RuntimeAPI.Phase]) { phases += others }
}
