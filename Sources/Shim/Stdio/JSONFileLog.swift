internal import Glibc
internal import Linux
internal import Wire

/// A log in docker's json-file format, with its rotation. The shim is its only writer.
///
/// A full disk does not stop the container: what cannot be written is counted, and said in the log
/// when there is room again.
final class JSONFileLog: OutputSink {
    struct Options: Equatable {
        var path: String
        /// 0: no limit.
        var maxSizeBytes = 0
        var maxFiles = 1

        init(path: String, maxSizeBytes: Int = 0, maxFiles: Int = 1) {
            self.path = path
            self.maxSizeBytes = maxSizeBytes
            self.maxFiles = maxFiles
        }

        /// `json-file:///var/log/x.log?max-size=10m&max-file=3`
        init(_ uri: StreamURI) throws(Failure) {
            path = uri.path
            for (key, value) in uri.query {
                switch key {
                case "max-size":
                    guard let size = Self.size(value), size >= 0 else {
                        throw .invalid("max-size \(value): give bytes, or a number with k, m or g")
                    }
                    maxSizeBytes = size
                case "max-file":
                    guard let count = Int(value), (1...1000).contains(count) else {
                        throw .invalid("max-file \(value): give a number from 1 to 1000")
                    }
                    maxFiles = count
                default: throw .invalid("json-file has no option \(key)")
                }
            }
        }

        private static func size(_ text: String) -> Int? {
            let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
            guard let last = text.last, let unit = units[Character(last.lowercased())] else {
                return Int(text)
            }
            guard let number = Int(text.dropLast()) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit)
            return overflow ? nil : product
        }
    }

    private let options: Options
    private let log: ShimLog
    private var file: OwnedDescriptor?
    private var size = 0
    private var lines: [OutputStream: LineAssembler] = [:]
    private var batch: [UInt8] = []
    /// Bytes of output in the batch.
    private var batchPayload = 0
    private var lost = 0
    private var lossReason = ""

    var outlivesProcess: Bool { true }

    init(_ options: Options, log: ShimLog) throws(SystemError) {
        self.options = options
        self.log = log
        if let slash = options.path.lastIndex(of: "/"), slash != options.path.startIndex {
            try makeDirectories(String(options.path[..<slash]), mode: 0o711)
        }
        try open()
    }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        let now = Array(Clock.now.rfc3339.utf8)
        var assembler = lines[stream] ?? LineAssembler()
        lines[stream] = nil
        assembler.take(bytes, now: now) { add($0, $1, stream, $2) }
        if assembler.isHolding { lines[stream] = assembler }
        flush()
    }

    func end() {
        let now = Array(Clock.now.rfc3339.utf8)
        for stream in [OutputStream.stdout, .stderr] {
            guard var assembler = lines.removeValue(forKey: stream) else { continue }
            assembler.finish(now: now) { add($0, $1, stream, $2) }
        }
        flush()
    }

    func close() {
        end()
        file = nil
    }

    private func add(
        _ text: ArraySlice<UInt8>, _ isWhole: Bool, _ stream: OutputStream, _ time: [UInt8]
    ) {
        let start = batch.count
        DockerLine.append(
            text, isWhole: isWhole, stream: stream == .stderr ? "stderr" : "stdout", time: time,
            to: &batch)
        batchPayload += text.count + (isWhole ? 1 : 0)
        let entry = batch.count - start
        guard options.maxSizeBytes > 0, size + start > 0,
            size + start + entry > options.maxSizeBytes
        else { return }
        // The entry is the first of the next file.
        let next = Array(batch[start...])
        batch.removeLast(entry)
        flush()
        rotate()
        batch = next
        batchPayload = text.count
    }

    private func flush() {
        guard !batch.isEmpty || lost > 0 else { return }
        defer {
            batch.removeAll(keepingCapacity: batch.count <= 4096)
            batchPayload = 0
        }
        let bytes = (lost > 0 ? lossEntry() : []) + batch
        do throws(SystemError) {
            try write(bytes)
            if lost > 0 { log.warning("\(options.path): writing again; \(lost) bytes were lost") }
            lost = 0
        } catch {
            if lost == 0 { log.error("\(options.path): \(error); output is lost from here") }
            lost += batchPayload
            lossReason = error.reason
        }
    }

    private func lossEntry() -> [UInt8] {
        var entry: [UInt8] = []
        let text = "apus-shim: \(lost) bytes of output were lost here: \(lossReason)"
        DockerLine.append(
            Array(text.utf8)[...], isWhole: true, stream: "stderr",
            time: Array(Clock.now.rfc3339.utf8), to: &entry)
        return entry
    }

    /// All of it, or the file is as long as before: half an entry would spoil the log for readers.
    private func write(_ bytes: [UInt8]) throws(SystemError) {
        if file == nil { try open() }
        guard let raw = file?.raw else { return }
        var done = 0
        do throws(SystemError) {
            while done < bytes.count {
                done += try check("write \(options.path)") {
                    unsafe bytes[done...].withUnsafeBytes {
                        unsafe Glibc.write(raw, $0.baseAddress, $0.count)
                    }
                }
            }
        } catch {
            if done > 0 { ftruncate(raw, size) }
            throw error
        }
        size += done
    }

    private func open() throws(SystemError) {
        let opened = try openFile(
            options.path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o640)
        var status = stat()
        unsafe fstat(opened.raw, &status)
        size = Int(status.st_size)
        file = consume opened
    }

    /// log.1 becomes log.2 and so on, the newest becomes log.1. With one file it starts again.
    private func rotate() {
        if options.maxFiles < 2 {
            if let raw = file?.raw, ftruncate(raw, 0) == 0 { size = 0 }
            return
        }
        for number in stride(from: options.maxFiles - 1, to: 1, by: -1) {
            unsafe rename("\(options.path).\(number - 1)", "\(options.path).\(number)")
        }
        guard unsafe rename(options.path, options.path + ".1") == 0 else { return }
        do throws(SystemError) { try open() } catch {
            // The old descriptor still works, and its bytes are in log.1.
            log.error("\(options.path): cannot begin a new file: \(error)")
        }
    }
}
