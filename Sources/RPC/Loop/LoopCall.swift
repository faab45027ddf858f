package import Wire

/// A call under way at a `LoopServer`.
final class LoopCall: Mortal {
    let life = Life()
    let context: CallContext
    let stream: UInt32
    /// nil once the call has ended, in whatever way.
    private(set) var connection: LoopConnection?
    var timer: Timer?
    var onDrain: (() -> Void)?
    /// Called where the call ends and we did not end it.
    var onAbandon: (() -> Void)?

    init(_ connection: LoopConnection, _ stream: UInt32, _ context: CallContext) {
        self.connection = connection
        self.stream = stream
        self.context = context
    }

    /// Sends the last frame of the call.
    func end(with bytes: [UInt8]) {
        guard let connection else { return }
        release()
        connection.end(self, with: bytes)
    }

    func fail(_ error: RPCError) { end(with: AnswerFrame.failure(stream, error)) }

    /// The caller's time is up: it hears so, and our handler that nobody waits.
    func expire() {
        let onAbandon = onAbandon
        fail(.timedOut)
        onAbandon?()
    }

    /// The peer is gone, or will no longer listen to what we say on this stream.
    func abandon() {
        guard connection != nil else { return }
        let onAbandon = onAbandon
        release()
        onAbandon?()
    }

    private func release() {
        if let timer { connection?.loop.cancel(timer) }
        connection = nil
        timer = nil
        onDrain = nil
        onAbandon = nil
    }
}

/// The one answer of a call; may be kept and given later. A reply that is dropped without an
/// answer is an error at the caller, not a call that hangs.
package final class Reply<Response: WireMessage> {
    private let call: LoopCall

    init(_ call: LoopCall) { self.call = call }

    deinit {
        call.fail(RPCError(code: .internal, message: "the call was dropped without an answer"))
    }

    package var context: CallContext { call.context }

    /// True when nobody waits any more: the peer is gone or its time is up.
    package var isAbandoned: Bool { call.connection == nil }

    /// Called once when the peer has gone or its time is up before the answer.
    package var onAbandon: (() -> Void)? {
        get { call.onAbandon }
        set { call.onAbandon = newValue }
    }

    package func succeed(_ response: Response) {
        do throws(WireError) {
            let payload = try response.serialized()
            call.end(with: AnswerFrame.success(call.stream, payload: payload))
        } catch {
            call.fail(RPCError(code: .internal, message: "\(error)"))
        }
    }

    package func fail(_ error: RPCError) { call.fail(error) }
}

/// Where the messages of a stream go.
package final class StreamSink<Element: WireMessage> {
    private let call: LoopCall

    init(_ call: LoopCall) { self.call = call }

    deinit {
        call.fail(RPCError(code: .internal, message: "the stream was dropped without an end"))
    }

    package var context: CallContext { call.context }

    /// False once it was finished or the peer is gone.
    package var isOpen: Bool { call.connection != nil }

    /// What waits on this connection because the peer does not read. A sender that can wait
    /// should stop above a limit of its own and go on in `onDrain`; above `Limits.outgoingBytes`
    /// the connection is cut.
    package var pendingBytes: Int { call.connection?.pendingBytes ?? 0 }

    /// Called each time when everything that had to wait has gone.
    package var onDrain: (() -> Void)? {
        get { call.onDrain }
        set { call.onDrain = newValue }
    }

    /// Called once when the peer has gone before the end.
    package var onClose: (() -> Void)? {
        get { call.onAbandon }
        set { call.onAbandon = newValue }
    }

    /// Queues a message; never blocks. Does nothing when the peer is gone.
    package func send(_ element: Element) {
        guard let connection = call.connection else { return }
        do throws(RPCError) {
            connection.send(try AnswerFrame.item(call.stream, element))
        } catch {
            call.fail(error)
        }
    }

    package func finish() { call.end(with: AnswerFrame.end(call.stream)) }

    package func fail(_ error: RPCError) { call.fail(error) }
}
