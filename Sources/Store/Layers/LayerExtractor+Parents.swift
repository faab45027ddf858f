internal import Glibc
internal import Linux

/// Where the entries of a layer go: the directories that lead to them, and what is there already.
extension LayerExtractor {
    /// The directory that an entry goes into; what is missing of it is made, as it is in the layers
    /// below or else with mode 0o755.
    func parent(for path: EntryPath) throws -> Parent {
        let asked = path.parent
        if let lastParent, lastParent.asked == asked { return lastParent.parent }
        let parent = try openParent(asked) ?? makeParents(asked)
        lastParent = (asked, parent)
        return parent
    }

    /// The usual case: every part of the path is a directory that this layer has.
    private func openParent(_ path: EntryPath) throws -> Parent? {
        if path.names.isEmpty { return Parent(directory: target, path: path) }
        do {
            return Parent(directory: try target.child(path.fileName), path: path)
        } catch {
            guard [ENOENT, ENOTDIR, ELOOP].contains(error.code) else { throw error }
            return nil
        }
    }

    /// Goes down name by name, through symbolic links of this layer and of those below.
    private func makeParents(_ asked: EntryPath) throws -> Parent {
        var pending = asked.names[...]
        var place = Parent(directory: target, path: .root)
        var links = 0
        while let name = pending.popFirst() {
            if name == EntryPath.here { continue }
            if name == EntryPath.above {
                place = try openParent(place.path.parent) ?? place
                continue
            }
            switch try descend(into: name, from: place) {
            case .directory(let next): place = next
            case .link(let link):
                links += 1
                guard links <= 40 else {
                    throw refused(asked, "it leads through too many symbolic links")
                }
                if link.isAbsolute { place = Parent(directory: target, path: .root) }
                pending = link.names + pending
            }
        }
        return place
    }

    private enum Step {
        case directory(Parent)
        case link((isAbsolute: Bool, names: [[UInt8]]))
    }

    private func descend(into name: [UInt8], from parent: Parent) throws -> Step {
        let directory = parent.directory
        let fileName = FileName(name)
        let path = parent.path.appending(name)
        guard path.names.count <= 1024 else { throw refused(path, "it is too deep") }
        guard let status = try directory.descriptor.status(of: fileName) else {
            return try descendBelow(fileName, path, from: parent)
        }
        switch status.kind {
        case .directory:
            break
        case .symbolicLink:
            return .link(
                EntryPath.components(ofLink: try directory.descriptor.readLink(fileName).bytes))
        case _ where status.isWhiteout:
            try directory.descriptor.unlink(fileName)
            try makeImplicitDirectory(fileName, in: parent)
            try makeOpaque(try parent.directory.child(fileName), at: path)
        default:
            throw refused(path, "a file of the same layer is in its way")
        }
        return .directory(Parent(directory: try parent.directory.child(fileName), path: path))
    }

    /// This layer does not have it yet: as it is below.
    private func descendBelow(
        _ name: FileName, _ path: EntryPath, from parent: Parent
    ) throws -> Step {
        switch isHidden(parent.path) ? nil : try below.lookup(path) {
        case .file(let directory, let status) where status.kind == .symbolicLink:
            return .link(
                EntryPath.components(ofLink: try directory.descriptor.readLink(name).bytes))
        case .directory(let parts, let status):
            try parent.directory.descriptor.makeDirectory(name)
            countNew(directory: true)
            let made = try parent.directory.child(name)
            try FileAttributes(status, of: parts[0].descriptor).applyToDirectory(made.descriptor)
            directoryTimes.append((path, status.modified))
            return .directory(Parent(directory: made, path: path))
        default:
            try makeImplicitDirectory(name, in: parent)
            return .directory(Parent(directory: try parent.directory.child(name), path: path))
        }
    }

    private func makeImplicitDirectory(_ name: FileName, in parent: Parent) throws {
        try parent.directory.descriptor.makeDirectory(name)
        try parent.directory.descriptor.setMode(name, 0o755)
        countNew(directory: true)
    }

    /// Makes something that must be new; what is in its way, of an earlier entry, goes.
    func replacing<Result: ~Copyable>(
        _ name: FileName, in parent: Parent, _ make: () throws -> Result
    ) throws -> Result {
        countNew(directory: false)
        do {
            return try make()
        } catch let error as SystemError where error.code == EEXIST {
            try clear(name, in: parent)
            return try make()
        }
    }

    func clear(_ name: FileName, in parent: Parent) throws {
        let directory = parent.directory
        guard let status = try directory.descriptor.status(of: name) else { return }
        // It may have led through what goes now.
        lastParent = nil
        if status.kind == .directory {
            let path = parent.path.appending(name.bytes)
            opaque = opaque.filter { !$0.names.starts(with: path.names) }
            directoryTimes.removeAll { $0.path.names.starts(with: path.names) }
        }
        try directory.descriptor.removeTree(name)
        usage.inodes -= 1
    }

    func countNew(directory: Bool) {
        usage.inodes += 1
        if directory { usage.sizeBytes += 4096 }
    }

    /// Copies a file of a layer below into this one.
    func copyUp(
        _ name: FileName, _ status: EntryStatus, from source: OpenDirectory, to parent: Parent
    ) throws {
        countNew(directory: false)
        try space.willWrite(Int(clamping: status.sizeBytes))
        usage.sizeBytes += try copyFile(
            name, status, from: source.descriptor, to: parent.directory.descriptor)
    }

    func setDirectoryTimes() throws {
        // Deepest last would change those above again; the last word on a directory counts.
        for (path, time) in directoryTimes {
            try target.descriptor.openBeneath(path.fileName, O_RDONLY | O_DIRECTORY).setTime(time)
        }
    }

    private func refused(_ path: EntryPath, _ cause: String) -> StoreError {
        StoreError(
            .invalid, stage: "unpack layer", subject: "\(path.fileName)",
            cause: "the path is refused: \(cause)", hint: "build the image again")
    }
}
