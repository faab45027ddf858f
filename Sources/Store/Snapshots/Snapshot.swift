/// The writable snapshot of one container: its own files over the shared ones of an image.
package struct ActiveSnapshot: Equatable, Sendable {
    /// What the caller named it: the container's id.
    package var key: String
    /// Committed snapshots, top first; empty where the files were copied.
    package var lowerDirectories: [String]
    /// Where the container's changes are; the whole rootfs where the files were copied.
    package var upper: String
    /// overlayfs's own; empty where the files were copied.
    package var work: String

    /// What to mount as the container's rootfs.
    package var mount: SnapshotMount {
        if work.isEmpty {
            return SnapshotMount(type: "bind", source: upper, options: ["rbind", "rw"])
        }
        return SnapshotMount(
            type: "overlay", source: "overlay",
            options: [
                "lowerdir=" + lowerDirectories.joined(separator: ":"),
                "upperdir=" + upper, "workdir=" + work,
            ])
    }
}

/// A mount in mount(8)'s words.
package struct SnapshotMount: Equatable, Sendable {
    package var type: String
    package var source: String
    package var options: [String]
}

/// A snapshot as it is listed.
package struct SnapshotInfo: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// An unpacked layer, which never changes again.
        case committed
        /// A container's own.
        case active
    }

    /// A chain id, or the container's id.
    package var key: String
    /// The key of the snapshot below; empty for the lowest.
    package var parent: String
    package var kind: Kind
    /// On the disk, its own files only.
    package var sizeBytes: Int64
    package var inodes: Int64
    /// The directory of its files.
    package var path: String
}
