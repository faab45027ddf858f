internal import Linux
internal import Store
internal import Wire

/// Sends a log to a caller: what is there, and, where it follows, what comes until the container's
/// streams are complete.
struct LogStream {
    var files: ContainerFiles
    var range: LogReader.Range
    var watch: FileWatch

    /// Only what is there.
    func read(_ send: (LogEntry) async throws -> Void) async throws {
        let reader = try LogReader(files.log, tail: range.tail, isSnapshot: true)
        _ = try await drain(reader, send)
    }

    func follow(
        until run: Run, _ send: (LogEntry) async throws -> Void
    ) async throws {
        let reader = try LogReader(files.log, tail: range.tail)
        // Before the first look, so that nothing falls between look and watch.
        let (signals, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let changes = try watch.changes(in: files.directory)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes { continuation.yield() }
            }
            group.addTask {
                _ = try? await run.finished.value()
                continuation.finish()
            }
            defer { group.cancelAll() }
            for await _ in signals {
                guard try await drain(reader, send) else { return }
            }
            try Task.checkCancellation()
            // The streams are complete: what came since the last signal is the rest.
            _ = try await drain(reader, send)
        }
    }

    /// False where nothing of interest can come any more.
    private func drain(
        _ reader: LogReader, _ send: (LogEntry) async throws -> Void
    ) async throws -> Bool {
        while true {
            let entries = try reader.next()
            if entries.isEmpty { return true }
            for entry in entries {
                if range.isBehind(entry) { return false }
                if range.contains(entry) { try await send(entry) }
            }
        }
    }
}
