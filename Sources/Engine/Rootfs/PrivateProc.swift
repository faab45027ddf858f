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

    /// Of the pid namespace of the calling process. Where that cannot be mounted, which happens in
    /// a user namespace that does not own it, `fallback` is used: the host's own /proc, opened
    /// before any container was entered.
    package init(fallback: borrowing OwnedDescriptor) throws(SystemError) {
        do throws(SystemError) {
            root = try FilesystemContext("proc").mount([.noSetuid, .noDevices, .noExec])
        } catch {
            guard error.code == EPERM || error.code == ENODEV else { throw error }
            root = try fallback.duplicate()
        }
    }

    /// Of the calling process's own pid namespace; it has to be allowed to mount one.
    package init() throws(SystemError) {
        root = try FilesystemContext("proc").mount([.noSetuid, .noDevices, .noExec])
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
