internal import Glibc
internal import Linux

/// A directory that several parts of the code hold open.
final class OpenDirectory: Sendable {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    convenience init(path: String) throws(SystemError) {
        self.init(try openFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    }

    func child(_ name: FileName) throws(SystemError) -> OpenDirectory {
        OpenDirectory(try descriptor.openBeneath(name, O_RDONLY | O_DIRECTORY))
    }
}

/// Unpacked layers as overlayfs would show them one over the other, without a mount.
///
/// Nothing is ever resolved by the kernel across a symbolic link, so that no link of an image leads
/// out of it.
struct MergedView: Sendable {
    /// What a path names.
    enum Found: Sendable {
        /// Its own directory in each layer that has a part of it, top first.
        case directory([OpenDirectory], EntryStatus)
        /// In which directory of which layer it lies.
        case file(in: OpenDirectory, EntryStatus)

        var status: EntryStatus {
            switch self {
            case .directory(_, let status), .file(_, let status): status
            }
        }
    }

    /// Top first.
    private let roots: [OpenDirectory]

    init(directories: [String]) throws(SystemError) {
        var roots: [OpenDirectory] = []
        for path in directories { roots.append(try OpenDirectory(path: path)) }
        self.roots = roots
    }

    var isEmpty: Bool { roots.isEmpty }

    /// The topmost root, whose owner and mode are those of `/`.
    var top: OpenDirectory? { roots.first }

    /// What is there, following no symbolic link; nil where there is nothing.
    func lookup(_ path: EntryPath) throws(SystemError) -> Found? {
        guard let top else { return nil }
        var found = Found.directory(roots, try top.descriptor.status())
        for name in path.names {
            guard case .directory(let parts, _) = found,
                let next = try Self.lookup(FileName(name), in: parts)
            else { return nil }
            found = next
        }
        return found
    }

    /// Where a path leads when its symbolic links are followed, with `..` stopping at the root.
    func resolve(_ path: String) throws(SystemError) -> (path: EntryPath, found: Found)? {
        var pending = Array(path.utf8).split(separator: UInt8(ascii: "/")).map(Array.init)[...]
        var place = EntryPath.root
        var links = 0
        while let name = pending.popFirst() {
            if name == EntryPath.here { continue }
            if name == EntryPath.above {
                place = place.parent
                continue
            }
            let next = place.appending(name)
            guard let found = try lookup(next) else { return nil }
            guard case .file(let parent, let status) = found, status.kind == .symbolicLink else {
                place = next
                continue
            }
            links += 1
            guard links <= 40 else { throw SystemError("resolve \(path)", ELOOP) }
            let target = EntryPath.components(
                ofLink: try parent.descriptor.readLink(FileName(name)).bytes)
            if target.isAbsolute { place = .root }
            pending = target.names + pending
        }
        guard let found = try lookup(place) else { return nil }
        return (place, found)
    }

    /// All names that a directory shows.
    func names(in parts: [OpenDirectory]) throws(SystemError) -> Set<FileName> {
        var shown: Set<FileName> = []
        var hidden: Set<FileName> = []
        for part in parts {
            for name in try part.descriptor.entryNames() where !hidden.contains(name) {
                hidden.insert(name)
                if try part.descriptor.status(of: name)?.isWhiteout == false { shown.insert(name) }
            }
        }
        return shown
    }

    /// What a name is in a directory of which the layers have these parts, top first.
    static func lookup(
        _ name: FileName, in parts: [OpenDirectory]
    ) throws(SystemError) -> Found? {
        var merged: [OpenDirectory] = []
        var first: EntryStatus?
        for part in parts {
            guard let status = try part.descriptor.status(of: name) else { continue }
            if status.kind != .directory {
                if merged.isEmpty && !status.isWhiteout { return .file(in: part, status) }
                break
            }
            let child = try part.child(name)
            merged.append(child)
            first = first ?? status
            if try child.descriptor.attribute(opaqueAttribute) == Array("y".utf8) { break }
        }
        return first.map { .directory(merged, $0) }
    }
}
