internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// Output that goes to a fifo of containerd's.
///
/// Both its ends are held open, so a reader that goes away is not an error, and one that comes back
/// finds what was written. The process does not wait for a reader: what he has not taken is kept in
/// a file, and comes later, in order. Beyond the file's limit one that still reads, slowly, halts
/// the process, as a pipe would; where nobody has taken anything for a second, or the disk is full,
/// output is dropped and counted.
final class FifoSink: OutputSink, Mortal {
    let life = Life()
    private static let memory = 256 << 10
    private static let longestOnDisk = 256 << 20
    private static let longestInBundle = 16 << 20
    /// So much room is left when the process is halted: its pipes hold less.
    private static let reserve = 4 << 20
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
    private var moving = Moving.free
    /// Until when the reader is waited for, and what he has taken in that time.
    private var haltEnd: MonotonicTime?
    private var taken = 0

    /// How it stands with what is moved uncopied.
    private enum Moving {
        case free
        /// The process waits for the reader, but not for long.
        case halted(Timer)
        /// The reader was too slow: until he has caught up all goes through the backlog.
        case tooSlow
    }
    /// Who takes so many bytes in this time keeps up, and is waited for so long.
    private static let quickBytes = 256 << 10
    private static let quickTime = Duration.milliseconds(20)

    /// Calls `onRoom` when the process may go on, and when all is delivered.
    init(
        _ path: String, directory: String, context: ShimContext, onRoom: @escaping () -> Void
    ) throws(SystemError) {
        self.path = path
        loop = context.loop
        log = context.log
        self.onRoom = onRoom
        let (folder, limit) = Self.spillPlace(directory)
        backlog = Backlog(directory: folder, memoryLimit: Self.memory, fileLimit: limit)
        fifo = try openFile(path, O_RDWR | O_NONBLOCK)
    }

    /// containerd keeps bundles in memory, and gives each a directory on the disk as `work`.
    private static func spillPlace(_ bundle: String) -> (directory: String, limit: Int) {
        let work = bundle + "/work"
        return unsafe access(work, W_OK) == 0 ? (work, longestOnDisk) : (bundle, longestInBundle)
    }

    var holdsOutput: Bool { !backlog.isEmpty }
    var isFull: Bool {
        if case .halted = moving { return true }
        return !isAbandoned && !backlog.hasRoom(for: Self.reserve)
    }
    var isFlushed: Bool { fifo == nil || backlog.isEmpty || isAbandoned }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        if backlog.isEmpty { rest = rest.dropFirst(write(rest)) }
        guard !rest.isEmpty else { return }
        waitForRoom()
        guard backlog.hasRoom(for: rest.count) else {
            return drop(rest.count, "nobody reads")
        }
        do throws(SystemError) {
            try backlog.append(rest)
            if dropped > 0, !isAbandoned { tellDropped("there is room again") }
        } catch {
            drop(rest.count, "\(error)")
        }
    }

    func move(from pipe: Int32) -> Int? {
        // Behind a backlog the order would be lost.
        guard case .free = moving, backlog.isEmpty, let raw = fifo?.raw else { return nil }
        let count = apus_splice(pipe, raw, PipeSize.large)
        if count > 0 {
            progress += count
            taken += count
            if taken >= Self.quickBytes { haltEnd = nil }
            return count
        }
        guard count < 0, apus_errno() == EAGAIN else { return nil }
        return halt() ? 0 : nil
    }

    /// False where the reader has had his time.
    private func halt() -> Bool {
        watchRoom()
        if haltEnd == nil {
            haltEnd = .after(Self.quickTime)
            taken = 0
        }
        let left = haltEnd.millisecondsLeft
        guard left > 0 else {
            moving = .tooSlow
            return false
        }
        moving = .halted(
            loop.after(.milliseconds(left)) { [own = Weak(self)] in own.object?.giveUpMoving() })
        return true
    }

    private func giveUpMoving() {
        moving = .tooSlow
        onRoom()
    }

    func widen() {
        if let raw = fifo?.raw { PipeSize.widen(raw) }
    }

    private func drop(_ count: Int, _ reason: String) {
        if dropped == 0 { log.warning("\(path): \(reason); output is dropped from here") }
        dropped += count
    }

    private func tellDropped(_ reason: String) {
        log.warning("\(path): \(reason); \(dropped) bytes were dropped meanwhile")
        dropped = 0
    }

    func end() {
        isEnding = true
        if backlog.isEmpty { close() }
    }

    func close() {
        stall.map(loop.cancel)
        stall = nil
        stopHalting()
        if let fifo = fifo.take(), isWatching { loop.unwatch(fifo.raw) }
        isWatching = false
    }

    private func stopHalting() {
        switch moving {
        case .free: return
        case .halted(let timer): loop.cancel(timer)
        case .tooSlow: haltEnd = nil
        }
        moving = .free
    }

    private func write(_ bytes: ArraySlice<UInt8>) -> Int {
        guard let count = try? fifo?.write(bytes) else { return 0 }
        progress += count
        return count
    }

    private func waitForRoom() {
        watchRoom()
        if stall == nil, !isAbandoned { watchForStall() }
    }

    private func watchRoom() {
        guard let raw = fifo?.raw, !isWatching else { return }
        isWatching =
            (try? loop.watch(raw, .writable) { [own = Weak(self)] _ in own.object?.deliver() })
            != nil
    }

    private func watchForStall() {
        stall.map(loop.cancel)
        stall = loop.after(Self.patience) { [progress, own = Weak(self)] in
            own.object?.abandonUnlessMoved(since: progress)
        }
    }

    private func abandonUnlessMoved(since before: Int) {
        stall = nil
        guard !backlog.isEmpty else { return }
        guard progress == before else { return watchForStall() }
        isAbandoned = true
        onRoom()
    }

    private func deliver() {
        for _ in 0..<4 {
            guard let bytes = try? backlog.front(16 << 10), !bytes.isEmpty else { break }
            let count = write(bytes)
            backlog.drop(count)
            if count < bytes.count { break }
        }
        if isAbandoned, progress > 0 { readerCame() }
        if backlog.isEmpty {
            if dropped > 0 { tellDropped("is read again") }
            stopWaiting()
        }
        if backlog.isEmpty || backlog.hasRoom(for: 2 * Self.reserve) { onRoom() }
    }

    private func readerCame() {
        isAbandoned = false
        watchForStall()
        if dropped > 0 { tellDropped("is read again") }
    }

    private func stopWaiting() {
        stall.map(loop.cancel)
        stall = nil
        stopHalting()
        if let raw = fifo?.raw, isWatching { loop.unwatch(raw) }
        isWatching = false
        if isEnding { close() }
    }
}
