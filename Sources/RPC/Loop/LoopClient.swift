internal import Linux
package import Wire

/// A client on an event loop: never waits. Connects when it is first needed, and again after the
/// connection was lost.
package final class LoopClient: Mortal {
    package let life = Life()
    private struct Call {
        var timer: Timer
        var done: (Result<[UInt8], RPCError>) -> Void
    }

    private let loop: EventLoop
    private let path: String
    private var link: LoopLink?
    private var session = ClientSession<Call>()
    private var isClosed = false

    package init(loop: EventLoop, path: String) {
        self.loop = loop
        self.path = path
    }

    deinit {
        life.end()
        link?.close()
        lost()
    }

    package var callsUnderWay: Int { session.callsUnderWay }

    /// Calls `done` exactly once: with the answer, with the peer's error, when the time is up, or
    /// when the connection is lost. May do so before it returns where nobody listens.
    package func call<Request, Response>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration,
        metadata: [Envelope.KeyValue] = [],
        _ done: @escaping (Result<Response, RPCError>) -> Void
    ) {
        do throws(RPCError) {
            let envelope: Envelope.Request
            do throws(WireError) {
                envelope = try Envelope.Request(
                    service: method.service, method: method.name, message: request,
                    timeout: timeout, metadata: metadata)
            } catch { throw RPCError(code: .invalidArgument, message: "\(error)") }
            try start(envelope, timeout) { result in
                done(
                    result.flatMap { bytes in
                        Result { () throws(RPCError) in try decode(bytes, as: Response.self) }
                    })
            }
        } catch {
            done(.failure(error))
        }
    }

    /// Makes the connection before a call needs it. Where that fails the call will try again.
    package func connect() { _ = try? connected() }

    /// Fails what is under way; further calls fail too.
    package func close() {
        isClosed = true
        link?.close()
    }

    private func start(
        _ request: Envelope.Request, _ timeout: Duration,
        _ done: @escaping (Result<[UInt8], RPCError>) -> Void
    ) throws(RPCError) {
        guard !isClosed else { throw .closed }
        let link = try connected()
        guard link.pendingBytes <= Limits.outgoingPause else {
            throw RPCError(code: .unavailable, message: "\(path) does not read its requests")
        }
        var stream: UInt32 = 0
        let timer = loop.after(timeout) { [own = Weak(self)] in
            own.object?.session.forget(stream)?.done(.failure(.timedOut))
        }
        do throws(RPCError) {
            let frame = try session.begin(Call(timer: timer, done: done), request, isStream: false)
            stream = frame.stream
            link.send(frame.bytes)
        } catch {
            loop.cancel(timer)
            throw error
        }
    }

    private func connected() throws(RPCError) -> LoopLink {
        if let link { return link }
        do throws(SystemError) {
            let socket = try UnixSocket.connect(path, nonBlocking: true)
            let link = LoopLink(loop, socket)
            link.onEvent = { [own = Weak(self)] in own.object?.receive($0) }
            link.onClose = { [own = Weak(self)] in own.object?.lost() }
            try link.open()
            self.link = link
            return link
        } catch {
            throw RPCError(code: .unavailable, message: "\(error)")
        }
    }

    private func receive(_ event: FrameEvent) {
        guard case .answer(let call, let result) = session.receive(event) else { return }
        loop.cancel(call.timer)
        call.done(result)
    }

    private func lost() {
        link = nil
        let calls = session.forgetAll()
        session = ClientSession()
        for call in calls {
            loop.cancel(call.timer)
            call.done(.failure(.closed))
        }
    }
}
