internal import CLinux
internal import Glibc

// What the calls that end in `at` do with a name in an open directory.
extension OwnedDescriptor {
    /// mkdirat(2).
    public func makeDirectory(_ name: String, mode: UInt32) throws(SystemError) {
        let raw = raw
        try check("make directory \(name)") { unsafe mkdirat(raw, name, mode) }
    }

    /// mknodat(2) of a device node; `kind` is a letter of `bcp`.
    public func makeNode(
        _ name: String, _ kind: FileStatus.Kind, mode: UInt32, major: UInt32 = 0, minor: UInt32 = 0
    ) throws(SystemError) {
        let type: UInt32 =
            switch kind {
            case .block: S_IFBLK
            case .fifo: S_IFIFO
            case .character: S_IFCHR
            default: S_IFREG
            }
        let raw = raw
        try check("make node \(name)") {
            unsafe mknodat(raw, name, type | mode, apus_makedev(major, minor))
        }
    }

    /// symlinkat(2).
    public func makeLink(_ name: String, to target: String) throws(SystemError) {
        let raw = raw
        try check("make link \(name)") { unsafe symlinkat(target, raw, name) }
    }

    /// readlinkat(2); with an empty name, of the link that the descriptor itself names.
    public func readLink(_ name: String = "") throws(SystemError) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let raw = raw
        let count = try check("read link \(name)") {
            unsafe buffer.withUnsafeMutableBytes {
                unsafe readlinkat(
                    raw, name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
            }
        }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// unlinkat(2); of a directory, which must be empty, with `directory`.
    public func remove(_ name: String, directory: Bool = false) throws(SystemError) {
        let raw = raw
        try check("remove \(name)") { unsafe unlinkat(raw, name, directory ? AT_REMOVEDIR : 0) }
    }

    /// fchownat(2) of a name in the directory, not following a link.
    public func changeOwner(
        of name: String, uid: UInt32, gid: UInt32
    ) throws(SystemError) {
        let raw = raw
        try check("change the owner of \(name)") {
            unsafe fchownat(raw, name, uid, gid, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// fchmodat(2) of a name in the directory.
    public func changeMode(of name: String, _ mode: UInt32) throws(SystemError) {
        let raw = raw
        try check("change the mode of \(name)") { unsafe fchmodat(raw, name, mode, 0) }
    }

    /// fchdir(2).
    public func makeWorkingDirectory() throws(SystemError) {
        let raw = raw
        try check("change directory to descriptor \(raw)") { fchdir(raw) }
    }

    /// The names in a directory but `.` and `..`; the descriptor must be readable, no O_PATH.
    public func names() throws(SystemError) -> [String] {
        let copy = try openFile(at: self, ".", O_RDONLY | O_DIRECTORY).release()
        guard let stream = unsafe fdopendir(copy) else {
            let code = apus_errno()
            close(copy)
            throw SystemError("read directory", code)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
