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

    /// True while something waits that would go with the shim.
    var holdsOutput: Bool { get }

    /// True for what goes on when the process has ended and strangers still write: a log.
    var outlivesProcess: Bool { get }

    /// Moves what a pipe holds into the sink's own, uncopied, and answers how many bytes that were. nil
    /// where it cannot: what is there must be read and taken.
    func move(from pipe: Int32) -> Int?

    /// Much is moved: its own pipe may hold more.
    func widen()

    func close()
}

extension OutputSink {
    func move(from pipe: Int32) -> Int? { nil }
    func widen() {}
    var isFull: Bool { false }
    var isFlushed: Bool { true }
    var holdsOutput: Bool { false }
    var outlivesProcess: Bool { false }
}

/// A log that another shim can go on with.
protocol DurableSink: OutputSink {
    /// Up to where it is written.
    var position: LogPosition { get }

    /// Lines that wait for their end.
    var begunLines: [OutputStream: PartialLine] { get }

    /// Goes on where another shim was killed. What was written beyond the position is taken back.
    func resume(_ lines: [OutputStream: PartialLine], takingBackTo position: LogPosition?)
}
