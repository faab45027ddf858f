package import Wire

/// What a server on an event loop can do: a handler for each method.
package struct ServiceTable {
    /// Unpacks the request and hands it on.
    typealias Handler = (_ request: Envelope.Request, _ call: LoopCall) -> Void

    private var services: [String: [String: Handler]] = [:]

    package init() {}

    /// The handler answers at once, or keeps the reply and answers later.
    package mutating func on<Request, Response>(
        _ method: UnaryMethod<Request, Response>,
        _ handler: @escaping (Request, Reply<Response>) -> Void
    ) {
        services[method.service, default: [:]][method.name] = { request, call in
            guard let message: Request = unpack(request, call) else { return }
            handler(message, Reply(call))
        }
    }

    /// The handler sends at once, or keeps the sink and sends later, until it finishes it.
    package mutating func on<Request, Element>(
        _ method: StreamMethod<Request, Element>,
        _ handler: @escaping (Request, StreamSink<Element>) -> Void
    ) {
        services[method.service, default: [:]][method.name] = { request, call in
            guard let message: Request = unpack(request, call) else { return }
            handler(message, StreamSink(call))
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

private func unpack<Message: WireMessage>(
    _ request: Envelope.Request, _ call: LoopCall
) -> Message? {
    do throws(WireError) { return try Message(serialized: request.payload) } catch {
        call.fail(.unreadableRequest(error))
        return nil
    }
}
