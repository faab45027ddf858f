import AsyncRPC
import Linux
import RPC
import Synchronization
import TestSupport
import Testing
import Wire

private typealias Text = TestService.Text

@Suite(.timeLimit(.minutes(2))) struct StreamTests {
    @Test(arguments: ServerKind.allCases, [0, 1, 5000])
    func aStreamComesWholeAndInOrder(_ kind: ServerKind, _ count: Int) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        var numbers: [String] = []
        for try await chunk in try await client.stream(TestService.count, Text(name: "\(count)")) {
            numbers.append(String(decoding: chunk.data, as: UTF8.self))
        }
        #expect(numbers == (0..<count).map { "\($0)" })
    }

    @Test(arguments: ServerKind.allCases, [false, true])
    func aStreamThatFailsDeliversWhatCameBefore(_ kind: ServerKind, _ shares: Bool) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let stream = try await client.stream(
            TestService.breakOff, Text(name: "3"), sharingConnection: shares)
        var count = 0
        do throws(RPCError) {
            for try await _ in stream { count += 1 }
            Issue.record("ended without its error")
        } catch {
            #expect(error == RPCError(code: .dataLoss, message: "broken off"))
        }
        #expect(count == 3)
    }

    @Test(arguments: ServerKind.allCases)
    func aStreamThatNobodyServesFails(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let unknown = StreamMethod<Text, TestService.Chunk>(service: "x", name: "y")
        var stream = try await client.stream(unknown, Text()).makeAsyncIterator()
        do throws(RPCError) {
            _ = try await stream.next()
            Issue.record("it was served")
        } catch {
            #expect(error.code == .unimplemented)
        }
    }

    /// What is sent while a request is being handled goes when the handler has come back, often all of
    /// it at once: that, too, is a moment at which everything that had to wait has gone.
    @Test func aSenderThatSendsWhenNothingIsPendingGoesOn() async throws {
        let server = try TestServer(.loop)
        let client = try await RPCClient.connect(to: server.path)
        let stream = try await client.stream(TestService.drip, Text(name: "300"))
        var taken = 0
        for try await chunk in stream {
            #expect(chunk == TestService.chunk(taken))
            taken += 1
        }
        #expect(taken == 300)
    }

    @Test(arguments: ServerKind.allCases)
    func aSlowConsumerMakesTheServerWaitAndNobodyElse(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let stream = try await client.stream(TestService.flood, Text())
        // The sender comes to rest: what it has sent stays the same while others are served.
        let rested = try await onThread {
            var last = -1
            return eventually {
                let now = server.observed.flooded.withLock { $0 }
                defer { last = now }
                return now > 16 && now == last
            }
        }
        #expect(rested)
        for _ in 0..<100 { _ = try await client.call(TestService.echo, Text()) }
        #expect(server.observed.flooded.withLock { $0 } < 200)
        #expect(server.observed.mostPending.withLock { $0 } < 4 << 20)
        let before = server.observed.flooded.withLock { $0 }
        var taken = 0
        for try await chunk in stream {
            #expect(chunk == TestService.floodChunk)
            taken += 1
            if taken == before + 100 { break }
        }
        #expect(server.observed.flooded.withLock { $0 } > before)
    }

    @Test(arguments: ServerKind.allCases)
    func aSlowConsumerOnASharedConnectionLosesNothing(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let stream = try await client.stream(
            TestService.count, Text(name: "60000"), sharingConnection: true)
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() != nil)
        // Waits behind the stream, which is longer than its buffer, and comes when it is consumed.
        let call = Task { try await client.call(TestService.echo, Text(name: "behind")) }
        var count = 1
        while try await iterator.next() != nil { count += 1 }
        #expect(count == 60000)
        #expect(try await call.value.name == "behind")
    }

    @Test(arguments: ServerKind.allCases)
    func lettingGoOfAStreamEndsItAtTheServer(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        do {
            var stream = try await client.stream(TestService.flood, Text()).makeAsyncIterator()
            #expect(try await stream.next() != nil)
        }
        let observed = server.observed
        #expect(try await onThread { eventually { observed.floodsEnded.withLock { $0 } == 1 } })
        #expect(try await client.call(TestService.echo, Text(name: "on")).name == "on")
    }

    @Test func aCancelledConsumerStopsWaitingAndTheNextGoesOn() async throws {
        let pair = try UnixSocket.pair()
        let client = try RPCClient.over(try pair.first.duplicate())
        let stream = try await client.stream(TestService.count, Text())
        let waiting = Task { () throws(RPCError) -> TestService.Chunk? in
            var iterator = stream.makeAsyncIterator()
            return try await iterator.next()
        }
        waiting.cancel()
        let result = await waiting.result
        #expect(throws: RPCError.self) { try result.get() }
        let data = try TestService.chunk(7).serialized()
        let frame = try Frame(stream: 1, kind: .data, data: data).encoded()
        _ = try pair.second.send(frame[...])
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == TestService.chunk(7))
    }

    @Test(arguments: ServerKind.allCases)
    func closingTheClientEndsItsStreams(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let stream = try await client.stream(TestService.flood, Text())
        client.close()
        do throws(RPCError) {
            for try await _ in stream {}
            Issue.record("ended well")
        } catch {
            #expect(error == RPCError(code: .unavailable, message: "ttrpc: closed"))
        }
        await client.closed()
    }

    @Test(arguments: ServerKind.allCases)
    func aServerThatGoesFailsTheStream(_ kind: ServerKind) async throws {
        let server = try TestServer(kind)
        let client = try await RPCClient.connect(to: server.path)
        let stream = try await client.stream(TestService.flood, Text())
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() != nil)
        server.stop()
        do throws(RPCError) {
            while try await iterator.next() != nil {}
            Issue.record("ended well")
        } catch {
            #expect(error.code == .unavailable)
        }
    }
}
