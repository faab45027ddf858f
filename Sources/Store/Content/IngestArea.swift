internal import Glibc
internal import Linux

/// A directory for one piece of work: files that become blobs and trees that become snapshots when
/// all is verified. It goes with its owner; after a crash, with the next start.
final class IngestArea {
    let path: String
    private let parent: String
    private let name: String
    private let space: SpaceGuard
    private var count = 0

    init(below parent: String, limits: StoreLimits) throws(StoreError) {
        self.parent = parent
        name = String(UInt64.random(in: 0 ... .max), radix: 36)
        path = parent + "/" + name
        space = try SpaceGuard(parent, limits: limits)
        try storeStep("make directory", path) { [path] in try makeDirectories(path) }
    }

    deinit {
        try? openFile(parent, O_RDONLY | O_DIRECTORY).removeTree(FileName(name))
    }

    /// A path that nothing has yet.
    func newPath() -> String {
        count += 1
        return "\(path)/\(count)"
    }

    /// Writes a source to a file of the area, hashing as it goes.
    func ingest(
        _ source: any ByteSource, progress: (Int64) throws(StoreError) -> Void = { _ in }
    ) throws(StoreError) -> IngestedBlob {
        let path = newPath()
        let hashing = HashingSource(source)
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        let file = try storeStep("write blob", path) {
            try openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o444)
        }
        while true {
            let count = try hashing.read(into: &buffer)
            if count == 0 { break }
            try space.willWrite(count)
            try storeStep("write blob", path) { try file.writeAll(buffer[..<count]) }
            try progress(hashing.count)
        }
        return IngestedBlob(digest: hashing.digest, sizeBytes: hashing.count, path: path)
    }

    func ingest(_ bytes: [UInt8]) throws(StoreError) -> IngestedBlob {
        try ingest(MemorySource(bytes))
    }
}

/// A file that may become a blob: its name follows from what it holds.
struct IngestedBlob: Equatable, Sendable {
    var digest: Digest
    var sizeBytes: Int64
    var path: String

    /// Its bytes, of which there must not be more than `limit`.
    func read(limit: Int, what: String) throws(StoreError) -> [UInt8] {
        guard sizeBytes <= limit else {
            throw StoreError(
                .invalid, stage: "read \(what)", subject: digest.description,
                cause: "it has \(sizeBytes) bytes; at most \(limit) are taken")
        }
        return try storeStep("read \(what)", digest.description) {
            try readFile(path, limit: limit)
        }
    }
}

/// Bytes in memory.
final class MemorySource: ByteSource {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        let part = rest.prefix(buffer.count)
        buffer.replaceSubrange(..<part.count, with: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}
