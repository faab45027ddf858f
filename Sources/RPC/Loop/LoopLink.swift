internal import Linux

/// A socket on an event loop that carries frames: reads and cuts, queues and writes, closes once.
final class LoopLink: Mortal {
    let life = Life()
    var onEvent: ((FrameEvent) -> Void)?
    /// Everything that had to wait has gone.
    var onDrain: (() -> Void)?
    /// The connection is gone, whoever ended it. Called once.
    var onClose: (() -> Void)?

    private let loop: EventLoop
    private var socket: OwnedDescriptor?
    private var reader = FrameReader()
    private var outbox = Outbox()
    private var interest: Interest = .readable
    /// While the frames of one read are handled, their answers are gathered.
    private var isReading = false
    /// Something that was sent did not go at once: its sender may wait for `onDrain`.
    private var isWaiting = false

    init(_ loop: EventLoop, _ socket: consuming OwnedDescriptor) {
        self.loop = loop
        self.socket = consume socket
    }

    deinit { if let raw = socket?.raw { loop.unwatch(raw) } }

    var pendingBytes: Int { outbox.count }

    func open() throws(SystemError) {
        guard let raw = socket?.raw else { return }
        try socket?.setNonBlocking()
        try loop.watch(raw, interest) { [own = Weak(self)] in own.object?.ready($0) }
    }

    func send(_ bytes: [UInt8]) {
        guard socket != nil else { return }
        outbox.append(bytes)
        if isReading { isWaiting = true } else { flush() }
        if outbox.count > Limits.outgoingBytes { close() }
    }

    func close() {
        guard let socket = socket.take() else { return }
        loop.unwatch(socket.raw)
        outbox = Outbox()
        let onClose = onClose
        self.onClose = nil
        onClose?()
    }

    private func ready(_ readiness: Readiness) {
        // Handlers may let go of us.
        withExtendedLifetime(self) {
            if readiness.contains(.writable) { flush() }
            if !readiness.isDisjoint(with: [.readable, .hangUp, .failed]) { read() }
        }
    }

    private func read() {
        do throws(SystemError) {
            guard let count = try socket?.read(into: &loop.scratch), count > 0 else {
                return close()
            }
            var input = loop.scratch[..<count]
            isReading = true
            while socket != nil, let event = reader.next(&input) { onEvent?(event) }
            isReading = false
            flush()
        } catch {
            if !error.isTemporary { close() }
        }
    }

    private func flush() {
        while !outbox.isEmpty {
            do throws(SystemError) {
                outbox.advance(try socket?.send(outbox.front) ?? 0)
            } catch {
                if error.isTemporary { break }
                return close()
            }
        }
        updateInterest()
        let wasWaiting = isWaiting
        isWaiting = !outbox.isEmpty
        if wasWaiting && !isWaiting { onDrain?() }
    }

    /// A peer that does not read its answers is not asked for further requests.
    private func updateInterest() {
        guard let raw = socket?.raw else { return }
        var wanted: Interest = []
        if outbox.count <= Limits.outgoingPause { wanted.insert(.readable) }
        if !outbox.isEmpty { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        do throws(SystemError) { try loop.change(raw, wanted) } catch { close() }
    }
}
