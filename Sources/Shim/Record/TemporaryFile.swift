internal import CLinux
internal import Glibc
internal import Linux

/// A file without a name (O_TMPFILE): it goes with its last descriptor. Where the file system
/// cannot make one, a file that is unlinked at once.
func temporaryFile(in directory: String) throws(SystemError) -> OwnedDescriptor {
    do throws(SystemError) {
        return try openFile(directory, O_RDWR | APUS_O_TMPFILE, mode: 0o600)
    } catch {
        guard error.code == EOPNOTSUPP || error.code == EISDIR || error.code == EINVAL else {
            throw error
        }
    }
    let path = "\(directory)/.apus-\(getpid())-\(Clock.monotonic)"
    let file = try openFile(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    unsafe unlink(path)
    return file
}

func rewind(_ file: borrowing OwnedDescriptor) throws(SystemError) { try seek(file, to: 0) }

func seek(_ file: borrowing OwnedDescriptor, to offset: Int) throws(SystemError) {
    let raw = file.raw
    try check("seek in descriptor \(raw)") { lseek(raw, offset, SEEK_SET) }
}
