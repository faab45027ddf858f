package import Wire

/// The rules of one connection as its server sees them: which streams may be opened, which are
/// under way. Does no input or output, so that both servers share it.
package struct ServerSession: Sendable {
    /// What a server has to do about what came.
    package enum Action: Equatable, Sendable {
        /// A call begins; it is under way until `end` is called for it.
        case begin(stream: UInt32, request: Envelope.Request)
        /// Answer with this error. Whatever was under way on the stream has ended with it.
        case refuse(stream: UInt32, error: RPCError)
        case nothing
    }

    private var newest: UInt32 = 0
    private var underWay: Set<UInt32> = []

    package init() {}

    package var callsUnderWay: Int { underWay.count }

    package mutating func receive(_ event: FrameEvent) -> Action {
        switch event {
        case .oversize(let stream, let length):
            return refuse(stream, .oversize(length))
        case .frame(let frame):
            switch frame.kind {
            case .request: return begin(frame)
            case .data: return data(frame)
            default: return .nothing
            }
        }
    }

    /// Ends a call. False where it has ended before: then nothing may be sent on its stream.
    package mutating func end(_ stream: UInt32) -> Bool { underWay.remove(stream) != nil }

    package func isUnderWay(_ stream: UInt32) -> Bool { underWay.contains(stream) }

    private mutating func begin(_ frame: Frame) -> Action {
        guard frame.stream % 2 == 1 else {
            return refuse(frame.stream, invalid("stream \(frame.stream) is not odd"))
        }
        guard frame.stream > newest else {
            return refuse(
                frame.stream, invalid("stream \(frame.stream) comes after stream \(newest)"))
        }
        newest = frame.stream
        guard !frame.flags.contains(.remoteOpen) else {
            return refuse(
                frame.stream,
                RPCError(code: .unimplemented, message: "streams of requests are not served"))
        }
        guard underWay.count < Limits.callsPerConnection else {
            return refuse(
                frame.stream,
                RPCError(
                    code: .resourceExhausted,
                    message: "\(Limits.callsPerConnection) calls are under way on this connection"))
        }
        do throws(WireError) {
            let request = try Envelope.Request(serialized: frame.data)
            underWay.insert(frame.stream)
            return .begin(stream: frame.stream, request: request)
        } catch {
            return refuse(frame.stream, invalid("\(error)"))
        }
    }

    /// No call of ours takes further messages; only an empty good-bye is let pass.
    private mutating func data(_ frame: Frame) -> Action {
        if frame.flags.contains(.noData) && frame.data.isEmpty && underWay.contains(frame.stream) {
            return .nothing
        }
        return refuse(frame.stream, invalid("stream \(frame.stream) takes no data"))
    }

    private mutating func refuse(_ stream: UInt32, _ error: RPCError) -> Action {
        underWay.remove(stream)
        return .refuse(stream: stream, error: error)
    }

    private func invalid(_ text: String) -> RPCError {
        RPCError(code: .invalidArgument, message: text)
    }
}

/// The frames of answers.
package enum AnswerFrame {
    /// The answer to a call with one answer.
    package static func success(_ stream: UInt32, payload: [UInt8]) -> [UInt8] {
        do throws(RPCError) {
            return try answer(stream, Envelope.Response(payload: payload))
        } catch {
            return failure(stream, error)
        }
    }

    /// The end of any call that failed.
    package static func failure(_ stream: UInt32, _ error: RPCError) -> [UInt8] {
        encode(stream, error.status) ?? encode(stream, withoutDetails(error).status) ?? []
    }

    /// One message of a stream. Fails where it is longer than a frame may be.
    package static func item(
        _ stream: UInt32, _ message: some WireMessage
    ) throws(RPCError)
        -> [UInt8]
    {
        try Frame(stream: stream, kind: .data, data: bytes(message)).encoded()
    }

    /// The good end of a stream.
    package static func end(_ stream: UInt32) -> [UInt8] {
        let frame = Frame(stream: stream, kind: .data, flags: [.remoteClosed, .noData])
        return (try? frame.encoded()) ?? []
    }

    private static func encode(_ stream: UInt32, _ status: RPCStatus) -> [UInt8]? {
        try? answer(stream, Envelope.Response(status: status))
    }

    private static func answer(
        _ stream: UInt32, _ response: Envelope.Response
    ) throws(RPCError) -> [UInt8] {
        let frame = Frame(stream: stream, kind: .response, data: try bytes(response))
        return try frame.encoded()
    }

    private static func bytes(_ message: some WireMessage) throws(RPCError) -> [UInt8] {
        do throws(WireError) {
            return try message.serialized()
        } catch {
            throw RPCError(code: .internal, message: "\(error)")
        }
    }

    private static func withoutDetails(_ error: RPCError) -> RPCError {
        RPCError(code: error.code, message: error.message)
    }
}
