internal import CLinux
internal import Glibc
internal import Linux

/// Paths that a container may not see, or may not write.
extension MountSteps {
    /// Covers files with the host's verified /dev/null, and directories with one empty read-only
    /// tmpfs that they share: a filesystem for each would be reaped one by one when the container
    /// ends. A path that the image or the kernel does not have needs no mask.
    func mask(_ paths: [String]) throws(EngineError) {
        guard !paths.isEmpty else { return }
        guard let null = hostNull else {
            throw EngineError("mask paths", "the host's /dev/null was not opened")
        }
        // Copies can be made of a mount that is attached in this namespace, so the first use of
        // each kind attaches the original.
        var file: Cover?
        var directory: Cover?
        for path in paths {
            do throws(SystemError) {
                guard let target = try rootfs.openIfPresent(path) else { continue }
                if try FileStatus(of: target).kind == .directory {
                    if directory == nil { directory = Cover(try Self.makeEmptyDirectory()) }
                    try directory?.attach(to: target, name: path)
                } else {
                    if file == nil { file = try Cover(sharing: null.descriptor) }
                    try file?.attach(to: target, name: path)
                    try verifyMask(path)
                }
            } catch {
                throw EngineError(error, during: "mask \(path)")
            }
        }
    }

    /// What the container will see at the path is the null device, whatever raced with the mask.
    private func verifyMask(_ path: String) throws(SystemError) {
        let seen = try rootfs.open(path)
        guard try FileStatus(of: seen).isCharacter(1, 3) else {
            throw SystemError("\(path) is not /dev/null after it was masked", EBUSY)
        }
    }

    private static func makeEmptyDirectory() throws(SystemError) -> OwnedDescriptor {
        let context = try FilesystemContext("tmpfs")
        try context.set("nr_blocks", to: "1")
        try context.set("nr_inodes", to: "1")
        try context.set("mode", to: "755")
        return try context.mount([.readOnly, .noSetuid, .noDevices, .noExec])
    }

    /// Binds each path to itself, read-only with all that is mounted below it. The flags that the
    /// mount came with stay.
    func makeReadOnly(_ paths: [String]) throws(EngineError) {
        for path in paths {
            do throws(SystemError) {
                guard let target = try rootfs.openIfPresent(path) else { continue }
                let mount = try MountTree.clone(target, recursive: true, name: path)
                try MountTree.change(mount, set: .readOnly, recursive: true, name: path)
                try MountTree.attach(mount, to: target, name: path)
            } catch {
                throw EngineError(error, during: "make \(path) read-only")
            }
        }
    }

    /// Of the root itself, by descriptor: no path of the image has a say.
    func makeRootReadOnly() throws(EngineError) {
        do throws(SystemError) {
            try MountTree.change(rootfs.root, set: .readOnly, name: "/")
        } catch {
            throw EngineError(error, during: "make the rootfs read-only")
        }
    }
}

/// A mount that covers many places.
private struct Cover: ~Copyable {
    private let original: OwnedDescriptor
    private var isAttached = false

    init(_ original: consuming OwnedDescriptor) { self.original = original }

    init(sharing original: borrowing OwnedDescriptor) throws(SystemError) {
        self.original = try original.duplicate()
    }

    mutating func attach(
        to target: borrowing OwnedDescriptor, name: String
    ) throws(SystemError) {
        guard isAttached else {
            try MountTree.attach(original, to: target, name: name)
            isAttached = true
            return
        }
        let copy = try MountTree.clone(original, recursive: false, name: name)
        try MountTree.attach(copy, to: target, name: name)
    }
}
