internal import CLinux
internal import Glibc
internal import Linux

/// Fills a tmpfs with what the image has at the place where it will be mounted (`tmpcopyup`).
enum CopyUp {
    /// Deeper trees are a mistake or an attack.
    private static let mostDepth = 128

    /// Copies what is in one open directory into another, with modes, owners and links.
    static func copy(
        from source: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor,
        depth: Int = 0
    ) throws(SystemError) {
        guard depth < mostDepth else { throw SystemError("copy up", ELOOP) }
        for name in try source.names() {
            let status = try FileStatus(in: source, name)
            switch status.kind {
            case .directory:
                try target.makeDirectory(name, mode: 0o700)
                let from = try openFile(at: source, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                let into = try openFile(at: target, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                try copy(from: from, to: into, depth: depth + 1)
            case .file:
                try copyFile(name, status, from: source, to: target)
            case .link:
                try target.makeLink(name, to: try readLink(name, in: source))
            case .character, .block, .fifo:
                try target.makeNode(
                    name, status.kind, mode: status.mode, major: status.major, minor: status.minor)
            case .socket, .other:
                continue
            }
            try target.changeOwner(of: name, uid: status.uid, gid: status.gid)
            if status.kind != .link { try target.changeMode(of: name, status.mode) }
        }
    }

    private static func readLink(
        _ name: String, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) -> String {
        try directory.readLink(name)
    }

    private static func copyFile(
        _ name: String, _ status: FileStatus, from source: borrowing OwnedDescriptor,
        to target: borrowing OwnedDescriptor
    ) throws(SystemError) {
        // Not blocking: between the look and the opening it may have become a fifo.
        let from = try openFile(at: source, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try FileStatus(of: from).kind == .file else {
            throw SystemError("copy up \(name)", EINVAL)
        }
        let into = try openFile(at: target, name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try from.read(into: &chunk)
            if count == 0 { return }
            try into.writeAll(chunk[..<count])
        }
    }
}
