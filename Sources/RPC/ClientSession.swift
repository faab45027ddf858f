package import Wire

/// The calls of one connection as its client sees them. Does no input or output, so that all
/// clients share it; `Call` is whatever a client keeps for a call under way.
package struct ClientSession<Call> {
    /// What came for a call.
    package enum Arrival {
        /// The call is over.
        case answer(Call, Result<[UInt8], RPCError>)
        /// A message of a stream, and whether the stream ends with it.
        case item(Call, [UInt8], last: Bool)
        /// The good end of a stream.
        case end(Call)
    }

    private struct Entry {
        var call: Call
        var isStream: Bool
    }

    private var next: UInt32 = 1
    private var underWay: [UInt32: Entry] = [:]

    package init() {}

    package var callsUnderWay: Int { underWay.count }

    /// Registers a call and answers its stream and the frame that starts it. Streams must go out
    /// in the order of their numbers.
    package mutating func begin(
        _ call: Call, _ request: Envelope.Request, isStream: Bool
    ) throws(RPCError) -> (stream: UInt32, bytes: [UInt8]) {
        guard next <= UInt32.max - 2 else {
            throw RPCError(code: .unavailable, message: "the connection has no stream numbers left")
        }
        let stream = next
        let bytes = try requestFrame(stream, request, isStream: isStream)
        next += 2
        underWay[stream] = Entry(call: call, isStream: isStream)
        return (stream, bytes)
    }

    /// Gives a call up; whatever still comes for it is skipped.
    package mutating func forget(_ stream: UInt32) -> Call? {
        underWay.removeValue(forKey: stream)?.call
    }

    /// Ends all calls: the connection is gone.
    package mutating func forgetAll() -> [Call] {
        defer { underWay = [:] }
        return underWay.sorted { $0.key < $1.key }.map { $0.value.call }
    }

    /// Sorts what came to its call; nil for late answers and for frames that nobody knows.
    package mutating func receive(_ event: FrameEvent) -> Arrival? {
        switch event {
        case .oversize(let stream, let length):
            return forget(stream).map { .answer($0, .failure(.oversize(length))) }
        case .frame(let frame):
            guard let entry = underWay[frame.stream] else { return nil }
            switch frame.kind {
            case .response:
                underWay[frame.stream] = nil
                return .answer(entry.call, answer(frame))
            case .data: return data(frame, entry)
            default: return nil
            }
        }
    }

    private mutating func data(_ frame: Frame, _ entry: Entry) -> Arrival? {
        let last = frame.flags.contains(.remoteClosed)
        if last || !entry.isStream { underWay[frame.stream] = nil }
        guard entry.isStream else {
            let error = RPCError(
                code: .internal, message: "the peer answered with a stream, not with one message")
            return .answer(entry.call, .failure(error))
        }
        if frame.flags.contains(.noData) {
            return last ? .end(entry.call) : nil
        }
        return .item(entry.call, frame.data, last: last)
    }

    private func answer(_ frame: Frame) -> Result<[UInt8], RPCError> {
        do throws(WireError) {
            let response = try Envelope.Response(serialized: frame.data)
            guard let status = response.status, status.code != 0 else {
                return .success(response.payload)
            }
            return .failure(RPCError(status))
        } catch {
            return .failure(
                RPCError(code: .internal, message: "the answer is unreadable: \(error)"))
        }
    }
}

/// The frame that starts a call.
package func requestFrame(
    _ stream: UInt32, _ request: Envelope.Request, isStream: Bool
) throws(RPCError) -> [UInt8] {
    let data: [UInt8]
    do throws(WireError) { data = try request.serialized() } catch {
        throw RPCError(code: .invalidArgument, message: "\(error)")
    }
    return try Frame(
        stream: stream, kind: .request, flags: isStream ? .remoteClosed : [], data: data
    ).encoded()
}

/// Reads the message of an answer.
package func decode<Message: WireMessage>(
    _ bytes: [UInt8], as type: Message.Type = Message.self
) throws(RPCError) -> Message {
    do throws(WireError) { return try Message(serialized: bytes) } catch {
        throw RPCError(code: .internal, message: "the answer is unreadable: \(error)")
    }
}
