internal import CLinux
internal import Glibc

/// What a mount allows, whatever its filesystem says (mount_setattr(2)).
public struct MountAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let readOnly = MountAttributes(rawValue: 0x1)
    public static let noSetuid = MountAttributes(rawValue: 0x2)
    public static let noDevices = MountAttributes(rawValue: 0x4)
    public static let noExec = MountAttributes(rawValue: 0x8)
    public static let noAccessTime = MountAttributes(rawValue: 0x10)
    public static let strictAccessTime = MountAttributes(rawValue: 0x20)
    /// Every way of keeping access times; `relatime` is the absence of the others.
    public static let accessTimes = MountAttributes(rawValue: 0x70)
    public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
    public static let idmap = MountAttributes(rawValue: 0x10_0000)
    public static let noSymlinkFollow = MountAttributes(rawValue: 0x20_0000)
}

/// How mounts and unmounts below a mount are shared with its peers (mount_namespaces(7)).
public enum Propagation: UInt64, Sendable {
    case unbindable = 0x2_0000
    case `private` = 0x4_0000
    case slave = 0x8_0000
    case shared = 0x10_0000
}

/// A filesystem that is being configured (fsopen(2)).
public struct FilesystemContext: ~Copyable {
    private let context: OwnedDescriptor
    private let type: String

    public init(_ type: String) throws(SystemError) {
        let raw = try check("open filesystem \(type)") { unsafe apus_fsopen(type, 1) }
        context = OwnedDescriptor(owning: Int32(raw))
        self.type = type
    }

    /// Of the filesystem that a mounted file lies on, to be configured anew (fspick(2)).
    public init(of file: borrowing OwnedDescriptor, name: String) throws(SystemError) {
        let target = file.raw
        let raw = try check("open the filesystem of \(name)") {
            // FSPICK_CLOEXEC | FSPICK_EMPTY_PATH
            unsafe apus_fspick(target, "", 0x1 | 0x8)
        }
        context = OwnedDescriptor(owning: Int32(raw))
        type = name
    }

    /// Puts what was set into force, on a filesystem that is in use.
    public func reconfigure() throws(SystemError) {
        try configure(7, nil, nil, "change the filesystem \(type)")
    }

    public func set(flag: String) throws(SystemError) {
        try configure(0, flag, nil, "set \(flag) of \(type)")
    }

    public func set(_ key: String, to value: String) throws(SystemError) {
        try configure(1, key, value, "set \(key)=\(value) of \(type)")
    }

    /// Makes the superblock and a mount of it that is not attached anywhere yet.
    public func mount(_ attributes: MountAttributes = []) throws(SystemError) -> OwnedDescriptor {
        try configure(6, nil, nil, "create filesystem \(type)")
        let raw = context.raw
        let made = apus_fsmount(raw, 1, UInt32(truncatingIfNeeded: attributes.rawValue))
        if made >= 0 { return OwnedDescriptor(owning: Int32(made)) }
        let code = apus_errno()
        throw SystemError("mount filesystem \(type)\(kernelMessages())", code)
    }

    private func configure(
        _ command: UInt32, _ key: String?, _ value: String?, _ doing: @autoclosure () -> String
    ) throws(SystemError) {
        let raw = context.raw
        let result =
            if let key, let value {
                unsafe apus_fsconfig(raw, command, key, value, 0)
            } else if let key {
                unsafe apus_fsconfig(raw, command, key, nil, 0)
            } else {
                apus_fsconfig(raw, command, nil, nil, 0)
            }
        guard result < 0 else { return }
        let code = apus_errno()
        throw SystemError("\(doing())\(kernelMessages())", code)
    }

    /// What the kernel has to say about the failure: ` (tmpfs: Bad value for 'size')`.
    private func kernelMessages() -> String {
        var texts: [String] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        let raw = context.raw
        while texts.count < 8 {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe read(raw, $0.baseAddress, $0.count)
            }
            guard count > 2 else { break }
            // "e tmpfs: ...": a letter for the level, then the text.
            texts.append(String(decoding: buffer[2..<count], as: UTF8.self))
        }
        guard !texts.isEmpty else { return "" }
        let joined = texts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
        return " (\(joined.joined(separator: "; ")))"
    }
}

/// Mounts that are named by descriptors.
public enum MountTree {
    private static let cloneFlags: UInt32 = 0x1 | UInt32(O_CLOEXEC)
    private static let recursive: UInt32 = 0x8000

    /// A copy of the mount that a path of the host is on, from that path down, attached nowhere.
    public static func clone(
        path: String, recursive: Bool
    ) throws(SystemError) -> OwnedDescriptor {
        try clone(-100, path, recursive ? Self.recursive : 0, path)
    }

    /// The same of what a descriptor names.
    public static func clone(
        _ file: borrowing OwnedDescriptor, recursive: Bool, name: String
    ) throws(SystemError) -> OwnedDescriptor {
        try clone(file.raw, "", 0x1000 | (recursive ? Self.recursive : 0), name)
    }

    private static func clone(
        _ directory: Int32, _ path: String, _ flags: UInt32, _ name: String
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = try check("bind \(name)") {
            unsafe apus_open_tree(directory, path, cloneFlags | flags)
        }
        return OwnedDescriptor(owning: Int32(raw))
    }

    /// Attaches a detached mount, or moves an attached one, onto what a descriptor names.
    public static func attach(
        _ mount: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor, name: String
    ) throws(SystemError) {
        let (from, to) = (mount.raw, target.raw)
        // Both empty paths: exactly the two descriptors, whatever their names mean by now.
        try check("attach a mount to \(name)") {
            unsafe apus_move_mount(from, "", to, "", 0x4 | 0x40)
        }
    }

    /// mount_setattr(2) of the mount that a descriptor is the root of.
    public static func change(
        _ mount: borrowing OwnedDescriptor, set: MountAttributes = [],
        clear: MountAttributes = [], propagation: Propagation? = nil, recursive: Bool = false,
        userNamespace: Int32? = nil, name: String
    ) throws(SystemError) {
        var attributes = apus_mount_attr(
            attr_set: set.rawValue, attr_clr: clear.rawValue,
            propagation: propagation?.rawValue ?? 0, userns_fd: UInt64(userNamespace ?? 0))
        let raw = mount.raw
        try check("change the mount \(name)") {
            unsafe apus_mount_setattr(
                raw, "", 0x1000 | (recursive ? Self.recursive : 0), &attributes)
        }
    }

    /// Makes a descriptor's mount the root and takes the old tree away. The process stands in `/`.
    public static func pivotRoot(to root: borrowing OwnedDescriptor) throws(SystemError) {
        let old = try openFile("/", O_DIRECTORY | O_RDONLY)
        try root.makeWorkingDirectory()
        // "." for both stacks the old root over the new one, so that it needs no directory.
        try check("pivot the root") { unsafe apus_pivot_root(".", ".") }
        try old.makeWorkingDirectory()
        try change(old, propagation: .slave, recursive: true, name: "of the old root")
        try check("detach the old root") { unsafe umount2(".", Int32(MNT_DETACH)) }
        try check("change directory to /") { unsafe chdir("/") }
    }

    /// Without pivot_root(2), for a root that is a ramdisk: moves the mount over `/`.
    public static func moveRoot(to root: borrowing OwnedDescriptor) throws(SystemError) {
        let top = try openFile("/", APUS_O_PATH | O_DIRECTORY)
        try root.makeWorkingDirectory()
        try attach(root, to: top, name: "/")
        try changeRoot()
    }

    /// chroot(2) to the working directory.
    public static func changeRoot() throws(SystemError) {
        try check("change the root") { unsafe apus_chroot(".") }
        try check("change directory to /") { unsafe chdir("/") }
    }

    /// umount2(2) with MNT_DETACH of the mount that begins at the file that a descriptor names;
    /// `descriptors` is its directory in a procfs, /proc/PID/fd.
    public static func detach(
        _ mount: borrowing OwnedDescriptor, descriptors: borrowing OwnedDescriptor, name: String
    ) throws(SystemError) {
        try descriptors.makeWorkingDirectory()
        let number = "\(mount.raw)"
        try check("unmount \(name)") { unsafe umount2(number, Int32(MNT_DETACH)) }
    }

    /// umount2(2) of a host path with MNT_DETACH.
    public static func detach(path: String) throws(SystemError) {
        try check("unmount \(path)") { unsafe umount2(path, Int32(MNT_DETACH)) }
    }
}
