internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// Output that goes to journald, by its native protocol: a datagram an entry, or a sealed memory file
/// where that is too long (systemd's JOURNAL_NATIVE_PROTOCOL).
///
/// Never waits: while the journal does not read, entries are kept up to a limit, beyond which they
/// are counted.
final class JournalSink: OutputSink, Mortal {
    let life = Life()
    static let standardPath = "/run/systemd/journal/socket"
    private static let mostKept = 4 << 20

    struct Options: Equatable {
        var path = JournalSink.standardPath
        /// NAME=value, as they are sent with every entry.
        var fields: [String] = []

        /// `journald:///?tag=web&field=value`: an option is a field of its name in upper case.
        init(_ uri: StreamURI) throws(Failure) {
            if uri.path != "/" { path = uri.path }
            for (key, value) in uri.query {
                let name = key == "tag" ? "SYSLOG_IDENTIFIER" : Self.upper(key)
                guard !name.isEmpty, name.utf8.count <= 64, !value.contains("\n"),
                    name.utf8.allSatisfy({ (65...90).contains($0) || $0 == 95 })
                else { throw .invalid("journald: field \(key)=\(value)") }
                fields.append("\(name)=\(value)")
            }
        }

        private static func upper(_ key: String) -> String {
            String(key.map { $0 == "-" ? "_" : Character($0.uppercased()) })
        }
    }

    private let options: Options
    private let loop: EventLoop
    private let log: ShimLog
    private let common: [UInt8]
    private let onRoom: () -> Void
    private var socket: OwnedDescriptor?
    private var isWatching = false
    private var lines: [OutputStream: LineAssembler] = [:]
    private var waiting: [[UInt8]] = []
    private var waitingBytes = 0
    private var lost = 0

    var outlivesProcess: Bool { true }
    var isFlushed: Bool { waiting.isEmpty }
    var holdsOutput: Bool { !waiting.isEmpty || !lines.isEmpty }

    /// Calls `onRoom` when all that waited is delivered.
    init(
        _ options: Options, id: String, context: ShimContext, onRoom: @escaping () -> Void
    ) throws(SystemError) {
        self.options = options
        self.onRoom = onRoom
        loop = context.loop
        log = context.log
        var fields = [
            "CONTAINER_ID=\(id.prefix(12))", "CONTAINER_ID_FULL=\(id)",
            "CONTAINER_NAMESPACE=\(context.namespace)",
        ]
        if !options.fields.contains(where: { $0.hasPrefix("SYSLOG_IDENTIFIER=") }) {
            fields.append("SYSLOG_IDENTIFIER=\(id.prefix(12))")
        }
        common = (fields + options.fields).flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] }
        socket = try Self.connect(options.path)
    }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        var assembler = lines[stream] ?? LineAssembler()
        lines[stream] = nil
        assembler.take(bytes.span, now: []) { text, isWhole, _ in add(text, isWhole, stream) }
        if assembler.isHolding { lines[stream] = assembler }
    }

    func end() {
        for (stream, var assembler) in lines {
            assembler.finish(now: []) { text, isWhole, _ in add(text, isWhole, stream) }
        }
        lines = [:]
    }

    func close() {
        end()
        stopWatching()
        socket = nil
    }

    private func add(_ text: Span<UInt8>, _ isWhole: Bool, _ stream: OutputStream) {
        guard !text.isEmpty || !isWhole else { return }
        var entry = common
        entry += Array("PRIORITY=\(stream == .stderr ? 3 : 6)\n".utf8)
        if !isWhole { entry += Array("CONTAINER_PARTIAL_MESSAGE=true\n".utf8) }
        // A length instead of an end: the text may hold anything.
        entry += Array("MESSAGE\n".utf8)
        for shift in stride(from: 0, to: 64, by: 8) {
            entry.append(UInt8(truncatingIfNeeded: UInt64(text.count) >> UInt64(shift)))
        }
        entry.append(text)
        entry.append(UInt8(ascii: "\n"))
        guard waiting.isEmpty, send(entry) else { return hold(entry) }
    }

    private func hold(_ entry: [UInt8]) {
        guard waitingBytes + entry.count <= Self.mostKept else {
            if lost == 0 { log.error("\(options.path) is not read; entries are lost from here") }
            lost += 1
            return
        }
        waiting.append(entry)
        waitingBytes += entry.count
        guard let raw = socket?.raw, !isWatching else { return }
        isWatching =
            (try? loop.watch(raw, .writable) { [own = Weak(self)] _ in own.object?.deliver() })
            != nil
    }

    private func deliver() {
        while let entry = waiting.first {
            guard send(entry) else { return }
            waiting.removeFirst()
            waitingBytes -= entry.count
        }
        stopWatching()
        if lost > 0 { log.warning("\(options.path) is read again; \(lost) entries were lost") }
        lost = 0
        onRoom()
    }

    private func stopWatching() {
        if isWatching, let raw = socket?.raw { loop.unwatch(raw) }
        isWatching = false
    }

    /// False where it must be tried later. A journal that was restarted has another socket.
    private func send(_ entry: [UInt8]) -> Bool {
        for _ in 0..<2 where socket != nil {
            do throws(SystemError) {
                _ = try UnixSocket.send(entry[...], on: socket!)
                return true
            } catch {
                switch error.code {
                case EAGAIN, ENOBUFS: return false
                case EMSGSIZE: return sendAsFile(entry)
                default: reconnect()
                }
            }
        }
        if lost == 0 { log.error("\(options.path) is gone; entries are lost until it is back") }
        lost += 1
        if socket == nil { reconnect() }
        return true
    }

    private static func connect(_ path: String) throws(SystemError) -> OwnedDescriptor {
        let socket = try UnixSocket.connectDatagram(path)
        try socket.setNonBlocking()
        return socket
    }

    private func reconnect() {
        stopWatching()
        socket = try? Self.connect(options.path)
    }

    private func sendAsFile(_ entry: [UInt8]) -> Bool {
        do throws(SystemError) {
            let file = try MemoryFile.sealed(entry, name: "journal-entry")
            _ = try UnixSocket.send([], descriptors: [file.raw], on: socket!)
        } catch {
            if error.isTemporary { return false }
            lost += 1
        }
        return true
    }
}
