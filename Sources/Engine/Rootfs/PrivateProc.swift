internal import CLinux
internal import Glibc
package import Linux

/// A procfs of the engine's own, mounted nowhere.
///
/// A container's /proc may be anything: a link, a tmpfs with prepared files, a procfs with files
/// mounted over it. What the engine reads and writes of a process it does here, where only the
/// kernel has a say, and never through a mount or a link (RESOLVE_NO_XDEV).
package struct PrivateProc: ~Copyable {
    /// Its top directory.
    package let root: OwnedDescriptor
    /// It was made here; else it is the host's.
    private let isOwn: Bool

    /// Of the pid namespace of the calling process. Where that cannot be mounted, which happens in
    /// a user namespace that does not own it, `fallback` is used: the host's own /proc, opened
    /// before any container was entered.
    package init(fallback: borrowing OwnedDescriptor) throws(SystemError) {
        do throws(SystemError) {
            root = try Self.make()
            isOwn = true
        } catch {
            guard error.code == EPERM || error.code == ENODEV else { throw error }
            root = try fallback.duplicate()
            isOwn = false
        }
    }

    /// Of the calling process's own pid namespace; it has to be allowed to mount one.
    package init() throws(SystemError) {
        root = try Self.make()
        isOwn = true
    }

    private static let source = "proc"
    private static let attributes: MountAttributes = [.noSetuid, .noDevices, .noExec]

    private static func make() throws(SystemError) -> OwnedDescriptor {
        let context = try FilesystemContext("proc")
        try context.set("source", to: source)
        return try context.mount(attributes)
    }

    /// A second mount of the same procfs, for the container: one filesystem less to be made, and to
    /// be taken apart. nil where the container's has to differ, or the kernel cannot copy a mount that
    /// is attached nowhere (before Linux 6.15).
    func share(_ source: String?, _ options: MountOptions) -> OwnedDescriptor? {
        let own = options.set.union(options.clear)
        guard isOwn, let source, source == Self.source, options.parameters.isEmpty,
            own.isDisjoint(with: MountAttributes.accessTimes.union(.readOnly)),
            let mount = try? MountTree.clone(root, recursive: false, name: source)
        else { return nil }
        do throws(SystemError) {
            let surplus = Self.attributes.subtracting(options.set)
            try MountTree.change(mount, set: options.set, clear: surplus, name: source)
            return mount
        } catch {
            return nil
        }
    }

    /// Mounts it on a path that is about to vanish with all that is mounted there. Closed while it
    /// is mounted nowhere, it would make the kernel wait until nobody looks at it any more (an RCU
    /// grace period, 0.1 ms).
    func leave(at path: String) throws(SystemError) {
        guard isOwn else { throw SystemError("mount the host's procfs", EINVAL) }
        let place = try openFile(path, OpenMode.pathDirectory.flags)
        try MountTree.attach(root, to: place, name: path)
    }

    /// /proc of the host, verified to be a procfs.
    package static func openHost() throws(SystemError) -> OwnedDescriptor {
        let proc = try openFile(
            in: try openFile("/", O_RDONLY | O_DIRECTORY), "proc", .directory,
            resolve: [.noSymlinks, .beneath])
        guard try FilesystemMagic(of: proc) == .procfs else {
            throw SystemError("open /proc, which is no procfs", ENODEV)
        }
        return proc
    }

    /// A file of procfs itself: neither a link nor anything that is mounted there.
    package func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> OwnedDescriptor {
        // `self` is the one link that procfs needs; it leads to a number beside it.
        var path = path
        if path.hasPrefix("self/") {
            let own = try openFile(
                in: root, "self", .pathNoFollow, resolve: [.beneath, .noMounts]
            ).readLink()
            path = own + path.dropFirst(4)
        }
        return try openFile(
            in: root, path, mode, resolve: [.beneath, .noMounts, .noMagicLinks, .noSymlinks])
    }

    /// Writes a whole value with one write(2), as files of procfs want it.
    package func write(_ text: String, to path: String) throws(SystemError) {
        let file = try open(path, .write)
        let bytes = Array(text.utf8)
        do throws(SystemError) {
            guard try file.write(bytes[...]) == bytes.count else {
                throw SystemError("", EIO)
            }
        } catch {
            throw SystemError("write \(text) to /proc/\(path)", error.code)
        }
    }

    /// What a descriptor of the calling process names, as the kernel tells it.
    package func pathOf(_ file: borrowing OwnedDescriptor) throws(SystemError) -> String {
        let link = try open("self/fd", .directory)
        return try link.readLink("\(file.raw)")
    }

    /// A second opening of a file of which the process has an O_PATH descriptor.
    package func reopen(
        _ file: borrowing OwnedDescriptor, _ flags: Int32
    ) throws(SystemError) -> OwnedDescriptor {
        let directory = try open("self/fd", .directory)
        return try openFile(at: directory, "\(file.raw)", flags)
    }
}
