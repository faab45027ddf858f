internal import CLinux
internal import Glibc
internal import Linux

/// A small file for others, which is there whole or not at all, and of which nothing is left by a
/// runtime that is killed while it writes: until it is whole it has no name (O_TMPFILE, open(2)).
enum NewFile {
    static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: UInt32
    ) throws(SystemError) {
        do throws(SystemError) {
            try link(bytes, path, mode)
        } catch {
            // It is there already; or the filesystem has no files without a name.
            guard [EEXIST, EOPNOTSUPP, EISDIR, ENOENT, EINVAL].contains(error.code) else {
                throw error
            }
            try replaceFile(path, with: bytes, mode: mode)
        }
    }

    private static func link(
        _ bytes: some Collection<UInt8>, _ path: String, _ mode: UInt32
    ) throws(SystemError) {
        let slash = path.lastSlash
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let file = try openFile(directory, O_WRONLY | APUS_O_TMPFILE, mode: mode)
        try file.writeAll(bytes)
        let raw = file.raw
        try check("name the file \(path)") {
            unsafe linkat(AT_FDCWD, "/proc/self/fd/\(raw)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
        }
    }
}
