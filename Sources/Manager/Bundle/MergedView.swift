internal import Glibc
internal import Linux
internal import RPC

/// The files of a stack of overlay layers as a container would see them, read without a mount.
///
/// Every path component is opened with O_NOFOLLOW below the descriptor of the one before, and links
/// are followed by hand from the root of the stack, so that nothing in a layer can lead out of it,
/// not even while a running container changes its own layer.
struct MergedView {
    /// Directories of the layers, highest first.
    var layers: [String]

    private static let mostLinks = 40

    /// The contents of a regular file; nil where there is none of that name.
    func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8]? {
        guard case .file(let file)? = try find(path) else { return nil }
        return try readAll(file.descriptor, limit: limit, of: "\(path) of the image")
    }

    /// What stands at a path after all links; nil where nothing does.
    private func find(
        _ path: String, followsLast: Bool = true
    ) throws(SystemError) -> Found? {
        var pending = Self.components(path)
        var directory = try root()
        var trail: [String] = []
        var links = 0
        while !pending.isEmpty {
            let name = pending.removeFirst()
            if name == ".." {
                _ = trail.popLast()
                pending = trail + pending
                trail = []
                directory = try root()
                continue
            }
            switch try step(name, from: directory) {
            case nil: return nil
            case .link(let target)?:
                if pending.isEmpty && !followsLast { return .link(target) }
                links += 1
                guard links <= Self.mostLinks else {
                    throw SystemError("look up \(path) in the image", ELOOP)
                }
                let base = target.hasPrefix("/") ? [] : trail
                pending = base + Self.components(target) + pending
                trail = []
                directory = try root()
            case .directory(let next)?:
                trail.append(name)
                directory = next
                if pending.isEmpty { return .directory(next) }
            case .file(let file)?:
                return pending.isEmpty ? .file(file) : nil
            }
        }
        return .directory(directory)
    }

    /// Whether something other than a directory stands at a path, a link for instance.
    func hidesDirectory(_ path: String) throws(SystemError) -> Bool {
        switch try find(path, followsLast: false) {
        case .file?, .link?: true
        case .directory?, nil: false
        }
    }

    /// The owner, group and mode of a directory; nil where there is no directory of that name.
    func directory(_ path: String) throws(SystemError) -> DirectoryAttributes? {
        guard case .directory(let stack)? = try find(path), let top = stack.parts.first else {
            return nil
        }
        let status = try top.descriptor.status()
        return DirectoryAttributes(mode: status.mode, uid: status.uid, gid: status.gid)
    }

    private func root() throws(SystemError) -> Stack {
        var parts: [SharedDescriptor] = []
        for layer in layers {
            parts.append(SharedDescriptor(try openFile(layer, O_RDONLY | O_DIRECTORY)))
        }
        return Stack(parts: parts)
    }

    /// Goes one name down: the highest layer that has it decides what it is.
    private func step(_ name: String, from stack: Stack) throws(SystemError) -> Found? {
        var parts: [SharedDescriptor] = []
        for part in stack.parts {
            let entry = try LayerEntry(name, in: part)
            // Below a directory only directories add to it; anything else ends the stack.
            switch (entry, parts.isEmpty) {
            case (.absent, _): continue
            case (.directory(let directory, let opaque), _):
                parts.append(directory)
                if opaque { return .directory(Stack(parts: parts)) }
            case (_, false): return .directory(Stack(parts: parts))
            case (.hidden, true): return nil
            case (.link(let target), true): return .link(target)
            case (.file(let file), true): return .file(file)
            }
        }
        return parts.isEmpty ? nil : .directory(Stack(parts: parts))
    }

    private static func components(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init)
    }
}

/// Who owns a directory, and who may do what there.
struct DirectoryAttributes: Equatable {
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
}

private enum Found {
    case directory(Stack)
    case file(SharedDescriptor)
    case link(String)
}

/// One directory of the view: its parts in the layers that have it, highest first.
private struct Stack {
    var parts: [SharedDescriptor]
}
