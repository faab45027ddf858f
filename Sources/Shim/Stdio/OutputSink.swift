internal import Wire

typealias OutputStream = ShimAPI.Stream

/// A place where a process's output goes. It takes everything at once: who is slow keeps a backlog.
protocol OutputSink: AnyObject {
    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>)

    /// No more comes. Whatever waits is still delivered.
    func end()

    /// True while a living reader is so far behind that the process should wait for it.
    var isFull: Bool { get }

    /// True when nothing waits for delivery, or nobody is there to take it.
    var isFlushed: Bool { get }

    /// True for what goes on when the process has ended and strangers still write: a log.
    var outlivesProcess: Bool { get }

    func close()
}

extension OutputSink {
    var isFull: Bool { false }
    var isFlushed: Bool { true }
    var outlivesProcess: Bool { false }
}
