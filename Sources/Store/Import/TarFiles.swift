internal import Glibc
internal import Linux

/// An archive in a tar, which is read once from its beginning to its end: where a file is in it, and
/// which of them are wanted, is not known before.
final class TarFiles: ArchiveFiles {
    private enum Member {
        case file(IngestedBlob)
        /// A link to another member, as docker makes for layers that are alike.
        case link(EntryPath)
    }

    private let archive: String
    private var members: [EntryPath: Member] = [:]

    init(
        path: String, area: IngestArea, limits: StoreLimits, progress: ImportProgress
    ) throws(StoreError) {
        archive = path
        let raw = try storeStep("open archive", path) { try Self.open(path) }
        let content = try decompressed(raw, name: path)
        let isPlain = content.compression == .none
        let ahead = isPlain ? nil : ReadAhead(content.source)
        defer { ahead?.stop() }
        let tar = try TarReader(ahead ?? content.source, name: path)
        while let entry = try tar.next() {
            guard members.count < limits.archiveEntries else {
                throw StoreError(
                    .invalid, stage: "read archive", subject: path,
                    cause: "it has more than \(limits.archiveEntries) files")
            }
            // Its position in the file is the other thread's where there is one.
            try add(entry, tar, area) { done throws(StoreError) in
                try progress.report(
                    .read, entry.name, isPlain ? raw.position : done,
                    of: isPlain ? raw.sizeBytes : 0)
            }
        }
    }

    func file(_ path: String) throws(StoreError) -> IngestedBlob? {
        var place = try EntryPath(Array(path.utf8))
        for _ in 0..<16 {
            switch members[place] {
            case .file(let blob): return blob
            case .link(let target): place = target
            case nil: return nil
            }
        }
        throw StoreError(
            .invalid, stage: "read archive", subject: "\(archive): \(path)",
            cause: "it is a link to a link, too many times over")
    }

    private static func open(_ path: String) throws -> FileSource {
        let file = try openFile(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.kind == .regular || status.kind == .fifo else {
            throw StoreError(
                .invalid, stage: "open archive", subject: path,
                cause: "it is neither a file nor a directory")
        }
        if status.kind == .fifo { try file.setNonBlocking(false) }
        return FileSource(file, name: path, sizeBytes: status.sizeBytes)
    }

    private func add(
        _ entry: TarEntry, _ tar: TarReader, _ area: IngestArea,
        progress: (Int64) throws(StoreError) -> Void
    ) throws(StoreError) {
        let path = try EntryPath(entry.path)
        switch entry.kind {
        case .regular:
            let blob = try area.ingest(TarContent(tar), progress: progress)
            try verify(blob, at: path)
            members[path] = .file(blob)
        case .hardLink(let target):
            members[path] = .link(try EntryPath(target))
        case .symbolicLink(let target):
            members[path] = .link(Self.resolve(target, from: path.parent))
        default:
            break
        }
    }

    /// A blob of a layout says in its name what it holds: a wrong one is told at once.
    private func verify(_ blob: IngestedBlob, at path: EntryPath) throws(StoreError) {
        let names = path.names.map { String(decoding: $0, as: UTF8.self) }
        guard names.count == 3, names[0] == "blobs", names[1] == "sha256" else { return }
        guard blob.digest.hex == names[2] else {
            throw StoreError(
                .invalid, stage: "verify blob", subject: "sha256:\(names[2])",
                cause: "its bytes have the digest \(blob.digest)",
                hint: "the archive is damaged: make or fetch it again")
        }
    }

    private static func resolve(_ target: [UInt8], from directory: EntryPath) -> EntryPath {
        let link = EntryPath.components(ofLink: target)
        var names = link.isAbsolute ? [] : directory.names
        for name in link.names where name != EntryPath.here {
            if name == EntryPath.above {
                _ = names.popLast()
            } else {
                names.append(name)
            }
        }
        return EntryPath(names: names)
    }
}

/// The content of the entry that a tar is at.
private final class TarContent: ByteSource {
    private let tar: TarReader

    init(_ tar: TarReader) { self.tar = tar }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int { try tar.read(into: &buffer) }
}
