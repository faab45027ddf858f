internal import Linux
internal import RPC
internal import Wire

/// Output on its way to those who attach, with the stream that each piece is of.
struct AttachRecords {
    private static let header = 5

    let backlog: Backlog

    init(directory: String, fileLimit: Int = .max) {
        backlog = Backlog(directory: directory, memoryLimit: 1 << 20, fileLimit: fileLimit)
    }

    func append(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var record: [UInt8] = [UInt8(stream.rawValue)]
        record.reserveCapacity(Self.header + bytes.count)
        for shift in [0, 8, 16, 24] { record.append(UInt8(bytes.count >> shift & 0xff)) }
        record += bytes
        try backlog.append(record[...])
    }

    /// The oldest piece, taken out.
    func next() throws(SystemError) -> ShimAPI.Output? {
        let head = try read(Self.header)
        guard head.count == Self.header else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(head[1 + $1]) << (8 * $1) }
        let stream = OutputStream(rawValue: Int32(head[0]))
        return ShimAPI.Output(stream: stream, data: try read(length))
    }

    private func read(_ count: Int) throws(SystemError) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            let part = try backlog.front(count - result.count)
            if part.isEmpty { break }
            result += part
            backlog.drop(part.count)
        }
        return result
    }
}

/// One caller of Stdio/Attach. Slow ones get everything later; nobody waits for them.
final class Attacher: OutputSink {
    /// What may wait in the connection, which the caller's other calls share.
    private static let window = 256 << 10

    private let context: ShimContext
    private let sink: StreamSink<ShimAPI.Output>
    private let records: AttachRecords
    private var isEnding = false
    private var onGone: ((Attacher) -> Void)?

    init(
        _ sink: StreamSink<ShimAPI.Output>, records: AttachRecords, context: ShimContext,
        onGone: @escaping (Attacher) -> Void
    ) {
        self.context = context
        self.sink = sink
        self.records = records
        self.onGone = onGone
        // The call holds the attacher, so that what waits is delivered though the process is deleted.
        sink.onDrain = { self.deliver() }
        sink.onClose = { self.gone() }
        context.attacherCame()
        deliver()
    }

    var isFlushed: Bool { !sink.isOpen || records.backlog.isEmpty }
    var holdsOutput: Bool { sink.isOpen && !(records.backlog.isEmpty && sink.pendingBytes == 0) }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        guard sink.isOpen else { return gone() }
        if records.backlog.isEmpty, sink.pendingBytes < Self.window {
            return sink.send(ShimAPI.Output(stream: stream, data: Array(bytes)))
        }
        do throws(SystemError) { try records.append(stream, bytes) } catch {
            fail(error)
        }
    }

    func end() {
        isEnding = true
        deliver()
    }

    func close() {
        if sink.isOpen { sink.finish() }
        gone()
    }

    private func deliver() {
        do throws(SystemError) {
            while sink.isOpen, sink.pendingBytes < Self.window, let piece = try records.next() {
                sink.send(piece)
            }
        } catch {
            return fail(error)
        }
        if isEnding, records.backlog.isEmpty { close() }
    }

    private func fail(_ error: SystemError) {
        sink.fail(RPCError(code: .dataLoss, message: "the output cannot be kept: \(error)"))
        gone()
    }

    private func gone() {
        guard let body = onGone else { return }
        onGone = nil
        body(self)
        context.attacherWent()
    }
}

/// Keeps the output of an `attach:` process until the first attacher comes.
final class AttachHold: OutputSink {
    /// Beyond this nobody is likely to come; the newest is dropped.
    private static let longest = 256 << 20

    let records: AttachRecords
    private let log: ShimLog
    private var dropped = 0

    var holdsOutput: Bool { !records.backlog.isEmpty }

    init(directory: String, log: ShimLog) {
        records = AttachRecords(directory: directory, fileLimit: Self.longest)
        self.log = log
    }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        guard dropped == 0, records.backlog.hasRoom(for: bytes.count + 5),
            (try? records.append(stream, bytes)) != nil
        else {
            if dropped == 0 { log.warning("nobody attaches; output is dropped from here") }
            dropped += bytes.count
            return
        }
    }

    func end() {}
    func close() {}
}
