internal import Foundation

/// Lets a thread of its own read a source, some chunks ahead: decompressing and hashing then go on
/// while the reader writes files.
final class ReadAhead: ByteSource {
    private let queue = ChunkQueue()

    init(_ upstream: any ByteSource) {
        let work = Handoff(source: upstream, queue: queue)
        let thread = Thread { work.run() }
        thread.stackSize = 1 << 20
        thread.start()
    }

    deinit { stop() }

    func read(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        try queue.take(into: &buffer)
    }

    /// Ends the thread and waits until it has; the sources are the caller's again.
    func stop() { queue.close() }

    /// The one place where a source changes threads: whoever hands it over lets go of it until
    /// `stop` has returned.
    private struct Handoff: @unchecked Sendable {
        let source: any ByteSource
        let queue: ChunkQueue

        func run() {
            var outcome: StoreError?
            do throws(StoreError) {
                var buffer = queue.emptyChunk()
                while true {
                    let count = try source.read(into: &buffer)
                    guard count > 0, queue.put(&buffer, count) else { break }
                }
            } catch {
                outcome = error
            }
            queue.end(outcome)
        }
    }
}

/// A few chunks between two threads; used ones go back to be filled again.
private final class ChunkQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var full: [(bytes: [UInt8], count: Int)] = []
    private var empty: [[UInt8]] = []
    private var isClosed = false
    private var hasEnded = false
    private var failure: StoreError?

    private static let depth = 8

    func emptyChunk() -> [UInt8] {
        empty.popLast() ?? [UInt8](repeating: 0, count: chunkBytes)
    }

    /// Takes a filled chunk and gives an empty one for it; false when nobody wants more.
    func put(_ chunk: inout [UInt8], _ count: Int) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while full.count >= Self.depth && !isClosed { condition.wait() }
        guard !isClosed else { return false }
        full.append((chunk, count))
        chunk = emptyChunk()
        condition.broadcast()
        return true
    }

    /// Swaps the caller's buffer, which must have a chunk's size, for the next chunk.
    func take(into buffer: inout [UInt8]) throws(StoreError) -> Int {
        condition.lock()
        defer { condition.unlock() }
        while full.isEmpty && !hasEnded { condition.wait() }
        guard !full.isEmpty else {
            if let failure { throw failure }
            return 0
        }
        var (chunk, count) = full.removeFirst()
        swap(&chunk, &buffer)
        empty.append(chunk)
        condition.broadcast()
        return count
    }

    func end(_ failure: StoreError?) {
        condition.lock()
        self.failure = failure
        hasEnded = true
        condition.broadcast()
        condition.unlock()
    }

    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        while !hasEnded { condition.wait() }
        condition.unlock()
    }
}
