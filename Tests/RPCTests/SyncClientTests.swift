import Linux
import RPC
import TestSupport
import Testing
import Wire

private typealias Text = TestService.Text

@Suite struct SyncClientTests {
    private func isPending(_ receiver: CallReceiver) throws -> Bool {
        if case nil = try receiver.receive() { return true }
        return false
    }

    @Test(arguments: ServerKind.allCases)
    func callsAreAnsweredOneAfterTheOther(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let client = try SyncClient(connectingTo: server.path)
            for number in 0..<100 {
                let text = Text(name: "\(number)")
                #expect(try client.call(TestService.echo, text) == text)
            }
            let error = #expect(throws: RPCError.self) {
                try client.call(TestService.refuse, Text(name: "no"))
            }
            #expect(error?.code == .notFound)
            #expect(
                try client.call(TestService.bulk, Text(name: "4000000")).data.count == 4_000_000)
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aLateAnswerIsSkipped(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let client = try SyncClient(connectingTo: server.path)
            let error = #expect(throws: RPCError.self) {
                try client.call(TestService.hold, Text(), timeout: .milliseconds(5))
            }
            #expect(error?.code == .deadlineExceeded)
            server.release()
            #expect(try client.call(TestService.echo, Text(name: "on")).name == "on")
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aServerThatGoesIsClosed(_ kind: ServerKind) async throws {
        try await withServer(kind) { server in
            let client = try SyncClient(connectingTo: server.path)
            _ = try client.call(TestService.echo, Text())
            server.stop()
            // The server ends beside us: a call may still get through.
            let isClosed = eventually {
                (try? client.call(TestService.echo, Text(), timeout: .seconds(600))) == nil
            }
            #expect(isClosed)
            let error = #expect(throws: RPCError.self) {
                try client.call(TestService.echo, Text(), timeout: .seconds(600))
            }
            #expect(error?.message == "ttrpc: closed")
        }
    }

    @Test func whereNobodyListensItSaysSo() {
        let error = #expect(throws: RPCError.self) { try SyncClient(connectingTo: "/nowhere") }
        #expect(error?.message == "connect to /nowhere: no such file or directory")
    }

    // A069: the runtime's report, and the pidfd that comes with it.
    @Test func aPostArrivesWithItsDescriptors() throws {
        let pair = try UnixSocket.pair()
        let passed = try pair.second.duplicate()
        let client = try SyncClient(pair.first.duplicate())
        let outcome = RuntimeAPI.Outcome(operation: "create", id: "c", pid: 42)
        try client.post(RuntimeAPI.ReportService.deliver, outcome, descriptors: [passed.raw])
        let receiver = CallReceiver(try pair.second.duplicate())
        let call = try #require(try receiver.receive())
        #expect(try call.message(of: RuntimeAPI.ReportService.deliver) == outcome)
        #expect(call.descriptors.count == 1)
        for raw in call.descriptors {
            #expect(raw != passed.raw)
            _ = OwnedDescriptor(owning: raw)
        }
        #expect(throws: RPCError.self) { try call.message(of: TestService.echo) }
    }

    @Test func aSenderThatGoesWithoutACallIsClosed() throws {
        let pair = try UnixSocket.pair()
        let receiver = CallReceiver(try pair.second.duplicate())
        pair.first.shutDown()
        #expect(throws: RPCError(code: .unavailable, message: "ttrpc: closed")) {
            try receiver.receive()
        }
    }

    @Test func halfACallIsWaitedForWithoutBlocking() throws {
        let pair = try UnixSocket.pair()
        try pair.second.setNonBlocking()
        let receiver = CallReceiver(try pair.second.duplicate())
        #expect(try isPending(receiver))
        let request = Envelope.Request(
            service: TestService.name, method: "Echo",
            payload: try Text(name: "x").serialized())
        let bytes = try requestFrame(1, request, isStream: false)
        _ = try pair.first.send(bytes[..<13])
        #expect(try isPending(receiver))
        _ = try pair.first.send(bytes[13...])
        #expect(try receiver.receive()?.message(of: TestService.echo).name == "x")
    }
}
