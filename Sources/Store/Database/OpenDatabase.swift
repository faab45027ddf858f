internal import FoundationEssentials
internal import GRDB
internal import Glibc
internal import Linux

/// Opens the database of the store, checks that it is sound and brings its tables up to date.
func openDatabase(_ path: String) throws(StoreError) -> DatabasePool {
    var configuration = Configuration()
    configuration.label = "apus"
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 3
    configuration.prepareDatabase { database in
        // NORMAL never damages the database; a power cut may only take back the last commits. Where
        // that would be a lie (`import` has answered), `writeDurably` is used instead.
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        // Pages in memory, per connection, in KiB: the database is small, the daemon shall be too.
        try database.execute(sql: "PRAGMA cache_size = -512")
    }
    return try databaseStep("open database", path) {
        // Environments of containers are in it; SQLite gives its other files the same mode.
        _ = try openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let database = try DatabasePool(path: path, configuration: configuration)
        let findings = try database.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
        guard findings == ["ok"] else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: findings.first)
        }
        try migrateStore(database)
        return database
    }
}

/// Does something with the database; its errors become the store's.
func databaseStep<Result>(
    _ stage: String, _ subject: String, _ body: () throws -> Result
) throws(StoreError) -> Result {
    do {
        return try body()
    } catch let error as StoreError {
        throw error
    } catch let error as DatabaseError {
        throw StoreError(error, stage: stage, subject: subject)
    } catch {
        throw StoreError(.io, stage: stage, subject: subject, cause: "\(error)")
    }
}

extension DatabaseWriter {
    /// A transaction that is on the disk when this returns, with all that were committed before it.
    func writeDurably<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            defer { try? database.execute(sql: "PRAGMA synchronous = NORMAL") }
            var result: Result?
            try database.inTransaction(.immediate) {
                result = try body(database)
                return .commit
            }
            return result!
        }
    }
}

extension StoreError {
    init(_ error: DatabaseError, stage: String, subject: String) {
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt, stage: stage, subject: subject,
                cause: "the database is damaged: \(reason)",
                hint: "restore apus.db from a backup, or move the whole root away and import the"
                    + " images again; the blobs in it are still good for `skopeo` and `umoci`")
        case .SQLITE_FULL:
            self.init(
                .exhausted, stage: stage, subject: subject, cause: "no space left for the database",
                hint: "free space on the disk of the store, then try again")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.inUse, stage: stage, subject: subject, cause: reason)
        default:
            self.init(.io, stage: stage, subject: subject, cause: reason)
        }
    }
}
