internal import CLinux
internal import Glibc
internal import Linux

/// Events that their receiver has not taken yet, in a file of the bundle: the next shim finds them.
///
/// The file begins with how far it was delivered, eight bytes; a length of four bytes stands before
/// each event. It is empty but for its head whenever nothing waits. Where it cannot be written,
/// memory has to do.
final class EventStore {
    private static let head = 8
    private static let longest = 1 << 20

    private let path: String
    private var file: OwnedDescriptor?
    private var delivered = EventStore.head
    private var end = EventStore.head
    /// What came after the file could not be written any more.
    private var memory: [[UInt8]] = []

    /// Goes on with what an earlier shim has left there.
    init(_ path: String) throws(SystemError) {
        self.path = path
        let opened = try openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let size = Int(try FileStatus(of: opened).size)
        file = consume opened
        guard size > Self.head else {
            try clear()
            return
        }
        delivered = max(Self.head, min(size, number(at: 0, bytes: 8)))
        end = size
        // Half an event at the end was never promised to anybody.
        var place = delivered
        while place + 4 <= size, place + 4 + number(at: place, bytes: 4) <= size {
            place += 4 + number(at: place, bytes: 4)
        }
        end = place
        if isEmpty { try clear() }
    }

    var isEmpty: Bool { delivered == end && memory.isEmpty }

    func append(_ event: [UInt8]) throws(SystemError) {
        guard memory.isEmpty, event.count <= Self.longest else { return memory.append(event) }
        let record = bytes(of: event.count, 4) + event
        do throws(SystemError) {
            try write(record, at: end)
            end += record.count
        } catch {
            memory.append(event)
            throw error
        }
    }

    /// The oldest one.
    var first: [UInt8]? {
        guard delivered < end else { return memory.first }
        return try? read(number(at: delivered, bytes: 4), at: delivered + 4)
    }

    func removeFirst() {
        guard delivered < end else {
            if !memory.isEmpty { memory.removeFirst() }
            return
        }
        delivered += 4 + number(at: delivered, bytes: 4)
        if delivered >= end { try? clear() } else { try? write(bytes(of: delivered, 8), at: 0) }
    }

    private func clear() throws(SystemError) {
        delivered = Self.head
        end = Self.head
        guard let raw = file?.raw else { return }
        try check("empty \(path)") { ftruncate(raw, 0) }
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
        try file?.writeAll(bytes, at: Int64(offset))
    }

    private func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        guard count <= Self.longest else { return [] }
        return try file?.read(at: Int64(offset), count: count) ?? []
    }

    private func number(at offset: Int, bytes count: Int) -> Int {
        guard let bytes = try? read(count, at: offset) else { return 0 }
        return bytes.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    }

    private func bytes(of number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
