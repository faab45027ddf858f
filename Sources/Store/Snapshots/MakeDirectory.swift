internal import Glibc
internal import Linux

extension Store {
    /// Makes a directory, and those above it, in a container's own files where its image has none.
    /// Nothing must be mounted from the snapshot yet.
    ///
    /// Directories above it that lower layers have are made in the container's layer again with their
    /// owner and mode, as overlayfs would do. What lies behind a link or `..` is left alone: only the
    /// runtime, which sees the mounted tree, knows the way there.
    package func makeDirectory(
        _ path: String, in snapshot: ActiveSnapshot
    ) throws(StoreError) {
        try storeStep("make directory", path) {
            let view = try MergedView(
                directories: [snapshot.upper] + snapshot.lowerDirectories)
            if try view.resolve(path) != nil { return }
            var parent = try openFile(snapshot.upper, O_RDONLY | O_DIRECTORY)
            var place = EntryPath.root
            for name in EntryPath.components(ofLink: Array(path.utf8)).names
            where name != EntryPath.here {
                guard name != EntryPath.above else { return }
                place = place.appending(name)
                let found = try view.lookup(place)
                guard found.map(\.status.kind) ?? .directory == .directory else { return }
                parent = try Self.directory(FileName(name), like: found?.status, in: parent)
            }
        }
    }

    private static func directory(
        _ name: FileName, like status: EntryStatus?, in parent: borrowing OwnedDescriptor
    ) throws(SystemError) -> OwnedDescriptor {
        if try parent.status(of: name)?.kind != .directory {
            // In the container's own layer only a mark of deletion can be in the way.
            if try parent.status(of: name) != nil { try parent.unlink(name) }
            try parent.makeDirectory(name, mode: 0o755)
            if let status { try parent.setOwner(name, uid: status.uid, gid: status.gid) }
            try parent.setMode(name, status?.mode ?? 0o755)
        }
        return try parent.openBeneath(name, O_RDONLY | O_DIRECTORY)
    }
}
