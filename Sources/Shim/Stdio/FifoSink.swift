internal import Glibc
internal import Linux
internal import RPC

/// Output that goes to a fifo of containerd's.
///
/// Both its ends are held open, so a reader that goes away is not an error, and one that comes back
/// finds what was written. A reader that is slow slows the container down, and nothing is lost. A
/// fifo that nobody empties for a second does not: beyond the backlog its output is dropped.
final class FifoSink: OutputSink {
    private static let memory = 256 << 10
    private static let spill = 16 << 20
    private static let patience = Duration.seconds(1)

    private let path: String
    private let loop: EventLoop
    private let log: ShimLog
    private let backlog: Backlog
    private let onRoom: () -> Void
    private var fifo: OwnedDescriptor?
    private var isWatching = false
    private var isEnding = false
    private var isAbandoned = false
    private var dropped = 0
    private var stall: Timer?
    private var progress = 0

    /// Calls `onRoom` when the process may go on, and when all is delivered.
    init(
        _ path: String, directory: String, context: ShimContext, onRoom: @escaping () -> Void
    ) throws(SystemError) {
        self.path = path
        loop = context.loop
        log = context.log
        self.onRoom = onRoom
        backlog = Backlog(directory: directory, memoryLimit: Self.memory, fileLimit: Self.spill)
        fifo = try openFile(path, O_RDWR | O_NONBLOCK)
    }

    var isFull: Bool { !isAbandoned && backlog.count > Self.memory }
    var isFlushed: Bool { fifo == nil || backlog.isEmpty || isAbandoned }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        if backlog.isEmpty { rest = rest.dropFirst(write(rest)) }
        guard !rest.isEmpty else { return }
        guard backlog.hasRoom(for: rest.count), (try? backlog.append(rest)) != nil else {
            if dropped == 0 { log.warning("\(path): nobody reads; output is dropped from here") }
            dropped += rest.count
            return
        }
        waitForRoom()
    }

    func end() {
        isEnding = true
        if backlog.isEmpty { close() }
    }

    func close() {
        stall.map(loop.cancel)
        stall = nil
        if let fifo = fifo.take(), isWatching { loop.unwatch(fifo.raw) }
        isWatching = false
    }

    private func write(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let count = try? fifo?.write(bytes) else { return 0 }
        progress += count
        return count
    }

    private func waitForRoom() {
        guard let raw = fifo?.raw, !isWatching else { return }
        isWatching = (try? loop.watch(raw, .writable) { [unowned self] _ in deliver() }) != nil
        if !isAbandoned { watchForStall() }
    }

    private func watchForStall() {
        let before = progress
        stall.map(loop.cancel)
        stall = loop.after(Self.patience) { [unowned self] in
            stall = nil
            guard !backlog.isEmpty else { return }
            guard progress == before else { return watchForStall() }
            isAbandoned = true
            onRoom()
        }
    }

    private func deliver() {
        for _ in 0..<4 {
            guard let bytes = try? backlog.front(16 << 10), !bytes.isEmpty else { break }
            let count = write(bytes)
            backlog.drop(count)
            if count < bytes.count { break }
        }
        if isAbandoned, progress > 0 { readerCame() }
        guard backlog.count < Self.memory / 2 else { return }
        if backlog.isEmpty { stopWaiting() }
        onRoom()
    }

    private func readerCame() {
        isAbandoned = false
        watchForStall()
        guard dropped > 0 else { return }
        log.warning("\(path): is read again; \(dropped) bytes were dropped meanwhile")
        dropped = 0
    }

    private func stopWaiting() {
        stall.map(loop.cancel)
        stall = nil
        if let raw = fifo?.raw, isWatching { loop.unwatch(raw) }
        isWatching = false
        if isEnding { close() }
    }
}
