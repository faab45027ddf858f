internal import Glibc
internal import Linux
internal import RPC

/// Reads one stream of a process to its end and hands on what comes.
final class OutputPump {
    private static let chunk = 32 << 10
    private static let longestRetry = Duration.seconds(1)
    /// What all pumps read into; each hands its bytes on before the next reads.
    nonisolated(unsafe) private static var buffer =
        unsafe [UInt8](unsafeUninitializedCapacity: chunk) { _, count in count = chunk }

    private let loop: EventLoop
    let stream: OutputStream
    private let deliver: (OutputStream, ArraySlice<UInt8>) -> Void
    private let onEnd: () -> Void
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
        isWatching = (try? loop.watch(raw, .readable) { [unowned self] _ in readOnce() }) != nil
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
            let count = unsafe try source?.read(into: &Self.buffer) ?? 0
            guard count > 0 else { return finish() }
            retryDelay = .milliseconds(20)
            deliver(stream, unsafe Self.buffer[..<count])
        } catch {
            if error.isTemporary { return }
            if error.code == EIO, mayReopen { return tryLater() }
            finish()
        }
    }

    private func tryLater() {
        pause()
        retry = loop.after(retryDelay) { [unowned self] in
            retry = nil
            resume()
        }
        retryDelay = min(retryDelay * 2, Self.longestRetry)
    }

    private func finish() {
        close()
        onEnd()
    }
}
