internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// A log file in docker's json-file format or in that of CRI, with its rotation. The shim is its only
/// writer.
///
/// A full disk does not stop the container: what cannot be written is counted, and said in the log
/// when there is room again. So is what is beyond a limit.
final class RotatedLog: DurableSink {
    /// More is written before it grows: it stays in the processor's cache, and little memory is held.
    private static let longestBatch = 64 << 10

    private let options: LogOptions
    private let context: ShimContext
    private let rotation: LogRotation
    private var file: OwnedDescriptor?
    private(set) var position = LogPosition()
    private var lines: [OutputStream: LineAssembler] = [:]
    /// Bytes of output in the context's batch.
    private var batchPayload = 0
    private var lost = 0
    private var lossReason = ""
    private var quota: LogQuota?

    var outlivesProcess: Bool { true }

    init(_ options: LogOptions, context: ShimContext) throws(SystemError) {
        self.options = options
        self.context = context
        rotation = LogRotation(options, context: context)
        quota = LogQuota(options, now: Clock.monotonic)
        if let slash = options.path.lastIndex(of: "/"), slash != options.path.startIndex {
            try makeDirectories(String(options.path[..<slash]), mode: 0o711)
        }
        try open()
    }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        if let reason = quota?.refusal(of: bytes.count, now: Clock.monotonic) {
            return lose(bytes.count, "\(reason)")
        }
        var assembler = lines[stream] ?? LineAssembler()
        lines[stream] = nil
        assembler.take(bytes.span, now: Clock.now.rfc3339UTF8) { add($0, $1, stream, $2) }
        if assembler.isHolding { lines[stream] = assembler }
        flush()
    }

    func end() {
        let now = Clock.now.rfc3339UTF8
        for stream in [OutputStream.stdout, .stderr] {
            guard var assembler = lines.removeValue(forKey: stream) else { continue }
            assembler.finish(now: now) { add($0, $1, stream, $2) }
        }
        flush(tellsLoss: true)
    }

    func close() {
        end()
        file = nil
    }

    /// Somebody has renamed the file: what comes now goes to a new one of its name.
    func reopen() throws(SystemError) {
        flush()
        try open()
    }

    // MARK: Another shim's log

    var begunLines: [OutputStream: PartialLine] { lines.mapValues { $0.begun } }

    func resume(_ lines: [OutputStream: PartialLine], takingBackTo back: LogPosition?) {
        self.lines = lines.mapValues { LineAssembler($0) }
        guard let back, back.inode == position.inode, back.size < position.size,
            let raw = file?.raw, ftruncate(raw, Int(back.size)) == 0
        else { return }
        position.size = back.size
    }

    // MARK: Entries

    private func add(
        _ text: Span<UInt8>, _ isWhole: Bool, _ stream: OutputStream, _ time: [UInt8]
    ) {
        let start = context.logBatch.count
        append(
            text, isWhole, stream == .stderr ? "stderr" : "stdout", time, to: &context.logBatch)
        let end = context.logBatch.count
        let payload = text.count + (isWhole ? 1 : 0)
        if options.maxSizeBytes > 0, case let size = Int(position.size), size + start > 0,
            size + end > options.maxSizeBytes
        {
            // The entry is the first of the next file.
            let next = Array(context.logBatch[start...])
            context.logBatch.removeLast(end - start)
            flush()
            rotate()
            context.logBatch += next
        }
        batchPayload += payload
        if context.logBatch.count >= Self.longestBatch { flush() }
    }

    private func append(
        _ text: Span<UInt8>, _ isWhole: Bool, _ stream: StaticString, _ time: [UInt8],
        to out: inout [UInt8]
    ) {
        switch options.format {
        case .docker:
            DockerLine.append(text, isWhole: isWhole, stream: stream, time: time, to: &out)
        case .cri: CRILine.append(text, isWhole: isWhole, stream: stream, time: time, to: &out)
        }
    }

    private func flush(tellsLoss: Bool = false) {
        guard !context.logBatch.isEmpty || tellsLoss && lost > 0 else { return }
        defer {
            context.logBatch.removeAll(keepingCapacity: true)
            batchPayload = 0
        }
        do throws(SystemError) {
            if lost > 0 { context.logBatch = lossEntry() + context.logBatch }
            try write(context.logBatch)
            if lost > 0 {
                context.log.warning("\(options.path): writing again; \(lost) bytes were lost")
            }
            lost = 0
        } catch {
            lose(batchPayload, error.reason)
        }
    }

    private func lose(_ count: Int, _ reason: String) {
        if lost == 0 { context.log.error("\(options.path): \(reason); output is lost from here") }
        lost += count
        lossReason = reason
    }

    private func lossEntry() -> [UInt8] {
        var entry: [UInt8] = []
        let text = "apus-shim: \(lost) bytes of output were lost here: \(lossReason)"
        append(Array(text.utf8).span, true, "stderr", Clock.now.rfc3339UTF8, to: &entry)
        return entry
    }

    // MARK: The file

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
            if done > 0 { ftruncate(raw, Int(position.size)) }
            throw error
        }
        position.size += UInt64(done)
    }

    private func open() throws(SystemError) {
        let opened = try openFile(
            options.path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o640)
        let status = try FileStatus(of: opened)
        position = LogPosition(inode: status.inode, size: UInt64(status.size))
        file = consume opened
    }

    /// With one file it starts again.
    private func rotate() {
        guard options.maxFiles > 1 else {
            if let raw = file?.raw, ftruncate(raw, 0) == 0 { position.size = 0 }
            return
        }
        guard rotation.shift() else { return }
        do throws(SystemError) { try open() } catch {
            // The old descriptor still works, and its bytes are in log.1.
            context.log.error("\(options.path): cannot begin a new file: \(error)")
        }
    }
}
