internal import CLinux
internal import Glibc

private let mostProgramBytes = 256 << 20

/// Copies a program to a directory, one copy for each build of it: `NAME-DEVICE-INODE-SIZE`, which is
/// made where it is not there. What a container sees is such a copy, never the program itself.
public func copyProgram(
    _ source: String, to directory: String, as name: String
) throws(SystemError) -> String {
    let status = try FileStatus(path: source)
    let path = "\(directory)/\(name)-\(status.device)-\(status.inode)-\(status.size)"
    if let made = try? FileStatus(path: path), made.size == status.size { return path }
    guard status.size <= mostProgramBytes else { throw SystemError("copy \(source)", EFBIG) }
    try makeDirectories(directory, mode: 0o711)
    let temporary = "\(path).\(getpid()).tmp"
    do throws(SystemError) {
        let from = try openFile(source, O_RDONLY)
        let to = try openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o555)
        let (input, output) = (from.raw, to.raw)
        // By the kernel; it may be to another file system (sendfile(2)).
        while try check("copy \(source)", { sendfile(output, input, nil, mostProgramBytes) }) > 0 {}
        try check("rename \(temporary)") { unsafe rename(temporary, path) }
    } catch {
        unsafe unlink(temporary)
        throw error
    }
    return path
}
