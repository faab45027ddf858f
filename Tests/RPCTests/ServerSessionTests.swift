import RPC
import Testing
import Wire

private func request(_ stream: UInt32, flags: FrameFlags = []) -> FrameEvent {
    let data = try! Envelope.Request(service: "s", method: "m").serialized()
    return .frame(Frame(stream: stream, kind: .request, flags: flags, data: data))
}

private func refusedCode(_ action: ServerSession.Action) -> StatusCode? {
    if case .refuse(_, let error) = action { return error.code }
    return nil
}

private func isBegin(_ action: ServerSession.Action) -> Bool {
    if case .begin = action { return true }
    return false
}

@Suite struct ServerSessionTests {
    @Test func aStreamIsOddAndNewerThanAllBefore() {
        var session = ServerSession()
        #expect(isBegin(session.receive(request(5))))
        #expect(refusedCode(session.receive(request(6))) == .invalidArgument)
        #expect(refusedCode(session.receive(request(0))) == .invalidArgument)
        #expect(refusedCode(session.receive(request(3))) == .invalidArgument)
        #expect(isBegin(session.receive(request(7))))
        #expect(isBegin(session.receive(request(.max))))
        #expect(refusedCode(session.receive(request(1))) == .invalidArgument)
    }

    @Test func aStreamThatIsUsedTwiceEndsWithTheRefusal() {
        var session = ServerSession()
        _ = session.receive(request(1))
        #expect(refusedCode(session.receive(request(1))) == .invalidArgument)
        let ended = session.end(1)
        #expect(!ended)
    }

    @Test func aCallEndsOnce() {
        var session = ServerSession()
        _ = session.receive(request(1))
        let first = session.end(1)
        #expect(first)
        let second = session.end(1)
        #expect(!second)
        #expect(refusedCode(session.receive(request(1))) == .invalidArgument)
    }

    @Test func unknownTypesAndStrayAnswersAreSkipped() {
        var session = ServerSession()
        for kind: UInt8 in [0, 2, 4, 77, 255] {
            let frame = Frame(stream: 1, kind: FrameKind(rawValue: kind), data: [1, 2])
            #expect(session.receive(.frame(frame)) == .nothing)
        }
    }

    @Test func dataIsRefusedButAnEmptyGoodByeIsNot() {
        var session = ServerSession()
        _ = session.receive(request(1, flags: .remoteClosed))
        let bye = Frame(stream: 1, kind: .data, flags: [.remoteClosed, .noData])
        #expect(session.receive(.frame(bye)) == .nothing)
        let data = Frame(stream: 1, kind: .data, data: [1])
        #expect(refusedCode(session.receive(.frame(data))) == .invalidArgument)
        #expect(refusedCode(session.receive(.frame(bye))) == .invalidArgument)
    }

    @Test func aStreamOfRequestsIsNotServed() {
        var session = ServerSession()
        #expect(refusedCode(session.receive(request(1, flags: .remoteOpen))) == .unimplemented)
        #expect(isBegin(session.receive(request(3))))
    }

    @Test func anUnreadableEnvelopeIsRefused() {
        var session = ServerSession()
        let frame = Frame(stream: 1, kind: .request, data: [0xff, 0xff])
        #expect(refusedCode(session.receive(.frame(frame))) == .invalidArgument)
    }

    @Test func anOversizeFrameIsRefusedInThePeersWords() {
        var session = ServerSession()
        let action = session.receive(.oversize(stream: 3, length: 5_000_000))
        #expect(action == .refuse(stream: 3, error: .oversize(5_000_000)))
    }

    @Test func callsUnderWayHaveALimit() {
        var session = ServerSession()
        for index in 0..<Limits.callsPerConnection {
            #expect(isBegin(session.receive(request(UInt32(2 * index + 1)))))
        }
        let next = UInt32(2 * Limits.callsPerConnection + 1)
        #expect(refusedCode(session.receive(request(next))) == .resourceExhausted)
        let ended = session.end(1)
        #expect(ended)
        #expect(isBegin(session.receive(request(next + 2))))
    }
}
