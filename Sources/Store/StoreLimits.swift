/// What the store takes from outside at most (spec/state-store.md lists them).
package struct StoreLimits: Sendable {
    /// Of an index or a manifest.
    package var manifestBytes = 4 << 20
    /// Of an image's config.
    package var configBytes = 8 << 20
    /// overlayfs takes 500 lower directories; mount(2)'s one page of options far fewer.
    package var layers = 127
    /// Indexes within indexes.
    package var indexDepth = 4
    /// Entries of an index, and images of an archive.
    package var indexEntries = 1000
    /// Files of an archive; of a layer.
    package var archiveEntries = 100_000
    package var layerEntries = 10_000_000
    /// A layer may be this many times as large as its blob: deflate's own limit is 1032.
    package var expansion: Int64 = 1100
    /// What a layer may have whatever its blob's size.
    package var expansionFloorBytes: Int64 = 1 << 30
    /// What must stay free on the disk, at most; on a small disk a twentieth of it.
    package var reservedBytes: Int64 = 256 << 20
    /// Of /etc/passwd and /etc/group of an image.
    package var userDatabaseBytes = 4 << 20

    package init() {}
}
