internal import Glibc
internal import Wire

/// CLOCK_MONOTONIC, which all programs of the machine share, so that their phases stand on one line.
enum MonotonicClock {
    static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Where the manager's own part of a create and a start went.
struct PhaseLog: Sendable {
    private(set) var phases: [RuntimeAPI.Phase] = []
    private var since = MonotonicClock.nanoseconds()

    /// Ends a phase that began with the end of the one before.
    mutating func mark(_ name: String) {
        let now = MonotonicClock.nanoseconds()
        phases.append(
            RuntimeAPI.Phase(program: "apusd", name: name, startNS: since, endNS: now))
        since = now
    }

    /// What comes now belongs to no phase that was marked before.
    mutating func resume() { since = MonotonicClock.nanoseconds() }

    mutating func append(_ others: [RuntimeAPI.Phase]) { phases += others }
}
