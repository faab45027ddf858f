internal import GRDB
internal import Glibc
internal import Linux

/// The snapshots of containers.
extension Store {
    /// Makes the writable snapshot of a container; layers of the image that are not unpacked yet
    /// are now.
    ///
    /// - Throws: `.alreadyExists` where the key is taken, `.corrupt` where a layer's blob is gone or
    ///   damaged.
    package func prepareSnapshot(
        key: String, for image: StoredImage
    ) throws(StoreError) -> ActiveSnapshot {
        try unpackMissingLayers(of: image)
        let isCopied = !hasOverlay || image.layers.isEmpty
        let made = try databaseStep("prepare snapshot", key) {
            try database.write { database in
                let lowers = try self.committed(image, database)
                let id = try self.insertActive(key, over: lowers.last, isCopied, database)
                let snapshot = self.describe(key, id, lowers: lowers, isCopied: isCopied)
                try self.makeDirectories(snapshot, id, over: lowers.last)
                return (id: id, lowers: lowers, snapshot: snapshot)
            }
        }
        guard isCopied, !made.lowers.isEmpty else { return made.snapshot }
        do throws(StoreError) {
            try copyLayers(made.lowers, to: made.snapshot.upper)
        } catch {
            try? removeSnapshot(key: key)
            throw error
        }
        return made.snapshot
    }

    /// The snapshot of that key; nil where there is none.
    package func snapshot(key: String) throws(StoreError) -> ActiveSnapshot? {
        try databaseStep("find snapshot", key) {
            try database.read { database in
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM snapshot WHERE key = ? AND kind = 'active'",
                    arguments: [key])
                guard let row else { return nil }
                return self.describe(
                    key, row["id"], lowers: try self.ancestors(of: row["parent"], database),
                    isCopied: row["isCopied"])
            }
        }
    }

    /// Removes a container's snapshot and its files; no error where there is none. Nothing may be
    /// mounted from it any more.
    package func removeSnapshot(key: String) throws(StoreError) {
        let (id, isLastUser) = try databaseStep("remove snapshot", key) {
            try database.write { database in
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM snapshot WHERE key = ? AND kind = 'active'",
                    arguments: [key])
                guard let row else { return (Int64?.none, false) }
                let id: Int64 = row["id"]
                try database.execute(sql: "DELETE FROM snapshot WHERE id = ?", arguments: [id])
                return (id, try self.isUnwanted(row["parent"], database))
            }
        }
        if let id { try removeSnapshotFiles(id) }
        // The image went before its container did.
        if isLastUser { _ = try removeGarbage() }
    }

    private func isUnwanted(_ snapshot: Int64?, _ database: Database) throws -> Bool {
        let isUnwanted = try Bool.fetchOne(
            database,
            sql: """
                SELECT key NOT IN (SELECT chainID FROM imageLayer) FROM snapshot WHERE id = ?
                """, arguments: [snapshot])
        return isUnwanted ?? false
    }

    /// All snapshots, parents before children.
    package func listSnapshots() throws(StoreError) -> [SnapshotInfo] {
        let rows = try databaseStep("list snapshots", "") {
            try database.read { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT s.*, p.key AS parentKey FROM snapshot s
                        LEFT JOIN snapshot p ON p.id = s.parent ORDER BY s.id
                        """)
            }
        }
        return rows.map { row in
            let path = paths.files(ofSnapshot: row["id"])
            let kind = SnapshotInfo.Kind(rawValue: row["kind"]) ?? .committed
            // What a container has written is not known before it is counted.
            let usage = kind == .active ? DiskUsage(ofTree: path) : nil
            return SnapshotInfo(
                key: row["key"], parent: row["parentKey"] ?? "", kind: kind,
                sizeBytes: usage?.sizeBytes ?? row["sizeBytes"],
                inodes: usage?.inodes ?? row["inodes"], path: path)
        }
    }

    /// The committed snapshots of an image's layers, lowest first.
    private func committed(_ image: StoredImage, _ database: Database) throws -> [Int64] {
        try image.layers.map { layer in
            let id = try Int64.fetchOne(
                database, sql: "SELECT id FROM snapshot WHERE key = ? AND NOT isMissing",
                arguments: [layer.chainID])
            guard let id else {
                throw StoreError(
                    .notFound, stage: "prepare snapshot", subject: layer.chainID,
                    cause: "the layer was removed meanwhile", hint: "import the image again")
            }
            return id
        }
    }

    private func insertActive(
        _ key: String, over parent: Int64?, _ isCopied: Bool, _ database: Database
    ) throws -> Int64 {
        let isTaken = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM snapshot WHERE key = ?)", arguments: [key])
        guard isTaken == false, !key.isEmpty else {
            throw StoreError(
                key.isEmpty ? .invalid : .alreadyExists, stage: "prepare snapshot", subject: key,
                cause: key.isEmpty ? "it has no key" : "there is one already")
        }
        try database.execute(
            sql: """
                INSERT INTO snapshot (key, kind, parent, createdAt, isCopied)
                VALUES (?, 'active', ?, ?, ?)
                """, arguments: [key, parent, Timestamp.now().nanosecondsSinceEpoch, isCopied])
        return database.lastInsertedRowID
    }

    /// A snapshot and all below it, lowest first.
    private func ancestors(of id: Int64?, _ database: Database) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                WITH RECURSIVE chain (id, parent, depth) AS (
                    SELECT id, parent, 0 FROM snapshot WHERE id = ?
                    UNION ALL
                    SELECT s.id, s.parent, depth + 1 FROM snapshot s JOIN chain ON s.id = chain.parent
                ) SELECT id FROM chain ORDER BY depth DESC
                """, arguments: [id])
    }

    private func describe(
        _ key: String, _ id: Int64, lowers: [Int64], isCopied: Bool
    ) -> ActiveSnapshot {
        ActiveSnapshot(
            key: key,
            lowerDirectories: isCopied ? [] : lowers.reversed().map(paths.files(ofSnapshot:)),
            upper: paths.files(ofSnapshot: id),
            work: isCopied ? "" : paths.work(ofSnapshot: id))
    }

    /// The upper directory's owner and mode are those of the container's `/`.
    private func makeDirectories(
        _ snapshot: ActiveSnapshot, _ id: Int64, over parent: Int64?
    ) throws(StoreError) {
        do throws(SystemError) {
            let snapshots = try openFile(paths.snapshots, O_RDONLY | O_DIRECTORY)
            // A number is never used twice, but the directory of one whose row was taken back may
            // still be there.
            try snapshots.removeTree(FileName("\(id)"))
            try Linux.makeDirectories(snapshot.upper, mode: 0o700)
            if !snapshot.work.isEmpty { try Linux.makeDirectories(snapshot.work, mode: 0o700) }
            let upper = try openFile(snapshot.upper, O_RDONLY | O_DIRECTORY)
            guard let parent else { return try upper.setMode(0o755) }
            let root = try openFile(paths.files(ofSnapshot: parent), O_RDONLY | O_DIRECTORY)
            let status = try root.status()
            try upper.setOwner(uid: status.uid, gid: status.gid)
            try upper.setMode(status.mode)
        } catch {
            throw StoreError(error, stage: "prepare snapshot", subject: snapshot.key)
        }
    }
}
