internal import CLinux
internal import Glibc

/// What lstat(2) says of a file.
public struct EntryStatus: Equatable, Sendable {
    public enum Kind: Sendable {
        case regular, directory, symbolicLink, characterDevice, blockDevice, fifo, socket, other
    }

    public var kind: Kind
    /// The permission bits with set-user-id, set-group-id and sticky: 0o7777 at most.
    public var mode: UInt32
    public var uid: UInt32
    public var gid: UInt32
    public var sizeBytes: Int64
    /// 512-byte blocks that it takes on the disk.
    public var blocks: Int64
    public var inode: UInt64
    public var device: UInt64
    /// Of a device node.
    public var deviceMajor: UInt32
    public var deviceMinor: UInt32
    public var links: UInt64
    public var modified: FileTime

    /// overlayfs's mark that a name of a lower layer is gone.
    public var isWhiteout: Bool {
        kind == .characterDevice && deviceMajor == 0 && deviceMinor == 0
    }
}

/// A file's time: seconds since the epoch and nanoseconds.
public struct FileTime: Equatable, Sendable {
    public var seconds: Int64
    public var nanoseconds: Int64

    public init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

/// lstat(2) of a path of the host; nil where there is nothing.
public func fileStatus(_ path: String) throws(SystemError) -> EntryStatus? {
    var buffer = stat()
    do throws(SystemError) {
        try check("look at \(path)") { unsafe lstat(path, &buffer) }
    } catch {
        if error.code == ENOENT { return nil }
        throw error
    }
    return EntryStatus(buffer)
}

/// Calls that name a file by a directory's descriptor and a name in it. None follows a symbolic link
/// in the last place; names with a slash in them are resolved only by `openBeneath`.
extension OwnedDescriptor {
    /// openat2(2) that never leaves the directory, follows no symbolic link and crosses no mount.
    public func openBeneath(
        _ path: FileName, _ flags: Int32, mode: UInt32 = 0
    ) throws(SystemError) -> OwnedDescriptor {
        try open(
            path, flags, mode,
            resolve: RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
                | RESOLVE_NO_XDEV)
    }

    /// openat2(2) as chroot(2) would: symbolic links and `..` are followed, and stay inside.
    public func openInRoot(
        _ path: FileName, _ flags: Int32
    ) throws(SystemError) -> OwnedDescriptor {
        try open(path, flags, 0, resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
    }

    private func open(
        _ path: FileName, _ flags: Int32, _ mode: UInt32, resolve: Int32
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = raw
        var how = open_how()
        how.flags = UInt64(UInt32(bitPattern: flags | O_CLOEXEC))
        how.mode = UInt64(mode)
        how.resolve = UInt64(resolve)
        let file = try check("open \(path)") {
            unsafe apus_openat2(raw, path.cString, &how)
        }
        return OwnedDescriptor(owning: Int32(file))
    }

    /// lstat(2) of a name; nil where there is none.
    public func status(of name: FileName) throws(SystemError) -> EntryStatus? {
        let raw = raw
        var buffer = stat()
        do throws(SystemError) {
            try check("look at \(name)") {
                unsafe fstatat(raw, name.cString, &buffer, AT_SYMLINK_NOFOLLOW)
            }
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        return EntryStatus(buffer)
    }

    /// fstat(2).
    public func status() throws(SystemError) -> EntryStatus {
        let raw = raw
        var buffer = stat()
        try check("look at descriptor \(raw)") { unsafe fstat(raw, &buffer) }
        return EntryStatus(buffer)
    }

    public func makeDirectory(_ name: FileName, mode: UInt32 = 0o700) throws(SystemError) {
        let raw = raw
        try check("make directory \(name)") { unsafe mkdirat(raw, name.cString, mode) }
    }

    public func makeSymbolicLink(_ name: FileName, to target: FileName) throws(SystemError) {
        let raw = raw
        try check("make symbolic link \(name)") {
            unsafe symlinkat(target.cString, raw, name.cString)
        }
    }

    /// A further name, here, for the file `target` in `directory`.
    public func makeHardLink(
        _ name: FileName, to target: FileName, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let (raw, other) = (raw, directory.raw)
        try check("link \(name) to \(target)") {
            unsafe linkat(other, target.cString, raw, name.cString, 0)
        }
    }

    public func makeFifo(_ name: FileName) throws(SystemError) {
        let raw = raw
        try check("make fifo \(name)") { unsafe mknodat(raw, name.cString, S_IFIFO | 0o600, 0) }
    }

    public func makeDevice(
        _ name: FileName, isBlock: Bool, major: UInt32, minor: UInt32
    ) throws(SystemError) {
        let raw = raw
        // S_IFBLK, S_IFCHR: ambiguous between Glibc and CLinux.
        let type = UInt32(isBlock ? 0o060000 : 0o020000)
        try check("make device node \(name)") {
            unsafe mknodat(raw, name.cString, type | 0o600, apus_makedev(major, minor))
        }
    }

    public func readLink(_ name: FileName) throws(SystemError) -> FileName {
        let raw = raw
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = try check("read symbolic link \(name)") {
            unsafe buffer.withUnsafeMutableBytes {
                unsafe readlinkat(raw, name.cString, $0.baseAddress!, $0.count)
            }
        }
        return FileName(buffer[..<count])
    }

    /// Removes a name that is no directory.
    public func unlink(_ name: FileName) throws(SystemError) {
        let raw = raw
        try check("remove \(name)") { unsafe unlinkat(raw, name.cString, 0) }
    }

    public func removeDirectory(_ name: FileName) throws(SystemError) {
        let raw = raw
        try check("remove directory \(name)") { unsafe unlinkat(raw, name.cString, AT_REMOVEDIR) }
    }

    public func rename(
        _ name: FileName, to newName: FileName, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let (raw, other) = (raw, directory.raw)
        try check("rename \(name) to \(newName)") {
            unsafe renameat(raw, name.cString, other, newName.cString)
        }
    }

    public func setOwner(_ name: FileName, uid: UInt32, gid: UInt32) throws(SystemError) {
        let raw = raw
        try check("set the owner of \(name)") {
            unsafe fchownat(raw, name.cString, uid, gid, AT_SYMLINK_NOFOLLOW)
        }
    }

    public func setOwner(uid: UInt32, gid: UInt32) throws(SystemError) {
        let raw = raw
        try check("set the owner of descriptor \(raw)") { fchown(raw, uid, gid) }
    }

    /// fchmodat(2) knows no way not to follow: only for names that are known to be no link.
    public func setMode(_ name: FileName, _ mode: UInt32) throws(SystemError) {
        let raw = raw
        try check("set the mode of \(name)") { unsafe fchmodat(raw, name.cString, mode, 0) }
    }

    public func setMode(_ mode: UInt32) throws(SystemError) {
        let raw = raw
        try check("set the mode of descriptor \(raw)") { fchmod(raw, mode) }
    }

    /// Sets the time of change, and that of access with it.
    public func setTime(_ name: FileName, _ time: FileTime) throws(SystemError) {
        let raw = raw
        let times = [timespec(time), timespec(time)]
        try check("set the time of \(name)") {
            unsafe utimensat(raw, name.cString, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    public func setTime(_ time: FileTime) throws(SystemError) {
        let raw = raw
        let times = [timespec(time), timespec(time)]
        try check("set the time of descriptor \(raw)") { unsafe futimens(raw, times) }
    }

    public func truncate(to sizeBytes: Int64) throws(SystemError) {
        let raw = raw
        try check("set the size of descriptor \(raw)") { ftruncate(raw, off_t(sizeBytes)) }
    }

    /// Writes all that is dirty on this file's file system to its disk (syncfs(2)).
    public func synchronizeFileSystem() throws(SystemError) {
        let raw = raw
        try check("synchronize the file system") { apus_syncfs(raw) }
    }

    /// flock(2), exclusive; false where another open file has it.
    public func tryLock() throws(SystemError) -> Bool {
        let raw = raw
        do throws(SystemError) {
            try check("lock descriptor \(raw)") { flock(raw, LOCK_EX | LOCK_NB) }
            return true
        } catch {
            if error.code == EWOULDBLOCK { return false }
            throw error
        }
    }
}

extension EntryStatus {
    init(_ buffer: stat) {
        kind =
            switch buffer.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .other
            }
        mode = buffer.st_mode & 0o7777
        uid = buffer.st_uid
        gid = buffer.st_gid
        sizeBytes = Int64(buffer.st_size)
        blocks = Int64(buffer.st_blocks)
        inode = UInt64(buffer.st_ino)
        device = UInt64(buffer.st_dev)
        deviceMajor = apus_major(buffer.st_rdev)
        deviceMinor = apus_minor(buffer.st_rdev)
        links = UInt64(buffer.st_nlink)
        modified = FileTime(
            seconds: Int64(buffer.st_mtim.tv_sec), nanoseconds: Int64(buffer.st_mtim.tv_nsec))
    }
}

extension timespec {
    init(_ time: FileTime) {
        self.init(tv_sec: time_t(time.seconds), tv_nsec: Int(time.nanoseconds))
    }
}
