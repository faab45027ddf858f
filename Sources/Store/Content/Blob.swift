/// A blob as it is listed.
package struct BlobInfo: Equatable, Sendable {
    package var digest: String
    package var sizeBytes: Int64
    package var createdAt: Timestamp
}

/// What reading a blob again has shown.
package struct BlobCheck: Equatable, Sendable {
    package var digest: String
    /// What is wrong with it; nil where its bytes are those it was stored with.
    package var problem: String?

    package var isSound: Bool { problem == nil }
}
