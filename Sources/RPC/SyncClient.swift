package import Linux
package import Wire

/// A client that blocks its thread: one call at a time.
package final class SyncClient {
    private let socket: OwnedDescriptor
    private var reader = FrameReader()
    private var scratch = [UInt8](repeating: 0, count: Limits.idleBuffer)
    private var input: ArraySlice<UInt8> = []
    private var session = ClientSession<Void>()
    private var isBroken = false

    package init(connectingTo path: String) throws(RPCError) {
        do throws(SystemError) {
            socket = try UnixSocket.connect(path)
            try socket.setNonBlocking()
        } catch {
            throw RPCError(code: .unavailable, message: "\(error)")
        }
    }

    /// Takes over a connected socket.
    package init(_ socket: consuming OwnedDescriptor) throws(RPCError) {
        do throws(SystemError) { try socket.setNonBlocking() } catch {
            throw RPCError(code: .unavailable, message: "\(error)")
        }
        self.socket = socket
    }

    /// Calls and waits; for ever where there is no timeout. After a timeout the client can be
    /// used on: the late answer is skipped.
    package func call<Request, Response>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, timeout: Duration? = nil,
        metadata: [Envelope.KeyValue] = []
    ) throws(RPCError) -> Response {
        let deadline = timeout.map(MonotonicTime.after)
        let envelope = try envelope(method, request, timeout, metadata)
        let frame = try session.begin((), envelope, isStream: false)
        defer { _ = session.forget(frame.stream) }
        try send(frame.bytes, [], deadline)
        while true {
            guard case .answer(_, let result) = session.receive(try nextEvent(deadline)) else {
                continue
            }
            return try decode(try result.get())
        }
    }

    /// Sends a call and its descriptors and reads no answer; whatever comes later is skipped.
    package func post<Request, Response>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, descriptors: [Int32] = [],
        timeout: Duration = .seconds(5)
    ) throws(RPCError) {
        let envelope = try envelope(method, request, nil, [])
        let frame = try session.begin((), envelope, isStream: false)
        _ = session.forget(frame.stream)
        try send(frame.bytes, descriptors, .after(timeout))
    }

    private func envelope<Request, Response>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, _ timeout: Duration?,
        _ metadata: [Envelope.KeyValue]
    ) throws(RPCError) -> Envelope.Request {
        guard !isBroken else { throw .closed }
        do throws(WireError) {
            return try Envelope.Request(
                service: method.service, method: method.name, message: request, timeout: timeout,
                metadata: metadata)
        } catch {
            throw RPCError(code: .invalidArgument, message: "\(error)")
        }
    }

    /// Half a frame cannot be taken back: where it does not go whole, the connection is done for.
    private func send(
        _ bytes: [UInt8], _ descriptors: [Int32], _ deadline: MonotonicTime?
    ) throws(RPCError) {
        var rest = bytes[...]
        var descriptors = descriptors
        while !rest.isEmpty {
            do throws(SystemError) {
                let count = try UnixSocket.send(rest, descriptors: descriptors, on: socket)
                descriptors = []
                rest = rest.dropFirst(count)
            } catch {
                guard error.isTemporary else { throw broken() }
                do throws(RPCError) { try wait(.writable, deadline) } catch {
                    if rest.count < bytes.count { isBroken = true }
                    throw error
                }
            }
        }
    }

    private func nextEvent(_ deadline: MonotonicTime?) throws(RPCError) -> FrameEvent {
        while true {
            if let event = reader.next(&input) { return event }
            try wait(.readable, deadline)
            do throws(SystemError) {
                let count = try socket.read(into: &scratch)
                guard count > 0 else { throw SystemError("read", 0) }
                input = scratch[..<count]
            } catch {
                if !error.isTemporary { throw broken() }
            }
        }
    }

    private func wait(_ interest: Interest, _ deadline: MonotonicTime?) throws(RPCError) {
        let isReady: Bool
        do throws(SystemError) {
            isReady = try socket.poll(interest, milliseconds: deadline.millisecondsLeft)
        } catch { throw broken() }
        if !isReady { throw .timedOut }
    }

    private func broken() -> RPCError {
        isBroken = true
        return .closed
    }
}
