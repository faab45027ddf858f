internal import Crypto
internal import GRDB
internal import Glibc
internal import Linux

/// The content of the store, blob by blob.
extension Store {
    package func listBlobs() throws(StoreError) -> [BlobInfo] {
        try databaseStep("list blobs", "") {
            try database.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM blob ORDER BY digest").map { row in
                    BlobInfo(
                        digest: row["digest"], sizeBytes: row["sizeBytes"],
                        createdAt: Timestamp(nanosecondsSinceEpoch: row["createdAt"]))
                }
            }
        }
    }

    /// Reads a blob again and compares it with its digest and its size.
    ///
    /// - Throws: `.notFound` for a digest that the store does not name. A damaged or missing file is
    ///   no error here but the answer.
    package func checkBlob(_ digest: String) async throws(StoreError) -> BlobCheck {
        try await onOwnThread { () throws(StoreError) in try self.check(digest) }
    }

    /// All blobs, one after the other; ends early where `each` answers false.
    package func checkBlobs(each: @Sendable (BlobCheck) async throws -> Bool) async throws {
        for blob in try listBlobs() {
            guard try await each(try await checkBlob(blob.digest)) else { return }
        }
    }

    private func check(_ name: String) throws(StoreError) -> BlobCheck {
        guard let digest = Digest(name), let size = try size(ofBlob: digest) else {
            throw StoreError(
                .notFound, stage: "check blob", subject: name, cause: "there is no such blob")
        }
        do throws(SystemError) {
            let found = try hash(paths.blob(digest))
            if found.sizeBytes != size {
                return BlobCheck(
                    digest: name, problem: "it has \(found.sizeBytes) bytes, not \(size)")
            }
            let isSame = found.digest == digest
            return BlobCheck(digest: name, problem: isSame ? nil : "its bytes are \(found.digest)")
        } catch {
            return BlobCheck(
                digest: name,
                problem: error.code == ENOENT ? "its file is missing" : error.description)
        }
    }

    private func size(ofBlob digest: Digest) throws(StoreError) -> Int64? {
        try databaseStep("find blob", digest.description) {
            try database.read {
                try Int64.fetchOne(
                    $0, sql: "SELECT sizeBytes FROM blob WHERE digest = ?",
                    arguments: [digest.description])
            }
        }
    }
}

private func hash(_ path: String) throws(SystemError) -> (digest: Digest, sizeBytes: Int64) {
    let file = try openFile(path, O_RDONLY | O_NOFOLLOW)
    var hasher = SHA256()
    var size: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
        let count = try file.read(into: &buffer)
        if count == 0 { return (Digest(hasher.finalize()), size) }
        hasher.update(data: buffer[..<count])
        size += Int64(count)
    }
}
