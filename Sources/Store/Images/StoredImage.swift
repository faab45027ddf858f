/// An image that the store holds for this machine's platform.
package struct StoredImage: Equatable, Sendable {
    /// All names that point to it, sorted: `docker.io/library/alpine:latest`.
    package var names: [String]
    /// Of its manifest: `sha256:` and 64 hexadecimal digits.
    package var digest: String
    /// Of its config: what docker calls the image's id.
    package var configDigest: String
    package var config: ImageConfig
    /// Lowest first.
    package var layers: [StoredLayer]
    package var history: [ImageHistoryEntry]
    /// When it was built, where its config says so.
    package var createdAt: Timestamp?
    package var platform: Platform
    /// Sum of the blobs: manifest, config and layers.
    package var sizeBytes: Int64

    /// The name of the committed snapshot with all its layers; nil for an image without layers.
    package var topChainID: String? { layers.last?.chainID }
}

/// One layer of an image: a blob, and the committed snapshot that is unpacked from it.
package struct StoredLayer: Equatable, Sendable {
    /// Of the blob as stored.
    package var digest: String
    /// Of the tar inside it.
    package var diffID: String
    /// Of this layer and those below: the snapshot's key.
    package var chainID: String
    package var mediaType: String
    /// Of the blob.
    package var sizeBytes: Int64
}

/// The part of an image's config that says how to run it (image-spec config.md).
package struct ImageConfig: Equatable, Sendable {
    /// `user[:group]`, names or numbers.
    package var user = ""
    /// `80/tcp`, sorted.
    package var exposedPorts: [String] = []
    /// `NAME=value`.
    package var env: [String] = []
    package var entrypoint: [String] = []
    package var cmd: [String] = []
    /// Paths, sorted.
    package var volumes: [String] = []
    package var workingDirectory = ""
    package var labels: [String: String] = [:]
    package var stopSignal = ""

    package init() {}
}

/// How a layer, or a change without one, came about (image-spec config.md, `history`).
package struct ImageHistoryEntry: Equatable, Sendable {
    package var createdAt: Timestamp?
    package var createdBy: String
    package var author: String
    package var comment: String
    /// It changed the config only.
    package var emptyLayer: Bool
}
