internal import ApusClient
internal import Glibc
internal import Synchronization

/// The manager's part of a timeline, fetched while the container is sure to exist.
final class StartPhases: Sendable {
    private let wanted: Bool
    private let fetched = Mutex<[RuntimeAPI.Phase]>([])

    init(wanted: Bool) { self.wanted = wanted }

    func fetch(_ id: String, _ apus: Apus.Client) async {
        guard wanted, let phases = try? await apus.containers.timeline(id) else { return }
        fetched.withLock { $0 = phases }
    }

    /// Writes them with this program's own to stderr.
    func print(with stopwatch: Stopwatch, asJSON: Bool) throws {
        guard wanted else { return }
        let phases = stopwatch.phases + fetched.withLock { $0 }
        let text = asJSON ? JSON(phases).text() + "\n" : Timeline.table(phases).text
        try StandardStreams.writeBlocking(Array(text.utf8), to: STDERR_FILENO)
    }
}
