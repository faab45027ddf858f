/// How far an import has come.
package struct ImportStep: Equatable, Sendable {
    package enum Phase: String, Sendable {
        /// Reads the archive into the store.
        case read
        /// Checks manifests and configs.
        case verify
        /// Unpacks layers.
        case unpack
        case done
    }

    package var phase: Phase
    /// The file or the digest at hand; may be empty.
    package var subject: String
    package var doneBytes: Int64
    /// 0 where it is not known.
    package var totalBytes: Int64
}
