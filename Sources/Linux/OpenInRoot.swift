internal import CLinux
internal import Glibc

/// How openat2(2) walks a path.
public struct Resolve: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// `/`, `..` and symbolic links stay below the directory that the walk begins at.
    public static let inRoot = Resolve(rawValue: UInt64(RESOLVE_IN_ROOT))
    /// A path that would leave the directory fails with EXDEV.
    public static let beneath = Resolve(rawValue: UInt64(RESOLVE_BENEATH))
    public static let noMagicLinks = Resolve(rawValue: UInt64(RESOLVE_NO_MAGICLINKS))
    public static let noSymlinks = Resolve(rawValue: UInt64(RESOLVE_NO_SYMLINKS))
    public static let noMounts = Resolve(rawValue: UInt64(RESOLVE_NO_XDEV))

    /// For anything that an image or a running container may have prepared.
    public static let hostile: Resolve = [.inRoot, .noMagicLinks]
}

/// What to open and how, for openat2(2).
public struct OpenMode: Sendable {
    public let flags: Int32
    public let mode: UInt32

    public init(_ flags: Int32, mode: UInt32 = 0) {
        self.flags = flags
        self.mode = mode
    }

    /// A handle that names the file and gives no access to what is in it.
    public static let path = OpenMode(APUS_O_PATH)
    /// The same for the last component itself, be it a symbolic link.
    public static let pathNoFollow = OpenMode(APUS_O_PATH | O_NOFOLLOW)
    public static let directory = OpenMode(O_RDONLY | O_DIRECTORY)
    public static let pathDirectory = OpenMode(APUS_O_PATH | O_DIRECTORY)
    public static let read = OpenMode(O_RDONLY | O_NOCTTY)
    public static let write = OpenMode(O_WRONLY | O_NOCTTY)
    public static let readWrite = OpenMode(O_RDWR | O_NOCTTY)

    /// A new file of the mode; EEXIST where the name is taken, even by a dangling link.
    public static func create(_ mode: UInt32) -> OpenMode {
        OpenMode(O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    }
}

/// Opens a path below a directory with openat2(2), always with O_CLOEXEC.
///
/// A walk that a concurrent rename(2) disturbs is made again, a bounded number of times.
public func openFile(
    in root: borrowing OwnedDescriptor, _ path: String, _ open: OpenMode,
    resolve: Resolve = .hostile
) throws(SystemError) -> OwnedDescriptor {
    var how = open_how()
    how.flags = UInt64(UInt32(bitPattern: open.flags | O_CLOEXEC))
    how.mode = UInt64(open.mode)
    how.resolve = resolve.rawValue
    let directory = root.raw
    var attempts = 0
    while true {
        let raw = unsafe path.withCString { unsafe apus_openat2(directory, $0, &how) }
        if raw >= 0 { return OwnedDescriptor(owning: Int32(raw)) }
        let code = apus_errno()
        attempts += 1
        guard code == EAGAIN || code == EINTR, attempts < 128 else {
            throw SystemError("open \(path)", code)
        }
    }
}
