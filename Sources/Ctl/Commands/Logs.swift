internal import ApusClient
internal import ArgumentParser
internal import Glibc

/// `apusctl logs`
struct Logs: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Print what a container wrote.",
        discussion: "With --format json: one document a line, its data in base64.")

    @Flag(name: .shortAndLong, help: "Go on with what it writes, until it ends.")
    var follow = false

    @Option(
        name: [.customShort("n", allowingJoined: true), .customLong("tail")],
        help: ArgumentHelp("Only the last lines; or all.", valueName: "number"))
    var tail = "all"

    @Option(
        help: ArgumentHelp(
            "Only from then on: 2026-11-20T23:34:51Z, or how long ago: 10m.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only what was before then.", valueName: "time"))
    var until: String?

    @Flag(name: .shortAndLong, help: "Put the time before each line.")
    var timestamps = false

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The container's id or name.")
    var container: String

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let now = Clock.now
        let lines = try lineCount()
        let since = try since.map { text throws(Complaint) in try Amounts.time(text, now: now) }
        let until = try until.map { text throws(Complaint) in try Amounts.time(text, now: now) }
        let apus = try await global.connect()
        let log = try await apus.streams.logs(
            container, follow: follow, tail: lines, since: since, until: until)
        var page = LogPage()
        for try await line in log {
            if global.isJSON {
                try await page.add(
                    Array((JSON(line).text(indented: false) + "\n").utf8), isError: false)
            } else {
                let time = timestamps ? Array(((line.time ?? Timestamp()).rfc3339 + " ").utf8) : []
                try await page.add(time + line.data, isError: line.stream == .stderr)
            }
            // Who follows wants each line when it comes.
            if follow { try await page.flush() }
        }
        try await page.flush()
        return 0
    }

    private func lineCount() throws(Complaint) -> Int64? {
        if tail == "all" { return nil }
        guard let number = Int64(tail) else {
            throw Complaint("\"\(tail)\" is not a number of lines", hint: "write a number, or all")
        }
        return number < 0 ? nil : number
    }
}

/// Lines that go to the same stream, written together: a log may have millions.
private struct LogPage {
    private var bytes: [UInt8] = []
    private var isError = false

    mutating func add(_ line: [UInt8], isError: Bool) async throws {
        if isError != self.isError || bytes.count > 64 << 10 { try await flush() }
        self.isError = isError
        bytes += line
    }

    mutating func flush() async throws {
        guard !bytes.isEmpty else { return }
        try await StandardStreams.write(bytes, to: isError ? STDERR_FILENO : STDOUT_FILENO)
        bytes.removeAll(keepingCapacity: true)
    }
}
