import RPC
import Testing
import Wire

/// The bytes that Debian's containerd and its shim exchanged.
private enum Golden {
    static let connect = bytes(
        hex: "0000004c0000000101000a17636f6e7461696e6572642e7461736b2e76322e5461736b1207436f6e6e65"
            + "63741a040a0278312a220a1a636f6e7461696e6572642d6e616d6573706163652d747472706312046d79"
            + "6e73")
    static let connected = bytes(hex: "00000005 00000001 02 00 1203 08bb15")
    static let notCreated =
        bytes(hex: "00000026 00000003 02 00 0a24 0805 1220")
        + Array("container not created: not found".utf8)
}

private func frames(_ pieces: [ArraySlice<UInt8>]) -> [FrameEvent] {
    var reader = FrameReader()
    var events: [FrameEvent] = []
    for piece in pieces {
        var input = piece
        while let event = reader.next(&input) { events.append(event) }
        #expect(input.isEmpty)
    }
    return events
}

@Suite struct FrameTests {
    // A014
    @Test func aRequestIsThePeersByteForByte() throws {
        let request = try Envelope.Request(
            service: "containerd.task.v2.Task", method: "Connect",
            message: TaskAPI.ConnectRequest(id: "x1"), timeout: nil,
            metadata: [Envelope.KeyValue(key: "Containerd-Namespace-TTRPC", value: "myns")])
        #expect(try requestFrame(1, request, isStream: false) == Golden.connect)
        var session = ServerSession()
        let events = frames([Golden.connect[...]])
        #expect(session.receive(events[0]) == .begin(stream: 1, request: request))
    }

    @Test func anAnswerIsThePeersByteForByte() throws {
        let response = TaskAPI.ConnectResponse(shimPid: 2747)
        #expect(AnswerFrame.success(1, payload: try response.serialized()) == Golden.connected)
        var session = ClientSession<Int>()
        _ = try session.begin(7, Envelope.Request(), isStream: false)
        guard
            case .answer(7, .success(let payload)) = session.receive(
                frames([Golden.connected[...]])[0])
        else {
            Issue.record("not taken for the answer")
            return
        }
        #expect(try TaskAPI.ConnectResponse(serialized: payload) == response)
    }

    @Test func anErrorIsThePeersByteForByte() throws {
        let error = RPCError(code: .notFound, message: "container not created: not found")
        #expect(AnswerFrame.failure(3, error) == Golden.notCreated)
        var session = ClientSession<Int>()
        for call in 1...2 { _ = try session.begin(call, Envelope.Request(), isStream: false) }
        guard
            case .answer(2, .failure(error)) = session.receive(frames([Golden.notCreated[...]])[0])
        else {
            Issue.record("not taken for the error")
            return
        }
    }

    @Test func anEmptyAnswerIsAFrameWithoutData() throws {
        #expect(AnswerFrame.success(5, payload: []) == bytes(hex: "00000000 00000005 02 00"))
    }

    @Test func theEndOfAStreamCarriesNoMessage() {
        #expect(AnswerFrame.end(9) == bytes(hex: "00000000 00000009 03 05"))
    }

    @Test func framesAreFoundInWhateverPiecesTheyCome() {
        let all = Golden.connect + Golden.connected + Golden.notCreated
        let whole = frames([all[...]])
        #expect(whole.count == 3)
        for cut in 1..<all.count { #expect(frames([all[..<cut], all[cut...]]) == whole) }
        #expect(frames(all.indices.map { all[$0...$0] }) == whole)
    }

    @Test func halfAFrameIsNotAFrame() {
        var reader = FrameReader()
        #expect(reader.isBetweenFrames)
        var input = Golden.connect.dropLast()
        #expect(reader.next(&input) == nil)
        #expect(!reader.isBetweenFrames)
    }

    @Test func theLongestFrameIsRead() throws {
        let frame = Frame(stream: 1, kind: .data, data: [UInt8](repeating: 3, count: 4 << 20))
        #expect(frames([try frame.encoded()[...]]) == [.frame(frame)])
    }

    @Test func oneByteMoreIsSkippedAndTheNextFrameRead() {
        let header = bytes(hex: "00400001 00000001 01 00")
        let body = [UInt8](repeating: 9, count: (4 << 20) + 1)
        let events = frames([header[...], body[..<5], body[5...], Golden.connected[...]])
        #expect(events.count == 2)
        #expect(events[0] == .oversize(stream: 1, length: 4_194_305))
        #expect(events[1] == frames([Golden.connected[...]])[0])
    }

    @Test func aFrameThatIsTooLongIsNotSent() {
        let frame = Frame(stream: 1, kind: .data, data: [UInt8](repeating: 0, count: 4_194_305))
        let error = #expect(throws: RPCError.self) { try frame.encoded() }
        #expect(error?.code == .resourceExhausted)
        #expect(
            error?.message == "message length 4194305 exceed maximum message size of 4194304")
    }

    @Test func aHeaderThatPromisesMuchCostsNothing() {
        var reader = FrameReader()
        var input = bytes(hex: "00400000 00000001 01 00")[...]
        #expect(reader.next(&input) == nil)
        #expect(MemoryLayout.size(ofValue: reader) < 100)
    }

    @Test func anErrorTextIsCutAndCleaned() {
        let long = RPCError(code: .internal, message: String(repeating: "ä", count: 20_000))
        #expect(long.status.message.utf8.count <= Limits.errorTextBytes + 3)
        #expect(RPCError(code: .internal, message: "a\0b").status.message == "a\u{FFFD}b")
    }

    @Test func aCodeThatNobodyKnowsIsUnknown() {
        #expect(RPCError(RPCStatus(code: 99, message: "x")).code == .unknown)
    }
}
