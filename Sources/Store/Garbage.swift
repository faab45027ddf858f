internal import GRDB
internal import Glibc
internal import Linux
internal import Synchronization

/// Removal: a name, an image, and then all that nothing refers to any more.
extension Store {
    /// Takes a name away; with the last one, or given a digest, the image goes, and with it the blobs
    /// and committed snapshots that nothing else refers to.
    ///
    /// - Parameters:
    ///   - usedDigests: of the images (manifest or config) that containers were made from; these go
    ///     only by force. What a container stands on stays in any case.
    /// - Returns: the names and the digests of the blobs that went.
    package func removeImage(
        _ reference: String, usedDigests: Set<String>, force: Bool
    ) throws(StoreError) -> (untagged: [String], deleted: [String]) {
        let image = try image(reference)
        let name = try? ImageName(reference).description
        if let name, image.names.contains(name), image.names.count > 1 {
            try databaseStep("remove image", name) {
                try database.writeDurably {
                    try $0.execute(sql: "DELETE FROM imageName WHERE name = ?", arguments: [name])
                }
            }
            return ([name], [])
        }
        let isNamed = name.map(image.names.contains) ?? false
        guard force || isNamed || image.names.count <= 1 else {
            throw StoreError(
                .inUse, stage: "remove image", subject: reference,
                cause: "it has several names: \(image.names.joined(separator: ", "))",
                hint: "remove the names one by one, or use force")
        }
        let isUsed = usedDigests.contains(image.digest) || usedDigests.contains(image.configDigest)
        guard force || !isUsed else {
            throw StoreError(
                .inUse, stage: "remove image", subject: reference,
                cause: "a container was made from it",
                hint: "remove the container first, or use force")
        }
        return (image.names, try removeGarbage(after: image.digest))
    }

    /// Removes an image's row, where one is given, and then what has become garbage. Rows go first,
    /// durably: a file without a row is removed by the next start, a row without a file would be a
    /// loss.
    func removeGarbage(after digest: String? = nil) throws(StoreError) -> [String] {
        let garbage = try pins.withLock { pins throws(StoreError) in
            let garbage = try databaseStep("remove image", digest ?? "") {
                try database.writeDurably { database in
                    try database.execute(
                        sql: "DELETE FROM image WHERE digest = ?", arguments: [digest])
                    return try Garbage.collect(database, sparing: pins)
                }
            }
            // Under the lock: an import that pins one of these digests now must find it gone.
            try removeFiles(of: garbage.blobs)
            return garbage
        }
        for id in garbage.snapshots { try removeSnapshotFiles(id) }
        return garbage.blobs
    }

    private func removeFiles(of blobs: [String]) throws(StoreError) {
        do throws(SystemError) {
            let directory = try openFile(paths.blobs, O_RDONLY | O_DIRECTORY)
            for digest in blobs { try directory.removeTree(FileName(String(digest.dropFirst(7)))) }
        } catch {
            throw StoreError(error, stage: "remove blob", subject: paths.blobs)
        }
    }

    func removeSnapshotFiles(_ id: Int64) throws(StoreError) {
        do throws(SystemError) {
            try openFile(paths.snapshots, O_RDONLY | O_DIRECTORY).removeTree(FileName("\(id)"))
        } catch {
            throw StoreError(error, stage: "remove snapshot", subject: paths.snapshot(id))
        }
    }
}

/// Blobs and committed snapshots that nothing refers to.
struct Garbage {
    var blobs: [String] = []
    var snapshots: [Int64] = []

    /// Deletes the rows and says what they named.
    static func collect(_ database: Database, sparing pins: Pins) throws -> Garbage {
        var garbage = Garbage()
        let blobs = try String.fetchAll(
            database,
            sql: "SELECT digest FROM blob WHERE digest NOT IN (SELECT blob FROM imageBlob)")
        for digest in blobs where !pins.contains(digest) {
            try database.execute(sql: "DELETE FROM blob WHERE digest = ?", arguments: [digest])
            garbage.blobs.append(digest)
        }
        while try collectTops(database, pins, &garbage) {}
        return garbage
    }

    /// Committed snapshots that no image has and nothing stands on; what they stood on may then be
    /// the next. Answers whether there were any.
    private static func collectTops(
        _ database: Database, _ pins: Pins, _ garbage: inout Garbage
    ) throws -> Bool {
        let tops = try Row.fetchAll(
            database,
            sql: """
                SELECT id, key FROM snapshot WHERE kind = 'committed'
                AND key NOT IN (SELECT chainID FROM imageLayer)
                AND id NOT IN (SELECT parent FROM snapshot WHERE parent IS NOT NULL)
                """
        ).filter { !pins.contains($0["key"]) }
        for row in tops {
            let id: Int64 = row["id"]
            try database.execute(sql: "DELETE FROM snapshot WHERE id = ?", arguments: [id])
            garbage.snapshots.append(id)
        }
        return !tops.isEmpty
    }
}
