internal import Linux

/// One entry of a tar, as its header says; nothing of it was checked.
struct TarEntry: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case regular
        case directory
        /// To what it points.
        case symbolicLink([UInt8])
        /// A path in the same archive.
        case hardLink([UInt8])
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        /// A socket, or what nobody knows.
        case other
    }

    var path: [UInt8]
    var kind: Kind
    var attributes: FileAttributes
    /// Of a regular file; holes count.
    var sizeBytes: Int64

    /// For messages.
    var name: String { String(decoding: path, as: UTF8.self) }
}

/// What a file has beside its content.
struct FileAttributes: Equatable, Sendable {
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
    var modified: FileTime
    var extended: [ExtendedAttribute] = []
}

struct ExtendedAttribute: Equatable, Sendable {
    var name: String
    var value: [UInt8]
}
