internal import CLinux
internal import Glibc
internal import Linux

/// The root of a container that is being set up: hostile ground that is only touched through
/// descriptors. Every walk stays below the root and follows no magic link.
struct Rootfs: ~Copyable {
    private(set) var root: OwnedDescriptor

    init(_ root: consuming OwnedDescriptor) { self.root = root }

    /// A mount that has been attached over the root becomes the root.
    mutating func replaceRoot(with mount: consuming OwnedDescriptor) { root = mount }

    func open(_ path: String, _ mode: OpenMode = .path) throws(SystemError) -> OwnedDescriptor {
        try openFile(in: root, path, mode)
    }

    /// nil where there is nothing at the path.
    func openIfPresent(
        _ path: String, _ mode: OpenMode = .path
    ) throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try open(path, mode)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    /// A path no component of which may be a link: `/proc` must be where it says it is.
    func openWithoutLinks(
        _ path: String, _ mode: OpenMode = .pathDirectory
    ) throws(SystemError) -> OwnedDescriptor {
        try openFile(in: root, path, mode, resolve: [.inRoot, .noMagicLinks, .noSymlinks])
    }

    /// Opens a directory, and makes it and those above it where they are missing.
    func directory(_ path: String, mode: UInt32 = 0o755) throws(SystemError) -> OwnedDescriptor {
        if let found = try existing(path, .pathDirectory) { return found }
        return try make(path, .directory, mode: mode)
    }

    /// Opens what is at the path, or makes an empty file there, with the directories above it.
    func file(_ path: String) throws(SystemError) -> OwnedDescriptor {
        if let found = try existing(path, .path) { return found }
        return try make(path, .file, mode: 0o755)
    }

    private func existing(
        _ path: String, _ mode: OpenMode
    ) throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try open(path, mode)
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    private static let mostLinks = 40

    /// Walks component by component and makes what is missing. A link is followed by hand, also one
    /// that points to nothing yet: images have `/etc/resolv.conf -> ../run/resolve/stub.conf`.
    private func make(
        _ path: String, _ kind: FileStatus.Kind, mode: UInt32
    ) throws(SystemError) -> OwnedDescriptor {
        var done: [Substring] = []
        var pending = Array(path.pathNames.reversed())
        var links = 0
        var current = try openFile(in: root, ".", .pathDirectory)
        while let name = pending.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = done.popLast()
                current = try open("./" + done.joined(separator: "/"), .pathDirectory)
                continue
            }
            let wanted = pending.isEmpty ? kind : .directory
            let child = try Self.openOrMake(String(name), in: current, wanted, mode: mode)
            guard try FileStatus(of: child).kind == .link else {
                done.append(name)
                current = child
                continue
            }
            links += 1
            guard links <= Self.mostLinks, try FilesystemMagic(of: child) != .procfs else {
                throw SystemError("open \(path)", ELOOP)
            }
            let target = try child.readLink()
            pending += target.pathNames.reversed()
            if target.beginsWithSlash {
                done = []
                current = try openFile(in: root, ".", .pathDirectory)
            }
        }
        return current
    }

    private static func openOrMake(
        _ name: String, in directory: borrowing OwnedDescriptor, _ kind: FileStatus.Kind,
        mode: UInt32
    ) throws(SystemError) -> OwnedDescriptor {
        let resolve: Resolve = [.beneath, .noMagicLinks]
        do throws(SystemError) {
            return try openFile(in: directory, name, .pathNoFollow, resolve: resolve)
        } catch {
            guard error.code == ENOENT else { throw error }
        }
        do throws(SystemError) {
            if kind == .directory {
                try directory.makeDirectory(name, mode: mode)
            } else {
                try directory.makeNode(name, .file, mode: mode)
            }
        } catch {
            // Somebody else was faster; whatever it is, it is looked at like everything here.
            guard error.code == EEXIST else { throw error }
        }
        return try openFile(in: directory, name, .pathNoFollow, resolve: resolve)
    }
}
