internal import CLinux
internal import Glibc

/// What room a file system has (statfs(2)).
public struct FileSystemSpace: Equatable, Sendable {
    public var totalBytes: Int64
    /// For those without privileges: what the file system keeps for root is not counted.
    public var availableBytes: Int64
    /// 0 where the file system has no fixed number.
    public var totalInodes: Int64
    public var availableInodes: Int64
}

extension OwnedDescriptor {
    /// Of the file system that this file is on.
    public func fileSystemSpace() throws(SystemError) -> FileSystemSpace {
        let raw = raw
        var buffer = statfs()
        try check("look at the file system") { unsafe fstatfs(raw, &buffer) }
        let block = Int64(buffer.f_bsize)
        return FileSystemSpace(
            totalBytes: Int64(clamping: buffer.f_blocks).multipliedClamping(by: block),
            availableBytes: Int64(clamping: buffer.f_bavail).multipliedClamping(by: block),
            totalInodes: Int64(clamping: buffer.f_files),
            availableInodes: Int64(clamping: buffer.f_ffree))
    }
}

extension Int64 {
    fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
