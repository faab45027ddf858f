internal import Foundation
internal import GRDB
internal import Store
internal import Wire

/// Something that has happened, before the database gave it its number.
struct EventDraft: Sendable, Equatable {
    enum Kind: String, Sendable {
        case container, image
    }

    /// Docker's names.
    enum Action: String, Sendable, CaseIterable {
        case create, start, pause, unpause, kill, stop, die, oom, update, resize, destroy
        case execCreate = "exec_create"
        case execStart = "exec_start"
        case execDie = "exec_die"
        case attach
        case `import`, tag, untag, delete
    }

    var kind: Kind
    var action: Action
    /// Container id or image digest.
    var subject: String
    var attributes: [String: String] = [:]
    var time: Moment = .now()

    func insert(_ database: Database) throws {
        let packed = Apus.Event(attributes: attributes)
        try database.execute(
            sql: """
                INSERT INTO event (time, type, action, subject, attributes)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                time.nanosecondsSinceEpoch, kind.rawValue, action.rawValue, subject,
                Data(try packed.serialized()),
            ])
        // The number is the highest ever given: rows behind it by the whole history may go.
        let sequence = database.lastInsertedRowID
        if sequence.isMultiple(of: EventJournal.pruneEvery) {
            try database.execute(
                sql: "DELETE FROM event WHERE sequence <= ?",
                arguments: [sequence - EventJournal.history])
        }
    }
}

extension EventDraft {
    /// An event of a container, with what docker says of every one: its labels, image and name.
    init(_ action: Action, of record: ContainerRecord, _ more: [String: String] = [:]) {
        var attributes = record.spec.labels
        attributes["image"] = record.spec.image
        attributes["name"] = record.name
        attributes.merge(more) { $1 }
        self.init(kind: .container, action: action, subject: record.id, attributes: attributes)
    }
}
