internal import Glibc
internal import Linux

/// Unpacks the tar of a layer into a directory that overlayfs can take as one of its lower ones.
///
/// All calls are relative to descriptors of directories below the target, and none follows a link:
/// where a path leads is decided here, over the layers below and the target, so that an archive can
/// name nothing outside of the image.
final class LayerExtractor {
    let target: OpenDirectory
    /// The layers below.
    let below: MergedView
    private let limits: StoreLimits
    let space: SpaceGuard

    /// What the layer takes on the disk.
    var usage = DiskUsage()
    /// Directories get their times when they are filled.
    var directoryTimes: [(path: EntryPath, time: FileTime)] = []
    /// Directories below which the layers below are hidden.
    var opaque: Set<EntryPath> = []
    /// The directory of the last entry: the next is mostly in it too.
    var lastParent: (asked: EntryPath, parent: Parent)?

    /// A directory of the target.
    struct Parent {
        let directory: OpenDirectory
        /// Where it is; the path that was asked for may have led through links.
        let path: EntryPath
    }

    init(
        into path: String, over below: MergedView, limits: StoreLimits, space: SpaceGuard
    ) throws {
        target = try OpenDirectory(path: path)
        self.below = below
        self.limits = limits
        self.space = space
        try target.descriptor.setMode(0o755)
        if let top = below.top {
            let status = try top.descriptor.status()
            try FileAttributes(status).applyToDirectory(target.descriptor)
            directoryTimes.append((.root, status.modified))
        }
        usage.add(try target.descriptor.status())
    }

    /// Unpacks all entries. What is in the target when this throws is of no use.
    func extract(_ tar: TarReader) throws(StoreError) {
        var entries = 0
        while let entry = try tar.next() {
            entries += 1
            guard entries <= limits.layerEntries else {
                throw StoreError(
                    .exhausted, stage: "unpack layer", subject: entry.name,
                    cause: "the layer has more than \(limits.layerEntries) entries")
            }
            try storeStep("unpack layer", entry.name) {
                try space.willMakeFile()
                try unpack(entry, from: tar)
            }
        }
        try storeStep("unpack layer", "/") {
            try hideRootOfLayersBelow()
            try setDirectoryTimes()
        }
    }

    private func unpack(_ entry: TarEntry, from tar: TarReader) throws {
        let path = try EntryPath(entry.path)
        guard let name = path.last else { return try unpackRoot(entry) }
        let whiteout = Whiteout(name)
        if path.parent.names.contains(where: { Whiteout($0) != nil }) || whiteout == .ignored {
            return
        }
        let parent = try parent(for: path)
        switch whiteout {
        case .opaque: return try makeOpaque(parent)
        case .name(let hidden): return try hide(hidden, in: parent)
        case .ignored, nil: break
        }
        try make(entry, named: FileName(name), in: parent, tar)
    }

    private func unpackRoot(_ entry: TarEntry) throws {
        guard entry.kind == .directory else {
            throw StoreError(
                .invalid, stage: "unpack layer", subject: entry.name,
                cause: "the root of an image can only be a directory")
        }
        try entry.attributes.applyToDirectory(target.descriptor)
        directoryTimes.append((.root, entry.attributes.modified))
    }

    private func make(
        _ entry: TarEntry, named name: FileName, in parent: Parent, _ tar: TarReader
    ) throws {
        let directory = parent.directory
        switch entry.kind {
        case .regular:
            try makeFile(entry, named: name, in: parent, tar)
        case .directory:
            try makeDirectory(entry, named: name, in: parent)
        case .hardLink(let target):
            try makeHardLink(named: name, to: target, in: parent)
        case .symbolicLink(let target):
            try checkLinkTarget(target, of: entry)
            try replacing(name, in: parent) {
                try directory.descriptor.makeSymbolicLink(name, to: FileName(target))
            }
            try entry.attributes.apply(to: name, isLink: true, in: directory.descriptor)
        case .fifo:
            try replacing(name, in: parent) { try directory.descriptor.makeFifo(name) }
            try entry.attributes.apply(to: name, isLink: false, in: directory.descriptor)
        case .characterDevice(0, 0):
            // A layer made of overlayfs's own directory has its whiteouts as they are there.
            try hide(name.bytes, in: parent)
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            let isBlock = entry.kind == .blockDevice(major: major, minor: minor)
            try replacing(name, in: parent) {
                try directory.descriptor.makeDevice(
                    name, isBlock: isBlock, major: major, minor: minor)
            }
            try entry.attributes.apply(to: name, isLink: false, in: directory.descriptor)
        case .other:
            // Sockets mean nothing without the process that listens.
            break
        }
    }

    private func makeFile(
        _ entry: TarEntry, named name: FileName, in parent: Parent, _ tar: TarReader
    ) throws {
        let file = try replacing(name, in: parent) {
            try parent.directory.descriptor.openBeneath(
                name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        }
        let written = try tar.writeContents(to: file, sizeBytes: entry.sizeBytes) {
            bytes throws(StoreError) in try space.willWrite(bytes)
        }
        usage.sizeBytes += (written + 4095) & ~4095
        try entry.attributes.apply(to: file)
    }

    private func makeDirectory(
        _ entry: TarEntry, named name: FileName, in parent: Parent
    ) throws {
        let directory = parent.directory
        let path = parent.path.appending(name.bytes)
        let existing = try directory.descriptor.status(of: name)
        if existing?.kind != .directory {
            if existing != nil { try clear(name, in: parent) }
            try directory.descriptor.makeDirectory(name)
            countNew(directory: true)
        }
        let made = try parent.directory.child(name)
        // Where a whiteout was, the directory of that name below must stay hidden.
        if existing?.isWhiteout == true { try makeOpaque(made, at: path) }
        try entry.attributes.applyToDirectory(made.descriptor)
        directoryTimes.append((path, entry.attributes.modified))
    }

    private func makeHardLink(named name: FileName, to target: [UInt8], in parent: Parent) throws {
        let path = try EntryPath(target)
        guard let last = path.last else { throw refusedLink(target, "it is the root") }
        let other = try self.parent(for: path)
        let source = FileName(last)
        if other.path == parent.path && source == name { return }
        try bringUp(source, in: other, for: target)
        try replacing(name, in: parent) {
            try parent.directory.descriptor.makeHardLink(
                name, to: source, in: other.directory.descriptor)
        }
        usage.inodes -= 1
    }

    /// Makes sure that the target has the file itself: overlayfs cannot link into another layer, so
    /// that one of the layers below is copied, as the kernel would.
    private func bringUp(_ name: FileName, in parent: Parent, for target: [UInt8]) throws {
        if let status = try parent.directory.descriptor.status(of: name) {
            if status.kind == .directory { throw refusedLink(target, "it is a directory") }
            if !status.isWhiteout { return }
        } else if !isHidden(parent.path),
            case .file(let directory, let status) = try below.lookup(
                parent.path.appending(name.bytes))
        {
            return try copyUp(name, status, from: directory, to: parent)
        }
        throw refusedLink(target, "there is no such file in the image")
    }

    private func checkLinkTarget(_ target: [UInt8], of entry: TarEntry) throws(StoreError) {
        guard !target.isEmpty, target.count < 4096 else {
            throw StoreError(
                .invalid, stage: "unpack layer", subject: entry.name,
                cause: "the target of the symbolic link is \(target.isEmpty ? "empty" : "too long")"
            )
        }
    }

    private func refusedLink(_ target: [UInt8], _ cause: String) -> StoreError {
        StoreError(
            .invalid, stage: "unpack layer", subject: String(decoding: target, as: UTF8.self),
            cause: "a hard link to it is refused: \(cause)", hint: "build the image again")
    }
}
