import AsyncRPC
import Linux
import RPC
import Synchronization
import TestSupport
import Testing
import Wire

private typealias Text = TestService.Text

/// What the asynchronous client gets from both servers.
@Suite struct ClientTests {
    @Test(arguments: ServerKind.allCases)
    func aCallIsAnsweredOrRefused(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        #expect(try await client.call(TestService.echo, Text(name: "ä")).name == "ä")
        #expect(try await client.call(TestService.nothing, Text()) == Empty())
        let error = await #expect(throws: RPCError.self) {
            try await client.call(TestService.refuse, Text(name: "no such thing"))
        }
        #expect(error?.code == .notFound && error?.message == "no such thing")
        #expect(error?.detail(Apus.Failure.self) == TestService.refusal)
    }

    @Test(arguments: ServerKind.allCases)
    func aThousandCallsAreUnderWayAtOnce(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let text = Text(name: "\(number)")
                    return try await client.call(TestService.hold, text) == text
                }
            }
            #expect(try await onThread { server.waitForHeld(1000) })
            // Others get through meanwhile.
            #expect(try await client.call(TestService.echo, Text(name: "x")).name == "x")
            server.release()
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test(arguments: ServerKind.allCases)
    func manyConnectionsAreServed(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let client = try await RPCClient.connect(to: server.path)
                    let text = Text(name: "\(number)")
                    return try await client.call(TestService.echo, text) == text
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test(arguments: ServerKind.allCases)
    func aClientGivesUpWhenTheTimeHasPassed(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let error = await #expect(throws: RPCError.self) {
            try await client.call(TestService.hold, Text(), timeout: .milliseconds(5))
        }
        #expect(error?.code == .deadlineExceeded)
        server.release()
        #expect(try await client.call(TestService.echo, Text(name: "on")).name == "on")
    }

    @Test(arguments: ServerKind.allCases)
    func aCancelledTaskStopsWaiting(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let task = Task { try await client.call(TestService.hold, Text()) }
        #expect(try await onThread { server.waitForHeld(1) })
        task.cancel()
        let result = await task.result
        #expect(throws: RPCError(code: .canceled, message: "the call was cancelled")) {
            try result.get()
        }
        server.release()
        #expect(try await client.call(TestService.echo, Text(name: "on")).name == "on")
    }

    @Test(arguments: ServerKind.allCases)
    func aLostConnectionFailsWhatIsUnderWay(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let tasks = (0..<10).map { _ in
            Task { try await client.call(TestService.hold, Text()) }
        }
        #expect(try await onThread { server.waitForHeld(10) })
        server.stop()
        for task in tasks {
            let error = await #expect(throws: RPCError.self) { try await task.value }
            #expect(error?.code == .unavailable && error?.message == "ttrpc: closed")
        }
        await client.closed()
        #expect(client.isClosed)
        await #expect(throws: RPCError.self) { try await client.call(TestService.echo, Text()) }
    }

    @Test func whereNobodyListensTheCallIsUnavailable() async throws {
        let error = await #expect(throws: RPCError.self) {
            try await RPCClient.connect(to: "/nowhere/at/all")
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "connect to /nowhere/at/all: no such file or directory")
    }

    @Test(arguments: ServerKind.allCases)
    func metadataArrivesInLowerCase(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let metadata = [
            Envelope.KeyValue(key: "Key", value: "1"), Envelope.KeyValue(key: "other", value: "x"),
            Envelope.KeyValue(key: "KEY", value: "2"),
        ]
        let answer = try await client.call(
            TestService.metadata, Text(name: "key"), metadata: metadata)
        #expect(answer.name == "1,2")
    }

    @Test(arguments: ServerKind.allCases)
    func aRequestThatIsTooLongIsNotSent(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let text = Text(name: String(repeating: "x", count: 4 << 20))
        let error = await #expect(throws: RPCError.self) {
            try await client.call(TestService.echo, text)
        }
        #expect(error?.code == .resourceExhausted)
        #expect(try await client.call(TestService.echo, Text(name: "on")).name == "on")
        let nul = await #expect(throws: RPCError.self) {
            try await client.call(TestService.echo, Text(name: "a\0b"))
        }
        #expect(nul?.code == .invalidArgument)
    }

    @Test(arguments: ServerKind.allCases)
    func longMessagesGoBothWays(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let text = Text(name: String(repeating: "x", count: 4_000_000))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask { try await client.call(TestService.echo, text) == text }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func aServerThatShutsDownLetsCallsFinish() async throws {
        let gate = Gate()
        let held = Mutex(false)
        var services = AsyncServiceTable()
        services.on(TestService.hold) { text, _ in
            held.withLock { $0 = true }
            try await gate.pass()
            return text
        }
        services.on(TestService.flood) { _, _, writer in
            try await writer.send(TestService.chunk(0))
            try await gate.pass()
        }
        let server = RPCServer(services: services)
        let directory = TemporaryDirectory("shutdown")
        let listener = try UnixSocket.listen(directory.file("s")).release()
        let serving = Task { try await server.serve(OwnedDescriptor(owning: listener)) }
        let client = try await RPCClient.connect(to: directory.file("s"))
        let call = Task { try await client.call(TestService.hold, Text(name: "last")) }
        var stream = try await client.stream(TestService.flood, Text()).makeAsyncIterator()
        #expect(try await stream.next() != nil)
        #expect(try await onThread { eventually { held.withLock { $0 } } })
        let shutdown = Task { await server.shutdown(grace: .seconds(60)) }
        // The stream is ended at once, with a reason.
        do throws(RPCError) {
            _ = try await stream.next()
            Issue.record("the stream went on")
        } catch {
            #expect(error.code == .unavailable)
        }
        gate.open()
        #expect(try await call.value.name == "last")
        await shutdown.value
        try await serving.value
        #expect(server.connectionCount == 0)
    }
}
