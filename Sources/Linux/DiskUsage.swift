internal import Glibc

/// What a tree takes on its disk; a file with several names in it counts once.
public struct DiskUsage: Equatable, Sendable {
    public var sizeBytes: Int64 = 0
    public var inodes: Int64 = 0

    public init() {}

    /// Counts as far as it can: a container may write while we look, or nest directories deeper than
    /// anybody would count.
    public init(ofTree path: String) {
        guard let root = try? openFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return }
        if let status = try? root.status() { add(status) }
        var linked: Set<UInt64> = []
        count(root, depth: 0, &linked)
    }

    public mutating func add(_ status: EntryStatus) {
        sizeBytes += status.blocks * 512
        inodes += 1
    }

    private mutating func count(
        _ directory: borrowing OwnedDescriptor, depth: Int, _ linked: inout Set<UInt64>
    ) {
        for name in (try? directory.entryNames()) ?? [] {
            guard let status = (try? directory.status(of: name)) ?? nil else { continue }
            if status.kind != .directory && status.links > 1 {
                guard linked.insert(status.inode).inserted else { continue }
            }
            add(status)
            guard status.kind == .directory, depth < 256,
                let child = try? directory.openBeneath(name, O_RDONLY | O_DIRECTORY)
            else { continue }
            count(child, depth: depth + 1, &linked)
        }
    }
}
