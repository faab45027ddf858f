internal import Dispatch
internal import Glibc
internal import Linux
internal import Synchronization

/// Tells when files of a directory are written, made or renamed (inotify(7)); one kernel object for
/// all who want to know.
final class FileWatch: Sendable {
    private struct State {
        var followers: [Int32: [Int: AsyncStream<Void>.Continuation]] = [:]
        var nextKey = 0
    }

    private let descriptor: Int32
    /// Dispatch's sources are safe from any thread; its types do not say so yet.
    private nonisolated(unsafe) let source: any DispatchSourceRead
    private let state = Mutex(State())

    init() throws(SystemError) {
        let raw = try check("make an inotify instance") {
            inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        }
        descriptor = raw
        unsafe source = DispatchSource.makeReadSource(fileDescriptor: raw)
        unsafe source.setEventHandler { [weak self] in self?.drain() }
        unsafe source.setCancelHandler { close(raw) }
        unsafe source.activate()
    }

    deinit { unsafe source.cancel() }

    /// A signal for every change, several that come together as one; the first comes at once.
    func changes(in directory: String) throws(SystemError) -> AsyncStream<Void> {
        let mask = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let descriptor = descriptor
        // Under the lock: whoever stops watching must not take away what has just been given.
        let (watch, key) = try state.withLock { state throws(SystemError) in
            let watch = try check("watch \(directory)") {
                unsafe inotify_add_watch(descriptor, directory, mask)
            }
            state.nextKey += 1
            state.followers[watch, default: [:]][state.nextKey] = continuation
            return (watch, state.nextKey)
        }
        continuation.onTermination = { [weak self] _ in self?.stop(watch, key) }
        continuation.yield()
        return stream
    }

    private func stop(_ watch: Int32, _ key: Int) {
        state.withLock { state in
            state.followers[watch]?[key] = nil
            guard state.followers[watch]?.isEmpty == true else { return }
            state.followers[watch] = nil
            _ = inotify_rm_watch(descriptor, watch)
        }
    }

    private func drain() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return }
        var watches: Set<Int32> = []
        var offset = 0
        let headerSize = MemoryLayout<inotify_event>.size
        while offset + headerSize <= count {
            let event = unsafe buffer.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            }
            watches.insert(event.wd)
            offset += headerSize + Int(event.len)
        }
        let followers = state.withLock { state in
            // -1: events were lost (IN_Q_OVERFLOW), so everybody looks.
            watches.contains(-1)
                ? state.followers.values.flatMap(\.values)
                : watches.flatMap { state.followers[$0, default: [:]].values }
        }
        for follower in followers { follower.yield() }
    }
}
