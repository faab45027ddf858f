internal import Glibc
internal import Linux
internal import RPC

/// One file of a log, read from a place on, entry by entry. It stays the same file when it is renamed
/// by a rotation.
final class LogFile {
    let inode: UInt64
    private let file: OwnedDescriptor
    private var buffer: [UInt8] = []
    /// Of the first byte that is not in the buffer yet.
    private var offset: Int64 = 0
    /// What is behind it is not read.
    private var end = Int64.max

    /// An entry holds at most 16 KiB of output, six times as much where every byte is escaped.
    private static let longestLine = 1 << 20

    /// nil where there is no such file.
    init?(_ path: String) throws(SystemError) {
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
    func freeze() throws(SystemError) { end = try file.status().sizeBytes }

    /// The entries that are complete, up to about `limit` bytes of the file; empty at its end.
    func nextEntries(limit: Int = 1 << 16) throws(SystemError) -> [LogEntry] {
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
