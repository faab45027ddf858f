import RPC
import Testing
import Wire

@Suite struct ClientSessionTests {
    private func data(_ stream: UInt32, _ bytes: [UInt8], _ flags: FrameFlags = []) -> FrameEvent {
        .frame(Frame(stream: stream, kind: .data, flags: flags, data: bytes))
    }

    private func isSkipped(_ arrival: ClientSession<Int>.Arrival?) -> Bool {
        if case nil = arrival { return true }
        return false
    }

    @Test func streamsAreOddAndGrow() throws {
        var session = ClientSession<Int>()
        let streams = try (0..<5).map {
            try session.begin($0, Envelope.Request(), isStream: false).stream
        }
        #expect(streams == [1, 3, 5, 7, 9])
    }

    @Test func aRequestThatIsTooLongUsesNoStream() throws {
        var session = ClientSession<Int>()
        let request = Envelope.Request(payload: [UInt8](repeating: 0, count: 4 << 20))
        #expect(throws: RPCError.self) { try session.begin(0, request, isStream: false) }
        #expect(try session.begin(0, Envelope.Request(), isStream: false).stream == 1)
    }

    @Test func aStreamMayEndWithItsLastMessageOrAfterIt() throws {
        var session = ClientSession<Int>()
        for call in 1...2 { _ = try session.begin(call, Envelope.Request(), isStream: true) }
        guard case .item(1, [4], last: false) = session.receive(data(1, [4])),
            case .item(1, [], last: false) = session.receive(data(1, [])),
            case .item(1, [5], last: true) = session.receive(data(1, [5], .remoteClosed)),
            case .end(2) = session.receive(data(3, [], [.remoteClosed, .noData]))
        else {
            Issue.record("the stream was read otherwise")
            return
        }
        #expect(session.callsUnderWay == 0)
        #expect(isSkipped(session.receive(data(1, [6]))))
    }

    @Test func whatNobodyWaitsForIsSkipped() throws {
        var session = ClientSession<Int>()
        let stream = try session.begin(1, Envelope.Request(), isStream: false).stream
        #expect(session.forget(stream) == 1)
        let late = Frame(stream: stream, kind: .response)
        #expect(isSkipped(session.receive(.frame(late))))
        let stray = Frame(stream: 99, kind: .response)
        #expect(isSkipped(session.receive(.frame(stray))))
    }

    @Test func aStreamInsteadOfAnAnswerIsAnError() throws {
        var session = ClientSession<Int>()
        _ = try session.begin(1, Envelope.Request(), isStream: false)
        guard case .answer(1, .failure(let error)) = session.receive(data(1, [1])) else {
            Issue.record("taken for an answer")
            return
        }
        #expect(error.code == .internal)
    }

    @Test func anOversizeAnswerFailsItsCall() throws {
        var session = ClientSession<Int>()
        _ = try session.begin(1, Envelope.Request(), isStream: false)
        guard
            case .answer(1, .failure(.oversize(5_000_000))) =
                session.receive(.oversize(stream: 1, length: 5_000_000))
        else {
            Issue.record("not failed")
            return
        }
    }
}
