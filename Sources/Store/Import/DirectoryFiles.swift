internal import Glibc
internal import Linux

/// An archive that was unpacked to a directory: what is asked for is read.
final class DirectoryFiles: ArchiveFiles {
    private let directory: OwnedDescriptor
    private let path: String
    private let area: IngestArea
    private let progress: ImportProgress
    private var known: [String: IngestedBlob] = [:]

    init(path: String, area: IngestArea, progress: ImportProgress) throws(StoreError) {
        self.path = path
        self.area = area
        self.progress = progress
        directory = try storeStep("open archive", path) {
            try openFile(path, O_RDONLY | O_DIRECTORY)
        }
    }

    func file(_ name: String) throws(StoreError) -> IngestedBlob? {
        if let file = known[name] { return file }
        var opened: OwnedDescriptor?
        do throws(SystemError) {
            // Links are followed, as layouts share blobs by them, but only inside.
            opened = try directory.openInRoot(FileName(name), O_RDONLY | O_NONBLOCK)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw StoreError(error, stage: "read archive", subject: "\(path)/\(name)")
        }
        guard let file = opened.take() else { return nil }
        let status = try storeStep("read archive", name) { try file.status() }
        guard status.kind == .regular else {
            throw StoreError(
                .invalid, stage: "read archive", subject: "\(path)/\(name)",
                cause: "it is no regular file")
        }
        let blob = try area.ingest(FileSource(file, name: "\(path)/\(name)")) {
            done throws(StoreError) in
            try progress.report(.read, name, done, of: status.sizeBytes)
        }
        known[name] = blob
        return blob
    }
}
