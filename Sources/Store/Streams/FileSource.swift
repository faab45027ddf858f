internal import Linux

/// The bytes of an open file.
final class FileSource: ByteSource {
    private let file: OwnedDescriptor
    private let name: String
    /// How far it was read.
    private(set) var position: Int64 = 0

    /// Of the whole file, where it is known.
    let sizeBytes: Int64

    init(_ file: consuming OwnedDescriptor, name: String, sizeBytes: Int64 = 0) {
        self.sizeBytes = sizeBytes
        self.file = file
        self.name = name
    }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        do throws(SystemError) {
            let count = try file.read(into: &buffer)
            position += Int64(count)
            return count
        } catch {
            throw StoreError(error, stage: "read", subject: name)
        }
    }
}

/// Gives the first bytes of a source again, for those who must look before they choose.
final class PeekedSource: ByteSource {
    private let upstream: any ByteSource
    private var first: ArraySlice<UInt8>

    /// The bytes that a compression is known by.
    let magic: [UInt8]

    init(_ upstream: any ByteSource) throws(StoreError) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 512)
        while bytes.count < 4 {
            let count = try upstream.read(into: &buffer)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        self.upstream = upstream
        first = bytes[...]
        magic = Array(bytes.prefix(4))
    }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        guard !first.isEmpty else { return try upstream.read(into: &buffer) }
        let part = first.prefix(buffer.count)
        buffer.replaceSubrange(..<part.count, with: part)
        first = first.dropFirst(part.count)
        return part.count
    }
}
