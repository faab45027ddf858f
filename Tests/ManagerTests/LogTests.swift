import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import Manager

private func line(_ number: Int, _ stream: String = "stdout") -> String {
    let second = String(format: "%02d", number % 60)
    return
        "{\"log\":\"line \(number)\\n\",\"stream\":\"\(stream)\",\"time\":\"2026-11-21T08:00:\(second).5Z\"}\n"
}

@Suite struct LogEntryTests {
    private func entry(_ text: String) -> LogEntry? { LogEntry(line: Array(text.utf8)[...]) }

    @Test func dockersLinesAreRead() throws {
        let read = try #require(
            entry(
                #"{"log":"a\tb\"c\\\u00e9\ud83d\ude00\u2028\n","stream":"stderr","time":"2026-11-21T08:00:01.000000002Z"}"#
            ))
        #expect(String(decoding: read.data, as: UTF8.self) == "a\tb\"c\\é😀\u{2028}\n")
        #expect(read.isError)
        #expect(read.time.nanoseconds == 2)
    }

    @Test func theOrderOfMembersDoesNotMatter() {
        #expect(
            entry(#" { "time" : "2026-11-21T08:00:01Z", "stream":"stdout" , "log":"x" } "#)?.data
                == Array("x".utf8))
    }

    @Test(arguments: [
        "", "{", "{}", "null", #"{"log":"x"}"#, #"{"log":"x","time":"yesterday"}"#,
        #"{"log":"\u12","time":"2026-11-21T08:00:01Z"}"#, #"{"log":"x"#,
        #"{"log":1,"time":"2026-11-21T08:00:01Z"}"#,
    ])
    func whatIsNoEntryIsNone(text: String) { #expect(entry(text) == nil) }

    @Test func whatTheWriterWritesTheReaderReads() throws {
        let directory = TemporaryDirectory("log")
        let writer = try LogWriter(directory.file("log.json"))
        writer.append(Array("one\ntw".utf8), isError: false)
        writer.append(Array("o\n\u{1}\"\\é".utf8), isError: false)
        writer.append(Array("bad\n".utf8), isError: true)
        writer.append([UInt8](repeating: 65, count: 40000), isError: true)
        writer.flush()
        let reader = try LogReader(directory.file("log.json"))
        var entries: [LogEntry] = []
        while case let next = try reader.next(), !next.isEmpty { entries += next }
        let out = entries.filter { !$0.isError }.flatMap(\.data)
        #expect(String(decoding: out, as: UTF8.self) == "one\ntwo\n\u{1}\"\\é")
        #expect(entries.filter(\.isError).map(\.data.count) == [4, 16384, 16384, 7232])
    }
}

@Suite struct LogReaderTests {
    private let directory = TemporaryDirectory("log")
    private var path: String { directory.file("log.json") }

    private func write(_ numbers: ClosedRange<Int>, to name: String = "log.json") throws {
        let text = numbers.map { line($0) }.joined()
        let file = directory.file(name)
        if FileManager.default.fileExists(atPath: file) {
            let handle = try #require(FileHandle(forWritingAtPath: file))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        } else {
            try text.write(toFile: file, atomically: false, encoding: .utf8)
        }
    }

    private func rotate() throws {
        let files = FileManager.default
        var highest = 0
        while files.fileExists(atPath: "\(path).\(highest + 1)") { highest += 1 }
        for number in stride(from: highest, through: 1, by: -1) {
            try files.moveItem(atPath: "\(path).\(number)", toPath: "\(path).\(number + 1)")
        }
        try files.moveItem(atPath: path, toPath: "\(path).1")
    }

    private func numbers(_ reader: LogReader) throws -> [Int] {
        var result: [Int] = []
        while true {
            let entries = try reader.next()
            if entries.isEmpty { return result }
            result += entries.map { number($0) }
        }
    }

    private func number(_ entry: LogEntry) -> Int {
        Int(String(decoding: entry.data, as: UTF8.self).dropFirst(5).dropLast()) ?? -1
    }

    @Test func aLogThatIsNotThereIsEmpty() throws {
        #expect(try numbers(LogReader(path)).isEmpty)
    }

    @Test func rotatedFilesAreReadOldestFirst() throws {
        try write(1...3, to: "log.json.2")
        try write(4...5, to: "log.json.1")
        try write(6...9)
        #expect(try numbers(LogReader(path)) == Array(1...9))
    }

    @Test(arguments: [0, 1, 3, 4, 5, 6, 9, 100])
    func theTailReachesBackIntoRotatedFiles(tail: Int) throws {
        try write(1...3, to: "log.json.2")
        try write(4...5, to: "log.json.1")
        try write(6...9)
        #expect(
            try numbers(LogReader(path, tail: Int64(tail))) == Array((1...9).suffix(tail)))
    }

    @Test func theTailOfALongLogIsFoundFromItsEnd() throws {
        try write(1...20000)
        #expect(try numbers(LogReader(path, tail: 5000)) == Array(15001...20000))
    }

    private func compress(_ name: String) {
        let done = Command.run("gzip", [directory.file(name)])
        #expect(done.status == 0, "\(done)")
    }

    @Test(arguments: [0, 3, 4, 6, 100]) func compressedFilesAreReadToo(tail: Int) throws {
        try write(1...3, to: "log.json.2")
        try write(4...5, to: "log.json.1")
        try write(6...9)
        compress("log.json.2")
        #expect(try numbers(LogReader(path)) == Array(1...9))
        compress("log.json.1")
        let wanted = Array((1...9).suffix(tail))
        #expect(try numbers(LogReader(path, tail: Int64(tail), isSnapshot: true)) == wanted)
    }

    @Test func aFileThatIsCompressedWhileItIsReadIsNotReadAgain() throws {
        try write(1...3)
        let reader = try LogReader(path)
        #expect(try numbers(reader) == [1, 2, 3])
        try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
        compress("log.json.1")
        try write(4...5)
        #expect(try numbers(reader) == [4, 5])
    }

    @Test func aDamagedCompressedFileIsAnError() throws {
        try Data([0x1f, 0x8b, 8, 0, 1, 2, 3]).write(to: URL(fileURLWithPath: path + ".1.gz"))
        try write(1...2)
        #expect(throws: (any Error).self) { try numbers(LogReader(path)) }
    }

    @Test func aLineThatIsNotCompleteYetIsWaitedFor() throws {
        try write(1...2)
        let reader = try LogReader(path)
        let whole = line(3)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(whole.utf8.prefix(20)))
        #expect(try numbers(reader) == [1, 2])
        try handle.write(contentsOf: Data(whole.utf8.dropFirst(20)))
        #expect(try numbers(reader) == [3])
    }

    @Test func brokenLinesAreSkipped() throws {
        let text = line(1) + "\u{0}\u{0}rubbish\n" + line(2)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try numbers(LogReader(path)) == [1, 2])
    }

    @Test func rotationsWhileReadingLoseNothing() throws {
        try write(1...3)
        let reader = try LogReader(path)
        #expect(try numbers(reader) == [1, 2, 3])
        try write(4...4)
        try rotate()
        try write(5...6)
        try rotate()
        try write(7...8)
        #expect(try numbers(reader) == [4, 5, 6, 7, 8])
        try write(9...9)
        #expect(try numbers(reader) == [9])
    }

    @Test func followingEndsWithTheRunAndHasItsLastLine() async throws {
        try write(1...3)
        let run = Run()
        let stream = LogStream(
            files: ContainerFiles(directory: directory.path), range: .init(),
            watch: try FileWatch())
        let seen = Mutex<[Int]>([])
        let (first, firstSeen) = AsyncStream.makeStream(of: Void.self)
        let following = Task {
            try await stream.follow(until: run) { entry in
                let number = self.number(entry)
                seen.withLock { $0.append(number) }
                if number == 3 || number == 5 { firstSeen.yield() }
            }
        }
        var signals = first.makeAsyncIterator()
        await signals.next()
        try write(4...5)
        await signals.next()
        // Written, and over, before the follower can look again.
        try write(6...7)
        run.finished.settle(.success(ProcessExit(status: 0, at: .now())))
        try await following.value
        #expect(seen.withLock { $0 } == Array(1...7))
    }

    @Test func timesLimitWhatIsSent() async throws {
        try write(1...30)
        let start = try #require(Timestamp(rfc3339: "2026-11-21T08:00:05Z"))
        let end = try #require(Timestamp(rfc3339: "2026-11-21T08:00:09Z"))
        let stream = LogStream(
            files: ContainerFiles(directory: directory.path),
            range: .init(since: start, until: end), watch: try FileWatch())
        let seen = Mutex<[Int]>([])
        try await stream.read { entry in seen.withLock { $0.append(self.number(entry)) } }
        #expect(seen.withLock { $0 } == [5, 6, 7, 8])
    }
}
