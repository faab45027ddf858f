internal import Foundation
internal import GRDB
internal import Store
internal import Wire

/// The manager's tables in the store's database: containers, execs and events.
///
/// A change of a container and the events that tell of it are one transaction, so that no crash
/// separates them.
struct Ledger: Sendable {
    let database: DatabasePool

    init(_ database: DatabasePool) throws {
        self.database = database
        try Self.migrator.migrate(database)
    }

    /// All containers, oldest first.
    func containers() throws -> [ContainerRecord] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM container ORDER BY createdAt, id")
                .map(ContainerRecord.init)
        }
    }

    func execs() throws -> [ExecRecord] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM exec").map(ExecRecord.init)
        }
    }

    /// Reserves id and name. Throws SQLITE_CONSTRAINT where one of them is taken.
    func insert(_ record: ContainerRecord) throws {
        try database.write { try record.insert($0) }
    }

    /// Writes a container's new state and what is told of it.
    func update(_ record: ContainerRecord, events: [EventDraft] = []) throws {
        try database.write { database in
            try record.update(database)
            for event in events { try event.insert(database) }
        }
    }

    /// Forgets a container and its execs.
    func delete(_ record: ContainerRecord, events: [EventDraft] = []) throws {
        try database.write { database in
            try database.execute(sql: "DELETE FROM container WHERE id = ?", arguments: [record.id])
            for event in events { try event.insert(database) }
        }
    }

    func save(_ exec: ExecRecord, events: [EventDraft] = []) throws {
        try database.write { database in
            try exec.save(database)
            for event in events { try event.insert(database) }
        }
    }

    func delete(_ exec: ExecRecord) throws {
        try database.write { database in
            try database.execute(
                sql: "DELETE FROM exec WHERE containerID = ? AND id = ?",
                arguments: [exec.containerID, exec.id])
        }
    }

    func record(_ events: [EventDraft]) throws {
        try database.write { database in
            for event in events { try event.insert(database) }
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("manager-1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE container (
                        id TEXT PRIMARY KEY NOT NULL,
                        name TEXT NOT NULL UNIQUE,
                        spec BLOB NOT NULL,
                        imageDigest TEXT NOT NULL,
                        state TEXT NOT NULL,
                        intent TEXT,
                        createdAt INTEGER NOT NULL,
                        startedAt INTEGER,
                        finishedAt INTEGER,
                        pid INTEGER NOT NULL,
                        exitStatus INTEGER NOT NULL,
                        oomKilled INTEGER NOT NULL,
                        error TEXT NOT NULL,
                        command BLOB NOT NULL,
                        stopSignal TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE exec (
                        containerID TEXT NOT NULL REFERENCES container(id) ON DELETE CASCADE,
                        id TEXT NOT NULL,
                        state TEXT NOT NULL,
                        pid INTEGER NOT NULL,
                        exitStatus INTEGER NOT NULL,
                        finishedAt INTEGER,
                        command BLOB NOT NULL,
                        PRIMARY KEY (containerID, id)
                    ) STRICT;
                    CREATE TABLE event (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                        time INTEGER NOT NULL,
                        type TEXT NOT NULL,
                        action TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        attributes BLOB NOT NULL
                    ) STRICT;
                    """)
        }
        return migrator
    }
}

extension ContainerRecord {
    init(_ row: Row) throws {
        let spec = try Apus.ContainerSpec(serialized: [UInt8](row["spec"] as Data))
        self.init(
            id: row["id"], name: row["name"], spec: spec, imageDigest: row["imageDigest"],
            createdAt: Moment(nanosecondsSinceEpoch: row["createdAt"]))
        // A state that an older manager cannot read is not guessed at; it can only be removed.
        state = ContainerState(rawValue: row["state"]) ?? .dead
        intent = (row["intent"] as String?).flatMap(Intent.init(rawValue:))
        startedAt = (row["startedAt"] as Int64?).map(Moment.init(nanosecondsSinceEpoch:))
        finishedAt = (row["finishedAt"] as Int64?).map(Moment.init(nanosecondsSinceEpoch:))
        pid = row["pid"]
        exitStatus = row["exitStatus"]
        oomKilled = row["oomKilled"]
        error = row["error"]
        command = words(from: row["command"])
        stopSignal = row["stopSignal"]
    }

    fileprivate func insert(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO container (id, name, spec, imageDigest, state, intent, createdAt,
                    startedAt, finishedAt, pid, exitStatus, oomKilled, error, command, stopSignal)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, name, Data(try spec.serialized()), imageDigest, state.rawValue,
                intent?.rawValue,
                createdAt.nanosecondsSinceEpoch, startedAt?.nanosecondsSinceEpoch,
                finishedAt?.nanosecondsSinceEpoch, pid, exitStatus, oomKilled, error,
                bytes(of: command), stopSignal,
            ])
    }

    fileprivate func update(_ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE container SET name = ?, spec = ?, state = ?, intent = ?, startedAt = ?,
                    finishedAt = ?, pid = ?, exitStatus = ?, oomKilled = ?, error = ?,
                    command = ?, stopSignal = ?
                WHERE id = ?
                """,
            arguments: [
                name, Data(try spec.serialized()), state.rawValue, intent?.rawValue,
                startedAt?.nanosecondsSinceEpoch, finishedAt?.nanosecondsSinceEpoch, pid,
                exitStatus, oomKilled, error, bytes(of: command), stopSignal, id,
            ])
    }
}

extension ExecRecord {
    init(_ row: Row) {
        self.init(
            containerID: row["containerID"], id: row["id"],
            state: State(rawValue: row["state"]) ?? .stopped, pid: row["pid"],
            exitStatus: row["exitStatus"],
            finishedAt: (row["finishedAt"] as Int64?).map(Moment.init(nanosecondsSinceEpoch:)),
            command: words(from: row["command"]))
    }

    fileprivate func save(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO exec (containerID, id, state, pid, exitStatus, finishedAt, command)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (containerID, id) DO UPDATE SET state = excluded.state,
                    pid = excluded.pid, exitStatus = excluded.exitStatus,
                    finishedAt = excluded.finishedAt
                """,
            arguments: [
                containerID, id, state.rawValue, pid, exitStatus,
                finishedAt?.nanosecondsSinceEpoch, bytes(of: command),
            ])
    }
}

/// A command line as /proc/PID/cmdline has it: each word ends with a NUL.
private func bytes(of words: [String]) -> Data {
    Data(words.flatMap { Array($0.utf8) + [0] })
}

private func words(from bytes: Data) -> [String] {
    bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        .map { String(decoding: $0, as: UTF8.self) }
}
