import RPC
import Wire

extension FuzzTarget {
    /// What a peer sends over a socket. The first byte says in pieces of what size it comes, which
    /// must make no difference; both ends then sort what it holds.
    static let frames = FuzzTarget(
        "frames",
        words: ["\0\0\0\0\0\0\0\u{1}\u{1}\0", "\0\0\0\u{1}", "\u{2}\0", "\u{3}\u{5}", "Task"]
    ) { bytes in
        let input = bytes.dropFirst()
        let (events, isWhole) = read(input, pieces: max(1, input.count))
        let (same, isSame) = read(input, pieces: 1 + Int(bytes.first ?? 0) % 16)
        must(events == same && isWhole == isSame, "the pieces matter")
        checkBytes(of: events, isWhole, input)
        serve(events)
        listen(events)
    }

    private static func read(
        _ input: ArraySlice<UInt8>, pieces: Int
    ) -> (events: [FrameEvent], isWhole: Bool) {
        var reader = FrameReader()
        var events: [FrameEvent] = []
        var rest = input
        while !rest.isEmpty {
            var piece = rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            while let event = reader.next(&piece) { events.append(event) }
            must(piece.isEmpty, "something was not taken")
        }
        return (events, reader.isBetweenFrames)
    }

    /// Frames are what was sent, no more and no less.
    private static func checkBytes(
        of events: [FrameEvent], _ isWhole: Bool, _ input: ArraySlice<UInt8>
    ) {
        var sent: [UInt8] = []
        for event in events {
            guard case .frame(let frame) = event, let bytes = try? frame.encoded() else { return }
            sent += bytes
        }
        must(input.starts(with: sent), "frames that nobody sent")
        must(!isWhole || sent.count == input.count, "bytes are lost")
    }

    /// A call is under way once, and ends once.
    private static func serve(_ events: [FrameEvent]) {
        var session = ServerSession()
        var newest: UInt32 = 0
        for (number, event) in events.enumerated() {
            switch session.receive(event) {
            case .begin(let stream, let request):
                must(stream > newest && stream % 2 == 1, "stream \(stream) after \(newest)")
                newest = stream
                must(session.isUnderWay(stream), "stream \(stream) is lost")
                _ = try? TaskAPI.CreateTaskRequest(serialized: request.payload)
                guard number.isMultiple(of: 3) else { continue }
                must(session.end(stream) && !session.end(stream), "stream \(stream) ends oddly")
            case .refuse(let stream, _): must(!session.isUnderWay(stream), "refused, and on")
            case .nothing: continue
            }
        }
        must(session.callsUnderWay <= Limits.callsPerConnection, "too many calls")
    }

    /// Each call is answered at most once, and all others are there still.
    private static func listen(_ events: [FrameEvent]) {
        var session = ClientSession<Int>()
        let calls = 8
        for call in 0..<calls {
            _ = try? session.begin(
                call, Envelope.Request(service: "s", method: "m"), isStream: call % 2 == 1)
        }
        var ended: Set<Int> = []
        for event in events {
            switch session.receive(event) {
            case .answer(let call, _), .end(let call), .item(let call, _, last: true):
                must(ended.insert(call).inserted, "call \(call) ends twice")
            case .item(let call, _, last: false): must(!ended.contains(call), "call \(call) ended")
            case nil: continue
            }
        }
        let left = session.forgetAll()
        must(ended.isDisjoint(with: left) && ended.count + left.count == calls, "a call is lost")
    }

    /// A message of somebody else's, its kind by the first byte. What can be read can be written, and
    /// is the same when it is read again.
    static let message = FuzzTarget(
        "message", words: ["\n", "\u{12}", "\u{1a}", "type.googleapis"]
    ) {
        bytes in
        let kind = messages[Int(bytes.first ?? 0) % messages.count]
        checkMessage(kind, Array(bytes.dropFirst()))
    }

    private static func checkMessage<Message: WireMessage>(_ kind: Message.Type, _ bytes: [UInt8]) {
        guard let message = try? Message(serialized: bytes) else { return }
        guard let written = try? message.serialized() else {
            return must(false, "\(kind) can be read and not written")
        }
        let again = try? Message(serialized: written).serialized()
        must(again == written, "\(kind) changes by being sent on")
    }

    private static let messages: [any WireMessage.Type] = [
        Envelope.Request.self, Envelope.Response.self, AnyMessage.self,
        TaskAPI.CreateTaskRequest.self, TaskAPI.ExecProcessRequest.self,
        TaskAPI.UpdateTaskRequest.self, TaskAPI.StateResponse.self, TaskAPI.RuntimeInfo.self,
        EventsAPI.ForwardRequest.self, TaskEvents.TaskCreate.self, RuncAPI.Options.self,
        RuncAPI.CheckpointOptions.self, BootstrapAPI.BootstrapParams.self,
        SandboxAPI.CreateSandboxRequest.self, CRIAPI.PodSandboxConfig.self,
        ShimAPI.AdoptRequest.self, ShimAPI.Handover.self, RuntimeAPI.Outcome.self,
        Apus.CreateContainerRequest.self, CgroupV1.Metrics.self,
    ]
}
