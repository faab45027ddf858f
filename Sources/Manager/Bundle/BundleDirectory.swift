internal import Glibc
internal import Linux

/// A container's directory for the runtime: config.json and the mount point of its root, plus what
/// shim and runtime leave there while it runs.
struct BundleDirectory: Sendable {
    var id: String
    var directory: String

    var rootfs: String { "\(directory)/rootfs" }
    var config: String { "\(directory)/config.json" }

    private static let mostRecordBytes = 1 << 16

    /// Makes it from the container's durable files; again, after a reboot took it away.
    func prepare(from files: ContainerFiles) throws(SystemError) {
        let bytes = try ContainerFiles.readConfig(files.config)
        try makeDirectories(directory, mode: 0o711)
        try makeDirectories(rootfs, mode: 0o711)
        try replaceFile(config, with: bytes)
    }

    /// Where the shim listens; nil where none was started.
    var shimAddress: String? {
        guard let bytes = try? readFile("\(directory)/address", limit: Self.mostRecordBytes),
            !bytes.isEmpty
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Removes it with all that shim and runtime left in it; what is still mounted there is first
    /// taken off, so that no container's files are reached through it.
    func remove() throws(SystemError) {
        guard try fileStatus(directory) != nil else { return }
        // EINVAL: nothing is mounted there.
        try? MountTree.detach(path: rootfs)
        try removeTree(directory)
    }

    /// How a process ended, as its shim wrote it down before telling anybody.
    func exitRecord(exec: String = "") -> ExitRecord? {
        let path = "\(directory)/exit-\(exec.isEmpty ? id : exec).json"
        guard let bytes = try? readFile(path, limit: Self.mostRecordBytes) else { return nil }
        return ExitRecord(json: bytes)
    }
}

/// rm(1) -rf of a host path; no error where it is not there.
func removeTree(_ path: String) throws(SystemError) {
    guard let slash = path.lastIndex(of: "/"), try fileStatus(path) != nil else { return }
    let parent = try openFile(String(path[..<slash]), O_RDONLY | O_DIRECTORY)
    try parent.removeTree(FileName(String(path[path.index(after: slash)...])))
}
