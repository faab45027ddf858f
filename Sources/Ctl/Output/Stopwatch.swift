internal import ApusClient
internal import Synchronization

/// This program's own phases of work, for --timeline.
final class Stopwatch: Sendable {
    private let recorded = Mutex<[RuntimeAPI.Phase]>([])

    var phases: [RuntimeAPI.Phase] { recorded.withLock { $0 } }

    func record(_ name: String, from start: UInt64, to end: UInt64 = Clock.monotonicNS) {
        let phase = RuntimeAPI.Phase(program: "apusctl", name: name, startNS: start, endNS: end)
        recorded.withLock { $0.append(phase) }
    }

    func measure<Result>(
        _ name: String, _ work: () async throws -> Result
    ) async rethrows -> Result {
        let start = Clock.monotonicNS
        defer { record(name, from: start) }
        return try await work()
    }
}

/// Where a run spent its time, phase by phase, in the order of their beginnings.
enum Timeline {
    static func table(_ phases: [RuntimeAPI.Phase]) -> Table {
        var table = Table("PROGRAM", "PHASE", "START MS", "DURATION MS")
        let origin = phases.map(\.startNS).min() ?? 0
        let ordered = phases.sorted { ($0.startNS, $1.endNS) < ($1.startNS, $0.endNS) }
        for phase in ordered {
            let duration = phase.endNS >= phase.startNS ? phase.endNS - phase.startNS : 0
            table.add(
                phase.program, phase.name, milliseconds(phase.startNS - origin),
                milliseconds(duration))
        }
        return table
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        ByteSize.rounded(Double(nanoseconds) / 1_000_000, places: 3)
    }
}
