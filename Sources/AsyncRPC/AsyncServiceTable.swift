package import RPC
package import Wire

/// What an `RPCServer` can do: a handler for each method.
///
/// Every call runs in a task of its own. The task is cancelled when its caller has gone, when the
/// caller's time is up, and when the server's grace has ended. What a handler throws goes to the
/// caller: an `RPCError` as it is, an `RPCErrorConvertible` in its own words, anything else as
/// `unknown` with its description.
package struct AsyncServiceTable: Sendable {
    enum Handler: Sendable {
        case unary(@Sendable (Envelope.Request, CallContext) async throws -> [UInt8])
        case stream(@Sendable (Envelope.Request, CallContext, StreamTarget) async throws -> Void)
    }

    private var services: [String: [String: Handler]] = [:]

    package init() {}

    package mutating func on<Request, Response>(
        _ method: UnaryMethod<Request, Response>,
        _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
    ) {
        services[method.service, default: [:]][method.name] = .unary { request, context in
            try await handler(try unpack(request), context).serialized()
        }
    }

    /// The stream ends when the handler returns.
    package mutating func on<Request, Element>(
        _ method: StreamMethod<Request, Element>,
        _ handler:
            @escaping @Sendable (Request, CallContext, StreamWriter<Element>) async throws -> Void
    ) {
        services[method.service, default: [:]][method.name] = .stream { request, context, target in
            try await handler(try unpack(request), context, StreamWriter(target))
        }
    }

    func handler(for request: Envelope.Request) throws(RPCError) -> Handler {
        guard let service = services[request.service] else {
            throw .unknownService(request.service)
        }
        guard let handler = service[request.method] else { throw .unknownMethod(request.method) }
        return handler
    }
}

/// Where the messages of a stream go.
package struct StreamWriter<Element: WireMessage>: Sendable {
    private let target: StreamTarget

    init(_ target: StreamTarget) { self.target = target }

    /// Sends a message; waits while the peer is slow. Throws when the peer has gone, when its time
    /// is up or when the task is cancelled.
    package func send(_ element: Element) async throws(RPCError) {
        try await target.send(element)
    }
}

private func unpack<Message: WireMessage>(_ request: Envelope.Request) throws(RPCError) -> Message {
    do throws(WireError) { return try Message(serialized: request.payload) } catch {
        throw .unreadableRequest(error)
    }
}
