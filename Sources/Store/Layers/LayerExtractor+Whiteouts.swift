internal import Glibc
internal import Linux

/// What a layer takes away from those below it, in overlayfs's form. It never concerns what the same
/// layer brings, whichever comes first in the archive (image-spec layer.md, Whiteouts).
extension LayerExtractor {
    /// Hides one name of the layers below.
    func hide(_ name: [UInt8], in parent: Parent) throws {
        guard !name.isEmpty, name != EntryPath.here, name != EntryPath.above else {
            throw StoreError(
                .invalid, stage: "unpack layer", subject: "\(parent.path.fileName)",
                cause: "a whiteout names no file", hint: "build the image again")
        }
        let path = parent.path.appending(name)
        let fileName = FileName(name)
        let directory = parent.directory
        // At the bottom, or of what is hidden anyway, a device node would only be in the way.
        guard !isHidden(parent.path), try below.lookup(path) != nil else { return }
        guard let status = try directory.descriptor.status(of: fileName) else {
            lastParent = nil
            try directory.descriptor.makeDevice(fileName, isBlock: false, major: 0, minor: 0)
            usage.inodes += 1
            return
        }
        if status.kind == .directory {
            try makeOpaque(try parent.directory.child(fileName), at: path)
        }
    }

    /// Hides all that the layers below have in a directory.
    func makeOpaque(_ parent: Parent) throws {
        try makeOpaque(parent.directory, at: parent.path)
    }

    func makeOpaque(_ directory: OpenDirectory, at path: EntryPath) throws {
        opaque.insert(path)
        // overlayfs does not look for the mark on its roots; see hideRootOfLayersBelow.
        guard !path.names.isEmpty, !below.isEmpty else { return }
        try directory.descriptor.setAttribute(opaqueAttribute, Array("y".utf8))
    }

    /// An opaque directory of this layer is on the way.
    func isHidden(_ path: EntryPath) -> Bool {
        !opaque.isEmpty
            && (0...path.names.count).contains {
                opaque.contains(EntryPath(names: Array(path.names.prefix($0))))
            }
    }

    /// A layer that hides all below it, at its root: name by name.
    func hideRootOfLayersBelow() throws {
        guard opaque.remove(.root) != nil,
            case .directory(let parts, _) = try below.lookup(.root)
        else { return }
        let root = Parent(directory: target, path: .root)
        for name in try below.names(in: parts) { try hide(name.bytes, in: root) }
    }
}
