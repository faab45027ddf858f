internal import CLinux
internal import Glibc

/// What an operation notes on its way, for whoever asked for a report: how long each stretch of
/// work took, and what was asked for but could not be granted.
package final class Recorder {
    /// CLOCK_MONOTONIC, so that phases of several programs stand on one line.
    package struct Phase: Sendable, Equatable {
        package var name: String
        package var startNanoseconds: UInt64
        package var endNanoseconds: UInt64

        package init(name: String, startNanoseconds: UInt64, endNanoseconds: UInt64) {
            self.name = name
            self.startNanoseconds = startNanoseconds
            self.endNanoseconds = endNanoseconds
        }
    }

    package private(set) var phases: [Phase] = []
    package private(set) var warnings: [String] = []

    package init() {}

    /// Does the work and notes how long it took, whether it succeeded or not.
    package func measure<Result: ~Copyable, Failure: Error>(
        _ name: String, _ work: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = Self.now
        defer { note(Phase(name: name, startNanoseconds: start, endNanoseconds: Self.now)) }
        return try work()
    }

    /// A phase that somebody else has measured.
    package func note(_ phase: Phase) { phases.append(phase) }

    package func warn(_ warning: String) { warnings.append(warning) }

    /// CLOCK_MONOTONIC in nanoseconds.
    package static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
