internal import Crypto

/// Hashes and counts what passes through.
final class HashingSource: ByteSource {
    private let upstream: any ByteSource
    private var hasher = SHA256()
    private(set) var count: Int64 = 0

    init(_ upstream: any ByteSource) { self.upstream = upstream }

    /// Of what has passed so far.
    var digest: Digest { Digest(hasher.finalize()) }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        let count = try upstream.read(into: &buffer)
        hasher.update(data: buffer[..<count])
        self.count += Int64(count)
        return count
    }
}

/// Refuses to pass on more than a number of bytes.
final class LimitedSource: ByteSource {
    private let upstream: any ByteSource
    private var left: Int64
    private let excess: StoreError

    init(_ upstream: any ByteSource, limitBytes: Int64, excess: StoreError) {
        self.upstream = upstream
        left = limitBytes
        self.excess = excess
    }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        let count = try upstream.read(into: &buffer)
        left -= Int64(count)
        guard left >= 0 else { throw excess }
        return count
    }
}
