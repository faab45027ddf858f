/// Bytes that wait until a socket takes them.
package struct Outbox: Sendable {
    private var bytes: [UInt8] = []
    private var sent = 0

    package init() {}

    package var count: Int { bytes.count - sent }
    package var isEmpty: Bool { count == 0 }
    package var front: ArraySlice<UInt8> { bytes[sent...] }

    package mutating func append(_ more: [UInt8]) {
        if isEmpty {
            sent = 0
            bytes = more
        } else {
            bytes += more
        }
    }

    /// Forgets what the socket took; gives the memory back when all is gone.
    package mutating func advance(_ count: Int) {
        sent += count
        if isEmpty {
            bytes = []
            sent = 0
        } else if sent >= 1 << 20 && sent * 2 >= bytes.count {
            bytes.removeFirst(sent)
            sent = 0
        }
    }
}
