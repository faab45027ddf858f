internal import Foundation
internal import GRDB
internal import RPC
internal import Store
internal import Synchronization
internal import Wire

/// The numbered history of what has happened, and those who follow it.
///
/// A follower is a cursor over the database, so that it can be as slow as it likes: nothing is kept
/// for it in memory. SQLite has one writer at a time, so numbers become visible in their order, and a
/// cursor that asks for all beyond its last number misses none and sees none twice.
final class EventJournal: Sendable {
    /// How many events stay in the database.
    static let history: Int64 = 10_000
    static let pruneEvery: Int64 = 256
    private static let batch = 256

    private let ledger: Ledger
    private let followers = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])
    private let counter = Atomic<Int>(0)

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// Writes events that stand alone.
    func record(_ events: [EventDraft]) throws {
        try ledger.record(events)
        wake()
    }

    /// Tells followers that there is something new in the database.
    func wake() {
        followers.withLock { for follower in $0.values { follower.yield() } }
    }

    /// Hands every event that matches to `body`, first those of the past, then those to come, until
    /// the task is cancelled or `body` throws.
    func follow(
        _ request: Apus.SubscribeRequest, _ body: (Apus.Event) async throws -> Void
    ) async throws {
        let (signals, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let key = counter.add(1, ordering: .relaxed).newValue
        followers.withLock { $0[key] = continuation }
        defer { _ = followers.withLock { $0.removeValue(forKey: key) } }
        var cursor = try start(of: request)
        try await drain(from: &cursor, request, body)
        for await _ in signals { try await drain(from: &cursor, request, body) }
        try Task.checkCancellation()
    }

    /// The last number that is not of interest.
    private func start(of request: Apus.SubscribeRequest) throws -> Int64 {
        guard request.sinceSequence > 0 else { return try lastSequence() }
        let wanted = Int64(clamping: request.sinceSequence)
        try checkHistory(after: wanted - 1)
        return wanted - 1
    }

    private func drain(
        from cursor: inout Int64, _ request: Apus.SubscribeRequest,
        _ body: (Apus.Event) async throws -> Void
    ) async throws {
        while true {
            let rows = try events(after: cursor)
            // Whoever fell behind the whole history learns it, and is not shown a gap as if it were
            // none.
            if let first = rows.first, Int64(first.sequence) > cursor + 1 {
                try checkHistory(after: cursor)
            }
            for event in rows {
                cursor = Int64(event.sequence)
                if Self.matches(event, request) { try await body(event) }
            }
            if rows.count < Self.batch { return }
        }
    }

    private static func matches(_ event: Apus.Event, _ request: Apus.SubscribeRequest) -> Bool {
        (request.actions.isEmpty || request.actions.contains(event.action))
            && (request.subject.isEmpty || request.subject == event.subject)
    }

    private func lastSequence() throws -> Int64 {
        try ledger.database.read { database in
            try Int64.fetchOne(
                database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
        }
    }

    private func checkHistory(after cursor: Int64) throws {
        let oldest = try ledger.database.read { database in
            try Int64.fetchOne(database, sql: "SELECT MIN(sequence) FROM event")
        }
        guard let oldest, oldest > cursor + 1, cursor >= 0 else { return }
        throw Failure(
            .outOfRange, "follow events", "from \(cursor + 1)",
            "events before \(oldest) are not kept any more",
            hint: "look at the containers' state, then follow from \(oldest)")
    }

    private func events(after cursor: Int64) throws -> [Apus.Event] {
        try ledger.database.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [cursor, Self.batch]
            ).map { row in
                let packed = try Apus.Event(serialized: [UInt8](row["attributes"] as Data))
                return Apus.Event(
                    sequence: UInt64(row["sequence"] as Int64),
                    time: .init(Moment(nanosecondsSinceEpoch: row["time"])), type: row["type"],
                    action: row["action"], subject: row["subject"],
                    attributes: packed.attributes)
            }
        }
    }
}
