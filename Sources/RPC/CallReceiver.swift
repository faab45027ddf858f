package import Linux
package import Wire

/// A call that was posted to us, with what came beside it.
package struct ReceivedCall {
    package let request: Envelope.Request
    /// Open descriptors in the order in which they were sent; the receiver of this closes them.
    package let descriptors: [Int32]

    /// The request's message, where this is a call of that method.
    package func message<Request, Response>(
        of method: UnaryMethod<Request, Response>
    ) throws(RPCError) -> Request {
        guard request.service == method.service else { throw .unknownService(request.service) }
        guard request.method == method.name else { throw .unknownMethod(request.method) }
        do throws(WireError) { return try Request(serialized: request.payload) } catch {
            throw .unreadableRequest(error)
        }
    }
}

/// Reads the one call that a program posts to its starter over a socket pair (`SyncClient.post`),
/// with its descriptors. Works on blocking and on non-blocking sockets.
package final class CallReceiver {
    private let socket: OwnedDescriptor
    private var reader = FrameReader()
    private var descriptors: [Int32] = []

    package init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    deinit { closeAll() }

    /// For watching it on an event loop.
    package var descriptor: Int32 { socket.raw }

    /// Reads what is there: the call once it is complete, nil where more must come (only on a
    /// non-blocking socket). Throws `unavailable` where the other end was closed without a call.
    package func receive() throws(RPCError) -> ReceivedCall? {
        var chunk = [UInt8](repeating: 0, count: Limits.idleBuffer)
        while true {
            guard let count = try read(into: &chunk) else { return nil }
            guard count > 0 else { throw .closed }
            guard descriptors.count <= Limits.descriptors else {
                throw RPCError(code: .resourceExhausted, message: "too many descriptors")
            }
            var input = chunk[..<count]
            while let event = reader.next(&input) {
                if let call = try call(from: event) { return call }
            }
        }
    }

    private func read(into chunk: inout [UInt8]) throws(RPCError) -> Int? {
        do throws(SystemError) {
            let (count, arrived) = try UnixSocket.receive(into: &chunk, on: socket)
            descriptors += arrived
            return count
        } catch {
            if error.isTemporary { return nil }
            throw RPCError(code: .unavailable, message: "\(error)")
        }
    }

    private func call(from event: FrameEvent) throws(RPCError) -> ReceivedCall? {
        switch event {
        case .oversize(_, let length): throw .oversize(length)
        case .frame(let frame):
            guard frame.kind == .request else { return nil }
            do throws(WireError) {
                let request = try Envelope.Request(serialized: frame.data)
                defer { descriptors = [] }
                return ReceivedCall(request: request, descriptors: descriptors)
            } catch {
                throw .unreadableRequest(error)
            }
        }
    }

    private func closeAll() {
        for raw in descriptors { _ = OwnedDescriptor(owning: raw) }
        descriptors = []
    }
}
