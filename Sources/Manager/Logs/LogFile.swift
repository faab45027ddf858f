internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Store

/// One file of a log, read from a place on, entry by entry. It stays the same file when it is renamed
/// by a rotation.
final class LogFile {
    let inode: UInt64
    private var file: OwnedDescriptor
    /// By gzip, and not read yet.
    private var isCompressed: Bool
    private let path: String
    private var buffer: [UInt8] = []
    /// Of the first byte that is not in the buffer yet.
    private var offset: Int64 = 0
    /// What is behind it is not read.
    private var end = Int64.max

    /// An entry holds at most 16 KiB of output, six times as much where every byte is escaped.
    private static let longestLine = 1 << 20

    /// The file of that name or, once a rotation has compressed it, the one with `.gz` behind it.
    static func find(_ path: String) throws(SystemError) -> LogFile? {
        // The one is there until the other is complete.
        if let plain = try LogFile(path) { return plain }
        return try LogFile(path + ".gz", isCompressed: true)
    }

    /// nil where there is no such file.
    init?(_ path: String, isCompressed: Bool = false) throws(SystemError) {
        self.path = path
        self.isCompressed = isCompressed
        guard try fileStatus(path) != nil else { return nil }
        do throws(SystemError) {
            file = try openFile(path, O_RDONLY | O_NOFOLLOW)
        } catch {
            if error.code == ENOENT { return nil }
            throw error
        }
        inode = try file.status().inode
    }

    /// From now on the file ends where it ends now, whatever is written later.
    func freeze() throws(SystemError) {
        if !isCompressed { end = try file.status().sizeBytes }
    }

    /// True where both begin with the same entry: what was compressed is another file than before.
    func hasSameBeginning(as other: LogFile) throws(SystemError) -> Bool {
        guard let own = try firstLine() else { return false }
        return try own == other.firstLine()
    }

    private func firstLine() throws(SystemError) -> ArraySlice<UInt8>? {
        try inflateOnce()
        let start = try file.read(at: 0, count: Self.longestLine)
        return start.firstIndex(of: 10).map { start[..<$0] }
    }

    /// What is compressed is read from a copy without a name that is not.
    private func inflateOnce() throws(SystemError) {
        guard isCompressed else { return }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let copy = try openFile(directory, O_RDWR | APUS_O_TMPFILE, mode: 0o600)
        do throws(StoreError) {
            try inflate(try duplicate(), name: path, to: copy)
        } catch {
            throw SystemError("inflate \(path): \(error)", EIO)
        }
        file = copy
        isCompressed = false
    }

    private func duplicate() throws(StoreError) -> OwnedDescriptor {
        do throws(SystemError) { return try file.duplicate() } catch {
            throw StoreError(error, stage: "read", subject: path)
        }
    }

    /// The entries that are complete, up to about `limit` bytes of the file; empty at its end.
    func nextEntries(limit: Int = 1 << 16) throws(SystemError) -> [LogEntry] {
        try inflateOnce()
        while true {
            let count = min(Int64(limit), max(0, end - offset))
            let chunk = try file.read(at: offset, count: Int(count))
            offset += Int64(chunk.count)
            buffer += chunk
            let entries = takeLines()
            if !entries.isEmpty || chunk.isEmpty { return entries }
        }
    }

    private func takeLines() -> [LogEntry] {
        guard let last = buffer.lastIndex(of: 10) else {
            // What is longer than any entry is none; it must not fill the memory.
            if buffer.count > Self.longestLine { buffer = [] }
            return []
        }
        let entries = buffer[...last].split(separator: 10).compactMap(LogEntry.init(line:))
        buffer.removeSubrange(...last)
        return entries
    }

    /// How many lines the file has, `most` at most, counted from its end; moves to the first of them.
    func seekBack(lines most: Int64) throws(SystemError) -> Int64 {
        try inflateOnce()
        var position = min(end, try file.status().sizeBytes)
        var found: Int64 = 0
        while position > 0 {
            let count = Int(min(position, 1 << 16))
            let chunk = try file.read(at: position - Int64(count), count: count)
            guard chunk.count == count else { break }
            for index in chunk.indices.reversed() where chunk[index] == 10 {
                // The line end before the first line that is wanted.
                if found == most {
                    offset = position - Int64(count) + Int64(index) + 1
                    return found
                }
                found += 1
            }
            position -= Int64(count)
        }
        offset = 0
        return found
    }
}
