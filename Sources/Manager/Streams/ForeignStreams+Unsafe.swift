internal import Dispatch
internal import Glibc
internal import Linux
internal import RPC
internal import Synchronization
internal import Wire

/// The streams of a process under a shim that knows fifos only: the manager reads them, always, into
/// the container's log and to whoever is attached, so that the process never waits for a reader.
///
/// The fifos are opened for reading and writing, so that neither a shim that opens them late nor one
/// that is gone looks like their end, and so that another life of the manager can go on with them.
final class ForeignStreams: Sendable {
    /// What an attacher may fall behind before it is let go.
    private static let mostBacklog = 4096
    private static let names = ["stdin", "stdout", "stderr"]

    private struct State {
        var attachers: [Int: AsyncStream<Apus.OutputChunk>.Continuation] = [:]
        var nextKey = 0
        var log: Confined<LogWriter>?
        var stdin: Int32?
        var isOver = false
    }

    /// Something that is used under the lock, or is safe anyhow without saying so.
    private struct Confined<Value>: @unchecked Sendable {
        let value: Value
    }

    private let directory: String
    private let outputs: [(raw: Int32, isError: Bool)]
    private let queue = DispatchQueue(label: "apus.foreign-streams")
    private let sources = Mutex<[Confined<any DispatchSourceRead>]>([])
    private let state: Mutex<State>

    /// Makes the fifos, or opens them again. Without a log only attachers get the output.
    init(_ directory: String, log: String?, stdin: Bool) throws(SystemError) {
        self.directory = directory
        try makeDirectories(directory)
        var raws: [Int32] = []
        for name in Self.names {
            let path = "\(directory)/\(name)"
            if try fileStatus(path) == nil {
                try check("make fifo \(path)") { unsafe mkfifo(path, 0o600) }
            }
            let fifo = try openFile(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW)
            raws.append(fifo.release())
        }
        if !stdin { close(raws[0]) }
        outputs = [(raws[1], false), (raws[2], true)]
        var state = State()
        state.stdin = stdin ? raws[0] : nil
        if let log { state.log = Confined(value: try LogWriter(log)) }
        self.state = Mutex(state)
        for output in outputs { watch(output.raw, output.isError) }
    }

    /// Paths for a task's request; stdin is empty where nobody may write.
    func paths(stdin: Bool) -> (stdin: String, stdout: String, stderr: String) {
        (stdin ? "\(directory)/stdin" : "", "\(directory)/stdout", "\(directory)/stderr")
    }

    private func watch(_ raw: Int32, _ isError: Bool) {
        let source = DispatchSource.makeReadSource(fileDescriptor: raw, queue: queue)
        source.setEventHandler { [weak self] in self?.read(raw, isError) }
        source.setCancelHandler { close(raw) }
        source.activate()
        let kept = Confined(value: source as any DispatchSourceRead)
        sources.withLock { $0.append(kept) }
    }

    private func read(_ raw: Int32, _ isError: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(raw, &buffer, buffer.count)
            guard count > 0 else { return }
            let chunk = Array(buffer[..<count])
            state.withLock { state in
                state.log?.value.append(chunk, isError: isError)
                for (key, attacher) in state.attachers {
                    let sent = attacher.yield(
                        Apus.OutputChunk(stream: isError ? .stderr : .stdout, data: chunk))
                    guard case .dropped = sent else { continue }
                    attacher.finish()
                    state.attachers[key] = nil
                }
            }
        }
    }

    /// What comes from now on.
    func attach() -> AsyncStream<Apus.OutputChunk> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Apus.OutputChunk.self, bufferingPolicy: .bufferingOldest(Self.mostBacklog))
        let key = state.withLock { state -> Int? in
            guard !state.isOver else { return nil }
            state.nextKey += 1
            state.attachers[state.nextKey] = continuation
            return state.nextKey
        }
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.attachers.removeValue(forKey: key) }
        }
        return stream
    }

    /// Writes to stdin; waits, on a thread that may, while the fifo is full.
    func write(_ bytes: [UInt8]) async throws {
        let copy = try state.withLock { state throws(SystemError) -> Int32 in
            guard let stdin = state.stdin else { throw SystemError("write to stdin", EPIPE) }
            return try check("write to stdin") { duplicate(stdin) }
        }
        try await offload {
            let fifo = OwnedDescriptor(owning: copy)
            try fifo.writeAllWaiting(bytes)
        }
    }

    func closeStdin() {
        state.withLock { state in
            if let stdin = state.stdin { close(stdin) }
            state.stdin = nil
        }
    }

    /// Once the shim has written all that it will: reads the rest, and ends the streams.
    func drain() async {
        await withCheckedContinuation { continuation in
            queue.async {
                for output in self.outputs { self.read(output.raw, output.isError) }
                continuation.resume()
            }
        }
        closeStdin()
        let attachers = state.withLock { state in
            state.isOver = true
            state.log?.value.flush()
            defer { state.attachers = [:] }
            return Array(state.attachers.values)
        }
        for attacher in attachers { attacher.finish() }
        for source in sources.withLock({ $0 }) { source.value.cancel() }
        sources.withLock { $0 = [] }
    }
}

private func duplicate(_ raw: Int32) -> Int32 { dup(raw) }

extension OwnedDescriptor {
    /// write(2) until every byte is gone, waiting with poll(2) while there is no room.
    fileprivate func writeAllWaiting(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            do throws(SystemError) {
                rest = rest.dropFirst(try write(rest))
            } catch {
                guard error.code == EAGAIN else { throw error }
                var wanted = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                try check("wait for room in a fifo") { unsafe Glibc.poll(&wanted, 1, -1) }
            }
        }
    }
}
