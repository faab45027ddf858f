internal import Linux
internal import Store

/// A container's log over all its files: the current one and those that a rotation has renamed to
/// `log.json.1`, `.2` and so on, the highest the oldest; compressed ones end in `.gz`.
final class LogReader {
    struct Range {
        /// Only so many entries, the last ones; nil for all.
        var tail: Int64?
        var since: Moment?
        var until: Moment?

        func contains(_ entry: LogEntry) -> Bool {
            (since.map { entry.time >= $0 } ?? true) && !isBehind(entry)
        }

        /// Nothing of interest comes after this one.
        func isBehind(_ entry: LogEntry) -> Bool { until.map { entry.time >= $0 } ?? false }
    }

    private let path: String
    /// Oldest first; the first is the one that is being read.
    private var files: [LogFile] = []
    /// The file that was read last; where there is a newer one follows from it.
    private var last: LogFile?

    /// What is written after the reader was made is not for it.
    private let isSnapshot: Bool

    private static let mostFiles = 1000
    private static let mostTries = 5

    init(_ path: String, tail: Int64? = nil, isSnapshot: Bool = false) throws(SystemError) {
        self.path = path
        self.isSnapshot = isSnapshot
        files = try Self.open(path)
        if isSnapshot { for file in files { try file.freeze() } }
        if let tail { try skip(toLast: max(0, tail)) }
    }

    /// The next entries; empty where there are none now.
    func next() throws(SystemError) -> [LogEntry] {
        while true {
            if files.isEmpty && !isSnapshot { files = try newerFiles() }
            guard let current = files.first else { return [] }
            last = current
            let entries = try current.nextEntries()
            if !entries.isEmpty { return entries }
            // At the end of a file that is not the newest: go on with the next.
            if files.count == 1 && !isSnapshot {
                let newer = try newerFiles()
                if newer.isEmpty { return [] }
                // What was written between our last look and the rotation.
                let rest = try current.nextEntries()
                files += newer
                if !rest.isEmpty { return rest }
            }
            files.removeFirst()
        }
    }

    /// The current file is opened first: should a rotation come in between, it is met again under
    /// its new name, and left out.
    private static func open(_ path: String) throws(SystemError) -> [LogFile] {
        var files: [LogFile] = []
        for _ in 0..<mostTries {
            files = try openAll(path)
            // A rotation in between may have compressed what was opened under another name.
            if try LogFile(path)?.inode == files.last?.inode { break }
        }
        return files
    }

    private static func openAll(_ path: String) throws(SystemError) -> [LogFile] {
        var files: [LogFile] = []
        var inodes: Set<UInt64> = []
        for number in 0..<mostFiles {
            guard let file = try number == 0 ? LogFile(path) : LogFile.find("\(path).\(number)")
            else {
                if number == 0 { continue }
                break
            }
            if inodes.insert(file.inode).inserted { files.insert(file, at: 0) }
        }
        return files
    }

    /// Files that came after the one that was read last.
    private func newerFiles() throws(SystemError) -> [LogFile] {
        let all = try Self.open(path)
        guard let last else { return all }
        if let index = all.firstIndex(where: { $0.inode == last.inode }) {
            return Array(all[(index + 1)...])
        }
        for (index, file) in all.enumerated().reversed() where try file.hasSameBeginning(as: last) {
            return Array(all[(index + 1)...])
        }
        return all
    }

    private func skip(toLast tail: Int64) throws(SystemError) {
        var wanted = tail
        for (index, file) in files.enumerated().reversed() {
            wanted -= try file.seekBack(lines: wanted)
            if wanted == 0 {
                files.removeFirst(index)
                return
            }
        }
    }
}
