internal import CLinux
internal import Glibc
internal import Linux

/// Bytes that wait for a slow reader: in memory up to a limit, beyond it in a file without a name,
/// in the order in which they came.
final class Backlog {
    private let directory: String
    private let memoryLimit: Int
    private let fileLimit: Int
    private var memory: [UInt8] = []
    private var memoryStart = 0
    private var file: OwnedDescriptor?
    private var readOffset = 0
    private var writeOffset = 0
    /// Up to here the file has holes.
    private var givenBack = 0
    private static let stretch = 1 << 20

    init(directory: String, memoryLimit: Int, fileLimit: Int = .max) {
        self.directory = directory
        self.memoryLimit = memoryLimit
        self.fileLimit = fileLimit
    }

    /// Bytes that wait.
    var count: Int { memory.count - memoryStart + writeOffset - readOffset }
    var isEmpty: Bool { count == 0 }

    /// True where `more` bytes still have room.
    func hasRoom(for more: Int) -> Bool {
        count + more <= max(memoryLimit, fileLimit)
    }

    /// Takes all of it or nothing; throws what the file said.
    func append(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        if writeOffset > 0, count + bytes.count <= memoryLimit { try takeBack() }
        if writeOffset == 0, memory.count - memoryStart + bytes.count <= memoryLimit {
            if memoryStart == memory.count {
                memory.removeAll(keepingCapacity: true)
                memoryStart = 0
            }
            memory += bytes
        } else {
            try spill(bytes)
        }
    }

    /// The oldest bytes, at most `limit`; they stay until `drop`.
    func front(_ limit: Int) throws(SystemError) -> ArraySlice<UInt8> {
        if memoryStart < memory.count { return memory[memoryStart...].prefix(limit) }
        guard writeOffset > readOffset else { return [] }
        let waiting = min(limit, writeOffset - readOffset)
        return try file?.read(at: Int64(readOffset), count: waiting)[...] ?? []
    }

    /// Forgets the oldest bytes. Memory and file are given back when nothing waits.
    func drop(_ count: Int) {
        if memoryStart < memory.count {
            memoryStart += count
            if memoryStart == memory.count {
                memory = []
                memoryStart = 0
            }
        } else {
            readOffset += count
            giveBack()
        }
        if readOffset == writeOffset {
            readOffset = 0
            writeOffset = 0
            givenBack = 0
            file = nil
        }
    }

    /// What was read needs no room on the disk any more. Where the file system cannot do that, the
    /// room comes back at the end.
    private func giveBack() {
        guard readOffset - givenBack >= Self.stretch, let raw = file?.raw else { return }
        let end = readOffset / Self.stretch * Self.stretch
        _ = apus_punch_hole(raw, givenBack, end - givenBack)
        givenBack = end
    }

    /// Brings the rest of the file back to memory. A reader that keeps up, but never catches up,
    /// would let the file grow for ever.
    private func takeBack() throws(SystemError) {
        var rest = Array(memory[memoryStart...])
        memory = []
        memoryStart = 0
        defer {
            memory = rest
        }
        while readOffset < writeOffset {
            let chunk = try front(writeOffset - readOffset)
            guard !chunk.isEmpty else { break }
            rest += chunk
            readOffset += chunk.count
        }
        readOffset = 0
        writeOffset = 0
        givenBack = 0
        file = nil
    }

    private func spill(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        if file == nil { file = try temporaryFile(in: directory) }
        try file?.writeAll(bytes, at: Int64(writeOffset))
        writeOffset += bytes.count
    }
}
