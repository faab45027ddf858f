internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// Reads one stream of a process to its end and hands on what comes.
final class OutputPump: Mortal {
    let life = Life()
    private static let chunk = 64 << 10
    private static let longestRetry = Duration.seconds(1)
    /// What all pumps read into; each hands its bytes on before the next reads.
    nonisolated(unsafe) private static var buffer =
        unsafe [UInt8](unsafeUninitializedCapacity: chunk) { _, count in count = chunk }

    private let loop: EventLoop
    let stream: OutputStream
    private let deliver: (OutputStream, ArraySlice<UInt8>) -> Void
    private let onEnd: () -> Void
    /// Where it is set, what comes is taken out of the pipe only once it is delivered.
    var onTaken: (() -> Void)?
    /// Moves what the pipe holds on uncopied and answers the number of bytes, or nil where it must be
    /// read. Asked only where much comes: what is moved takes as many places in the next pipe as it had
    /// in this one, and small pieces would soon fill it.
    var move: ((Int32) -> Int?)?
    /// The pipe may hold more than it does at first.
    var widen: ((Int32) -> Void)?
    private var isTorrent = false {
        didSet {
            guard isTorrent, let widen, let raw = source?.raw else { return }
            widen(raw)
            self.widen = nil
        }
    }
    /// Through this the pipe is looked at. Empty between two looks.
    nonisolated(unsafe) private static var glass: Glass?

    private struct Glass { var reader, writer, away: Int32 }
    private var source: OwnedDescriptor?
    private var isWatching = false
    private var retry: Timer?
    private var retryDelay = Duration.milliseconds(20)
    /// A terminal answers EIO while no process has it open, and may be opened again.
    var mayReopen: Bool

    var isEnded: Bool { source == nil }

    /// What it reads, for a program that reads in its place; -1 at the end.
    var descriptor: Int32 { source?.raw ?? -1 }

    init(
        _ source: consuming OwnedDescriptor, _ stream: OutputStream, isTerminal: Bool,
        loop: EventLoop, deliver: @escaping (OutputStream, ArraySlice<UInt8>) -> Void,
        onEnd: @escaping () -> Void
    ) throws(SystemError) {
        try source.setNonBlocking()
        self.source = consume source
        self.stream = stream
        self.loop = loop
        self.deliver = deliver
        self.onEnd = onEnd
        mayReopen = isTerminal
    }

    deinit { close() }

    func resume() {
        guard let raw = source?.raw, !isWatching, retry == nil else { return }
        isWatching =
            (try? loop.watch(raw, .readable) { [own = Weak(self)] _ in own.object?.readOnce() })
            != nil
    }

    func pause() {
        guard let raw = source?.raw, isWatching else { return }
        loop.unwatch(raw)
        isWatching = false
    }

    /// What can be read now, as text: the last words of a program that will not run.
    func readAvailable() -> String {
        let count = unsafe (try? source?.read(into: &Self.buffer)) ?? 0
        return unsafe String(decoding: Self.buffer[..<count], as: UTF8.self)
    }

    /// Hands on what the pipe holds; no more than a pipe can, for strangers may go on for ever.
    func readWhatIsThere() {
        for _ in 0..<(1 << 20) / Self.chunk where isWatching { readOnce() }
    }

    /// Gives up what may still come.
    func close() {
        pause()
        retry.map(loop.cancel)
        retry = nil
        source = nil
    }

    /// The process has ended: a terminal that nobody has open now is at its end.
    func processEnded() {
        mayReopen = false
        guard let timer = retry else { return }
        loop.cancel(timer)
        retry = nil
        resume()
    }

    private func readOnce() {
        do throws(SystemError) {
            if onTaken != nil, let count = try look() {
                guard count > 0 else { return finish() }
                deliver(stream, unsafe Self.buffer[..<count])
                try take(count)
                onTaken?()
                return
            }
            if isTorrent, let raw = source?.raw, let count = move?(raw) {
                isTorrent = count == 0 || count >= Self.chunk / 2
                return
            }
            let count = unsafe try source?.read(into: &Self.buffer) ?? 0
            guard count > 0 else { return finish() }
            isTorrent = count == Self.chunk
            retryDelay = .milliseconds(20)
            deliver(stream, unsafe Self.buffer[..<count])
        } catch {
            if error.isTemporary { return }
            if error.code == EIO, mayReopen { return tryLater() }
            finish()
        }
    }

    /// Copies what waits in the pipe into the buffer and leaves it there. nil where the kernel does
    /// not let us.
    private func look() throws(SystemError) -> Int? {
        guard let raw = source?.raw else { return nil }
        let glass = try Self.openGlass()
        let count = try check("look into a pipe") {
            apus_tee(raw, glass.writer, Self.chunk)
        }
        var seen = 0
        while seen < count {
            seen += try check("read what a pipe holds") {
                unsafe Self.buffer.withUnsafeMutableBytes {
                    unsafe read(glass.reader, $0.baseAddress! + seen, count - seen)
                }
            }
        }
        return count
    }

    /// The same bytes are gone from the pipe, which nobody else reads: moved to /dev/null, uncopied.
    private func take(_ count: Int) throws(SystemError) {
        let glass = try Self.openGlass()
        var taken = 0
        while taken < count, let raw = source?.raw {
            taken += try check("empty a pipe") { apus_splice(raw, glass.away, count - taken) }
        }
    }

    /// The bytes at the front of the pipe, at most as many as these; they stay there.
    func front(_ count: Int) -> ArraySlice<UInt8> {
        guard let seen = try? look() else { return [] }
        return unsafe Self.buffer[..<min(seen, count)]
    }

    private static func openGlass() throws(SystemError) -> Glass {
        if let glass = unsafe glass { return glass }
        let away = try openFile("/dev/null", O_WRONLY)
        let (reader, writer) = try Pipe().release()
        let made = Glass(reader: reader, writer: writer, away: away.release())
        unsafe glass = made
        return made
    }

    private func tryLater() {
        pause()
        retry = loop.after(retryDelay) { [own = Weak(self)] in own.object?.tryAgain() }
        retryDelay = min(retryDelay * 2, Self.longestRetry)
    }

    private func tryAgain() {
        retry = nil
        resume()
    }

    private func finish() {
        close()
        onEnd()
    }
}
