internal import GRDB
internal import Glibc
internal import Linux

/// The one moment at which work becomes content: the disk has it, files get their places, and a
/// transaction says that they are wanted. A crash before leaves files without rows, which the next
/// start removes; a failure takes back what it has placed.
struct Placement {
    let store: Store
    let area: IngestArea

    /// - Parameter insert: the rows that refer to what is placed.
    func commit(
        _ layers: [UnpackedLayer], _ blobs: [IngestedBlob],
        insert: (Database) throws -> Void
    ) throws(StoreError) {
        var placed: [String] = []
        do throws(StoreError) {
            try storeStep("synchronize", area.path) {
                try openFile(area.path, O_RDONLY | O_DIRECTORY).synchronizeFileSystem()
            }
            try databaseStep("store image", store.paths.root) {
                try store.database.writeDurably { database in
                    for layer in layers { placed += [try place(layer, database)] }
                    for blob in blobs { placed += try place(blob, database) }
                    try synchronizeDirectories()
                    try insert(database)
                }
            }
        } catch {
            for path in placed { try? removeTree(path) }
            throw error
        }
    }

    /// A row that start-up has marked as missing gets its files back.
    private func place(_ layer: UnpackedLayer, _ database: Database) throws -> String {
        let parent = try Int64.fetchOne(
            database, sql: "SELECT id FROM snapshot WHERE key = ?", arguments: [layer.parent])
        try database.execute(
            sql: """
                INSERT INTO snapshot (key, kind, parent, sizeBytes, inodes, createdAt)
                VALUES (?, 'committed', ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET isMissing = 0
                """,
            arguments: [
                layer.chainID, parent, layer.usage.sizeBytes, layer.usage.inodes,
                Timestamp.now().nanosecondsSinceEpoch,
            ])
        let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM snapshot WHERE key = ?", arguments: [layer.chainID])!
        let path = store.paths.snapshot(id)
        // Of a row that was taken back, or of what was found missing in part.
        try removeTree(path)
        try check("rename \(layer.path) to \(path)") { unsafe rename(layer.path, path) }
        return path
    }

    /// Answers the path where the blob is new. One that is there already is replaced, in one step and
    /// by the same bytes: should its file be damaged or lost, it is mended.
    private func place(_ blob: IngestedBlob, _ database: Database) throws -> [String] {
        let digest = blob.digest.description
        let isKnown = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE digest = ?)",
            arguments: [digest])
        let path = store.paths.blob(blob.digest)
        try check("rename \(blob.path) to \(path)") { unsafe rename(blob.path, path) }
        try database.execute(
            sql: """
                INSERT INTO blob (digest, sizeBytes, createdAt) VALUES (?, ?, ?)
                ON CONFLICT (digest) DO UPDATE SET isMissing = 0
                """,
            arguments: [digest, blob.sizeBytes, Timestamp.now().nanosecondsSinceEpoch])
        return isKnown == true ? [] : [path]
    }

    private func synchronizeDirectories() throws(SystemError) {
        for path in [store.paths.blobs, store.paths.snapshots] {
            try openFile(path, O_RDONLY | O_DIRECTORY).synchronize()
        }
    }

    private func removeTree(_ path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/")!
        try openFile(String(path[..<slash]), O_RDONLY | O_DIRECTORY)
            .removeTree(FileName(String(path[path.index(after: slash)...])))
    }
}
