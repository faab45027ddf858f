internal import Foundation
internal import GRDB
internal import Glibc
internal import Linux

/// Start-up: what the database names and what the disk has are made to agree again.
extension Store {
    /// What was under way when the last process ended is garbage.
    static func emptyIngest(_ paths: StorePaths) throws(StoreError) {
        try removeChildren(of: paths.ingest) { _ in true }
    }

    /// A database that is gone while its content is still there must not pass for a new store: the
    /// reconciliation would then remove the content, containers' files with it.
    static func refuseLostDatabase(_ paths: StorePaths) throws(StoreError) {
        do throws(SystemError) {
            guard try fileStatus(paths.database)?.sizeBytes ?? 0 == 0 else { return }
        } catch {
            throw StoreError(error, stage: "open store", subject: paths.database)
        }
        for path in [paths.blobs, paths.snapshots] where try !childNames(of: path).isEmpty {
            throw StoreError(
                .corrupt, stage: "open store", subject: paths.database,
                cause: "there is no database, but \(path) has content",
                hint: "restore apus.db from a backup, or move the whole root away")
        }
    }

    func reconcile() throws(StoreError) {
        try reconcileBlobs()
        try reconcileSnapshots()
    }

    /// Blobs without a row go; rows without a blob are marked.
    private func reconcileBlobs() throws(StoreError) {
        let present = Set(try Self.childNames(of: paths.blobs).map { "sha256:\($0)" })
        let known = try databaseStep("reconcile blobs", paths.blobs) {
            try database.write { database in
                let known = Set(try String.fetchAll(database, sql: "SELECT digest FROM blob"))
                try database.execute(sql: "UPDATE blob SET isMissing = 0 WHERE isMissing")
                for digest in known.subtracting(present) {
                    try database.execute(
                        sql: "UPDATE blob SET isMissing = 1 WHERE digest = ?", arguments: [digest])
                }
                return known
            }
        }
        try Self.removeChildren(of: paths.blobs) { !known.contains("sha256:\($0)") }
    }

    /// Directories without a row go. A container's snapshot without its directory is none; a
    /// committed one is marked, to be unpacked again when it is wanted.
    private func reconcileSnapshots() throws(StoreError) {
        let present = Set(try Self.childNames(of: paths.snapshots).compactMap { Int64("\($0)") })
        let known = try databaseStep("reconcile snapshots", paths.snapshots) {
            try database.write { database in
                let known = Set(try Int64.fetchAll(database, sql: "SELECT id FROM snapshot"))
                try database.execute(sql: "UPDATE snapshot SET isMissing = 0 WHERE isMissing")
                for id in known.subtracting(present) {
                    try database.execute(
                        sql: "DELETE FROM snapshot WHERE id = ? AND kind = 'active'",
                        arguments: [id])
                    try database.execute(
                        sql: "UPDATE snapshot SET isMissing = 1 WHERE id = ?", arguments: [id])
                }
                return known
            }
        }
        try Self.removeChildren(of: paths.snapshots) { name in
            Int64("\(name)").map { !known.contains($0) } ?? true
        }
    }

    private static func childNames(of path: String) throws(StoreError) -> [FileName] {
        do throws(SystemError) {
            return try openFile(path, O_RDONLY | O_DIRECTORY).entryNames()
        } catch {
            throw StoreError(error, stage: "read store", subject: path)
        }
    }

    private static func removeChildren(
        of path: String, where isGarbage: (FileName) -> Bool
    ) throws(StoreError) {
        do throws(SystemError) {
            let directory = try openFile(path, O_RDONLY | O_DIRECTORY)
            for name in try directory.entryNames() where isGarbage(name) {
                try directory.removeTree(name)
            }
        } catch {
            throw StoreError(error, stage: "remove leftovers", subject: path)
        }
    }
}
