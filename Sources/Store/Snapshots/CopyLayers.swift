internal import Glibc
internal import Linux

extension Store {
    /// Where overlayfs cannot be had: copies what the committed snapshots, lowest first, show
    /// together into a directory.
    func copyLayers(_ layers: [Int64], to directory: String) throws(StoreError) {
        let space = try SpaceGuard(directory, limits: limits)
        try storeStep("copy layers", directory) {
            let view = try MergedView(
                directories: layers.reversed().map(paths.files(ofSnapshot:)))
            guard case .directory(let parts, let status) = try view.lookup(.root) else { return }
            var copy = TreeCopy(view: view, space: space, root: try OpenDirectory(path: directory))
            try copy.fill(copy.root, from: parts, at: .root, FileAttributes(status))
        }
    }
}

/// Copies a merged tree, names of one file as names of one file.
private struct TreeCopy {
    let view: MergedView
    let space: SpaceGuard
    let root: OpenDirectory

    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Where a file with several names was copied to first.
    private var linked: [Identity: EntryPath] = [:]

    init(view: MergedView, space: SpaceGuard, root: OpenDirectory) {
        self.view = view
        self.space = space
        self.root = root
    }

    mutating func fill(
        _ target: OpenDirectory, from parts: [OpenDirectory], at path: EntryPath,
        _ attributes: FileAttributes
    ) throws {
        for name in try view.names(in: parts) {
            guard let found = try MergedView.lookup(name, in: parts) else { continue }
            try space.willMakeFile()
            let place = path.appending(name.bytes)
            switch found {
            case .directory(let children, let status):
                try target.descriptor.makeDirectory(name)
                let attributes = try FileAttributes(status, of: children[0].descriptor)
                try fill(try target.child(name), from: children, at: place, attributes)
            case .file(let directory, let status):
                try copy(name, status, from: directory, to: target, at: place)
            }
        }
        try attributes.applyToDirectory(target.descriptor)
        try target.descriptor.setTime(attributes.modified)
    }

    private mutating func copy(
        _ name: FileName, _ status: EntryStatus, from source: OpenDirectory,
        to target: OpenDirectory, at place: EntryPath
    ) throws {
        let identity = Identity(device: status.device, inode: status.inode)
        if let first = linked[identity], let last = first.last {
            let directory =
                first.parent.names.isEmpty ? root : try root.child(first.parent.fileName)
            try target.descriptor.makeHardLink(
                name, to: FileName(last), in: directory.descriptor)
            return
        }
        try space.willWrite(Int(clamping: status.blocks) * 512)
        _ = try copyFile(name, status, from: source.descriptor, to: target.descriptor)
        if status.links > 1 { linked[identity] = place }
    }
}
