internal import Glibc

/// Bytes by the run instead of one by one: all that a process writes passes here on its way to a log.
extension Span where Element == UInt8 {
    /// Where a byte first stands, from `start` on.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return unsafe withUnsafeBytes { all in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: all[start...])
            guard let found = unsafe memchr(rest.baseAddress!, Int32(byte), rest.count) else {
                return nil
            }
            return unsafe UnsafeRawPointer(found) - all.baseAddress!
        }
    }

    /// The end of the bytes, from `start` on, that stand in a JSON string of Go's as they are.
    func endOfPlainText(from start: Int) -> Int {
        unsafe bytes.withUnsafeBytes { all in
            var index = start
            while index + 8 <= all.count {
                let word = unsafe all.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard Self.isPlain(word) else { break }
                index += 8
            }
            while index < all.count, Self.isPlain(unsafe all[index]) { index += 1 }
            return index
        }
    }

    /// Of eight bytes at once; see "zero in a word" and "less than n" of the Bit Twiddling Hacks.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        /// Its high bit is set where a byte is zero; that of a byte above one may be as well.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
        func bytes(_ byte: UInt8) -> UInt64 { ones &* UInt64(byte) }
        let control = (word &- bytes(0x20)) & ~word
        // 0x22 and 0x26, 0x3c and 0x3e are each but one bit apart.
        let quotes = zeros((word & ~bytes(0x04)) ^ bytes(0x22))
        let angles = zeros((word & ~bytes(0x02)) ^ bytes(0x3c))
        let backslash = zeros(word ^ bytes(0x5c))
        return (word | control | quotes | angles | backslash) & bytes(0x80) == 0
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x26 && byte != 0x3c
            && byte != 0x3e && byte != 0x5c
    }
}

extension [UInt8] {
    mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    mutating func append(_ text: StaticString) {
        unsafe append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
