internal import CLinux
internal import Glibc

/// What fstat(2) says of an open file, as far as the toolkit asks.
public struct FileStatus: Equatable, Sendable {
    public enum Kind: Sendable {
        case file, directory, link, character, block, fifo, socket, other
    }

    public let kind: Kind
    /// Permission bits with set-uid, set-gid and sticky.
    public let mode: UInt32
    public let uid: UInt32
    public let gid: UInt32
    public let size: Int64
    public let device: UInt64
    public let inode: UInt64
    /// Of a device node.
    public let major: UInt32
    public let minor: UInt32

    public init(of file: borrowing OwnedDescriptor) throws(SystemError) {
        try self.init(raw: file.raw)
    }

    /// Of a descriptor that somebody else owns: a standard stream.
    public init(raw: Int32) throws(SystemError) {
        var status = stat()
        try check("read the status of descriptor \(raw)") { unsafe fstat(raw, &status) }
        self.init(status)
    }

    /// Of a path of the host, following links.
    public init(path: String) throws(SystemError) {
        var status = stat()
        try check("read the status of \(path)") { unsafe stat(path, &status) }
        self.init(status)
    }

    /// Of a path of the host; of a link at its end, the link itself.
    public init(pathItself path: String) throws(SystemError) {
        var status = stat()
        try check("read the status of \(path)") { unsafe lstat(path, &status) }
        self.init(status)
    }

    /// Of a name in a directory, not following a link.
    public init(
        in directory: borrowing OwnedDescriptor, _ name: String
    ) throws(SystemError) {
        var status = stat()
        let raw = directory.raw
        try check("read the status of \(name)") {
            unsafe fstatat(raw, name, &status, AT_SYMLINK_NOFOLLOW)
        }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            case S_IFCHR: .character
            case S_IFBLK: .block
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .other
            }
        mode = status.st_mode & 0o7777
        uid = status.st_uid
        gid = status.st_gid
        size = Int64(status.st_size)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        major = apus_major(status.st_rdev)
        minor = apus_minor(status.st_rdev)
    }

    /// A character device of the numbers.
    public func isCharacter(_ major: UInt32, _ minor: UInt32) -> Bool {
        kind == .character && self.major == major && self.minor == minor
    }
}

/// statfs(2)'s magic number of a filesystem.
public struct FilesystemMagic: Equatable, Sendable {
    public let rawValue: UInt32
    public static let procfs = FilesystemMagic(rawValue: UInt32(PROC_SUPER_MAGIC))
    public static let sysfs = FilesystemMagic(rawValue: UInt32(SYSFS_MAGIC))
    public static let devpts = FilesystemMagic(rawValue: UInt32(DEVPTS_SUPER_MAGIC))
    public static let cgroup = FilesystemMagic(rawValue: UInt32(CGROUP_SUPER_MAGIC))
    public static let cgroup2 = FilesystemMagic(rawValue: UInt32(CGROUP2_SUPER_MAGIC))
    public static let tmpfs = FilesystemMagic(rawValue: UInt32(TMPFS_MAGIC))

    private init(rawValue: UInt32) { self.rawValue = rawValue }

    public init(of file: borrowing OwnedDescriptor) throws(SystemError) {
        rawValue = UInt32(truncatingIfNeeded: try filesystemStatus(file).f_type)
    }
}

extension OwnedDescriptor {
    /// True where the mount that the file was opened through is read-only.
    public var isOnReadOnlyMount: Bool {
        get throws(SystemError) { try filesystemStatus(self).f_flags & APUS_ST_RDONLY != 0 }
    }
}

private func filesystemStatus(_ file: borrowing OwnedDescriptor) throws(SystemError) -> statfs {
    var status = statfs()
    let raw = file.raw
    try check("read the filesystem of descriptor \(raw)") { unsafe fstatfs(raw, &status) }
    return status
}
