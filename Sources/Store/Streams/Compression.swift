/// How a file is compressed, told by its first bytes: names and media types are often wrong.
enum Compression: Equatable, Sendable {
    case none, gzip, zstd

    init(magic: [UInt8]) {
        switch magic.prefix(4) {
        case let bytes where bytes.starts(with: [0x1f, 0x8b]): self = .gzip
        case [0x28, 0xb5, 0x2f, 0xfd]: self = .zstd
        // A skippable frame, with which zstd files may begin.
        case let bytes
        where bytes.count == 4 && bytes.dropFirst() == [0x2a, 0x4d, 0x18]
            && bytes.first! & 0xf0 == 0x50:
            self = .zstd
        default: self = .none
        }
    }
}

/// What a source holds, without the compression that it begins with.
func decompressed(
    _ source: any ByteSource, name: String
) throws(StoreError) -> (source: any ByteSource, compression: Compression) {
    let peeked = try PeekedSource(source)
    let compression = Compression(magic: peeked.magic)
    return switch compression {
    case .none: (peeked, .none)
    case .gzip: (GzipSource(peeked, name: name), .gzip)
    case .zstd: (try ZstdSource(peeked, name: name), .zstd)
    }
}
