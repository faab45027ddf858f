internal import Linux

/// Watches the disk while something large is written: a layer may be a bomb, and a disk without any
/// room would stop the daemon and every container that writes.
final class SpaceGuard {
    private let file: OwnedDescriptor
    private let reservedBytes: Int64
    private var bytesUntilLook: Int64 = 0
    private var filesUntilLook = 0

    /// Of the file system of a path.
    init(_ path: String, limits: StoreLimits) throws(StoreError) {
        do throws(SystemError) {
            file = try openFile(path)
            let space = try file.fileSystemSpace()
            reservedBytes = min(limits.reservedBytes, space.totalBytes / 20)
        } catch {
            throw StoreError(error, stage: "look at the disk", subject: path)
        }
    }

    func willWrite(_ bytes: Int) throws(StoreError) {
        bytesUntilLook -= Int64(bytes)
        guard bytesUntilLook < 0 else { return }
        let space = try look()
        let room = space.availableBytes - reservedBytes
        guard room > Int64(bytes) else {
            throw full("only \(space.availableBytes >> 20) MiB are left on the disk")
        }
        // Half of the room, so that others who write are noticed.
        bytesUntilLook = min(room / 2, 256 << 20)
    }

    func willMakeFile() throws(StoreError) {
        filesUntilLook -= 1
        guard filesUntilLook < 0 else { return }
        let space = try look()
        // Some file systems, as btrfs, have no fixed number of inodes and say 0.
        guard space.totalInodes == 0 || space.availableInodes > 64 else {
            throw full("no inodes are left on the disk")
        }
        filesUntilLook =
            space.totalInodes == 0 ? 100_000 : Int(min(space.availableInodes / 2, 100_000))
    }

    private func look() throws(StoreError) -> FileSystemSpace {
        do throws(SystemError) {
            return try file.fileSystemSpace()
        } catch {
            throw StoreError(error, stage: "look at the disk", subject: "")
        }
    }

    private func full(_ cause: String) -> StoreError {
        StoreError(
            .exhausted, stage: "write", subject: "", cause: cause,
            hint: "free space on the disk of the store, then try again")
    }
}
