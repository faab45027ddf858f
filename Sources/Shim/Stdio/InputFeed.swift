internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// Brings input to a process: from a fifo of containerd's, or from calls of Stdio/Write.
final class InputFeed: Mortal {
    let life = Life()
    private static let chunk = 16 << 10

    private struct Parcel {
        var bytes: ArraySlice<UInt8>
        var done: (Failure?) -> Void
    }

    private let loop: EventLoop
    /// The pipe's or terminal's end that we write.
    private var target: OwnedDescriptor?
    private var waiting: [Parcel] = []
    private var isWaitingForRoom = false
    private var isClosing = false
    /// The process has closed its end.
    private var isGone = false
    private var source: OwnedDescriptor?
    /// Our own writing end of the fifo: while it is open, input does not end because a client went.
    private var keeper: OwnedDescriptor?
    private var isReading = false

    /// True while something waits for the process to read it.
    var isBusy: Bool { !waiting.isEmpty }

    /// Counts what is delivered; nil until somebody wants to know.
    var tally: InputTally?

    /// What it writes; -1 where there is none, or none any more.
    var descriptor: Int32 { target?.raw ?? -1 }

    /// Nothing is written before `connect`.
    init(fifo: String?, loop: EventLoop) throws(SystemError) {
        self.loop = loop
        guard let fifo else { return }
        source = try openFile(fifo, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        keeper = try openFile(fifo, O_WRONLY | O_NONBLOCK | O_NOCTTY)
    }

    deinit { close() }

    /// Gives it the descriptor that it writes.
    func connect(_ target: consuming OwnedDescriptor) throws(SystemError) {
        try target.setNonBlocking()
        self.target = consume target
        resumeReading()
        deliver()
    }

    /// Calls `done` when the process's pipe or terminal has taken the bytes; not before there is a
    /// process.
    func write(_ bytes: [UInt8], done: @escaping (Failure?) -> Void) {
        guard !isGone, !isClosing else {
            return done(.precondition("standard input is closed"))
        }
        waiting.append(Parcel(bytes: bytes[...], done: done))
        if waiting.count == 1 { deliver() }
    }

    /// Ends the input once everything before is delivered: CloseIO. With a fifo, when its writers
    /// have closed theirs too.
    func end() {
        keeper = nil
        guard source == nil else { return }
        isClosing = true
        if waiting.isEmpty { close() }
    }

    func close() {
        stopReading()
        source = nil
        keeper = nil
        if let target = target.take(), isWaitingForRoom { loop.unwatch(target.raw) }
        isWaitingForRoom = false
        isClosing = true
        let parcels = waiting
        waiting = []
        for parcel in parcels { parcel.done(.precondition("standard input is closed")) }
    }

    private func deliver() {
        while let parcel = waiting.first, let raw = target?.raw {
            do throws(SystemError) {
                let count = try target?.write(parcel.bytes) ?? 0
                waiting[0].bytes = parcel.bytes.dropFirst(count)
                tally?.add(count)
                guard waiting[0].bytes.isEmpty else { continue }
                waiting.removeFirst()
                parcel.done(nil)
            } catch {
                if error.isTemporary { return waitForRoom(raw) }
                return targetIsGone()
            }
        }
        stopWaiting()
        if isClosing, waiting.isEmpty { return close() }
        resumeReading()
    }

    /// The process has closed its input. A client must not hang because of that: what it still
    /// sends is read and thrown away.
    private func targetIsGone() {
        stopWaiting()
        target = nil
        isGone = true
        let parcels = waiting
        waiting = []
        for parcel in parcels { parcel.done(.precondition("standard input is closed")) }
        resumeReading()
    }

    private func waitForRoom(_ raw: Int32) {
        stopReading()
        guard !isWaitingForRoom else { return }
        isWaitingForRoom =
            (try? loop.watch(raw, .writable) { [own = Weak(self)] _ in own.object?.deliver() })
            != nil
    }

    private func stopWaiting() {
        if isWaitingForRoom, let raw = target?.raw { loop.unwatch(raw) }
        isWaitingForRoom = false
    }

    private func resumeReading() {
        guard let raw = source?.raw, !isReading, waiting.isEmpty else { return }
        isReading =
            (try? loop.watch(raw, .readable) { [own = Weak(self)] _ in own.object?.readSource() })
            != nil
    }

    private func stopReading() {
        if isReading, let raw = source?.raw { loop.unwatch(raw) }
        isReading = false
    }

    private func readSource() {
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        do throws(SystemError) {
            let count = try source?.read(into: &chunk) ?? 0
            guard count > 0 else { return sourceEnded() }
            guard !isGone else { return }
            waiting.append(Parcel(bytes: chunk[..<count]) { _ in })
            if waiting.count == 1 { deliver() }
        } catch {
            if !error.isTemporary { sourceEnded() }
        }
    }

    private func sourceEnded() {
        stopReading()
        source = nil
        end()
    }
}
