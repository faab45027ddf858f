/// Bytes that come one chunk after the other: a file, and what is made of it on the way.
///
/// A source belongs to one thread at a time.
protocol ByteSource: AnyObject {
    /// Fills the buffer from its beginning, and answers how far: 0 only at the end.
    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int
}

/// What one read asks for: large enough to make calls cheap, small enough to stay in the cache.
let chunkBytes = 256 << 10

extension ByteSource {
    /// Reads what is left and lets it go.
    func drain() throws(StoreError) {
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        while try read(into: &buffer) > 0 {}
    }
}
