import AsyncRPC
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// Garbage in, from the same seeds every time: nobody crashes, nobody hangs, others are served.
@Suite struct RandomBytesTests {
    /// Noise of several kinds: pure, behind sound headers, sound frames with broken insides.
    private static func noise(_ seed: UInt64) -> [UInt8] {
        var random = Seeded(seed)
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes += random.bytes(Int.random(in: 1...64, using: &random))
            case 1:
                let frame = Frame(
                    stream: UInt32.random(in: 0...40, using: &random),
                    kind: FrameKind(rawValue: UInt8.random(in: 0...5, using: &random)),
                    flags: FrameFlags(rawValue: UInt8.random(in: 0...7, using: &random)),
                    data: random.bytes(Int.random(in: 0...64, using: &random)))
                bytes += try! frame.encoded()
            default:
                var request = try! Envelope.Request(
                    service: TestService.name,
                    method: ["Echo", "Count", "Hold", "Refuse", "x"].randomElement(using: &random)!,
                    payload: Text(name: "3").serialized(),
                    timeoutNano: Int64.random(in: -1...1_000_000, using: &random)
                ).serialized()
                if Bool.random(using: &random) {
                    request[Int.random(in: 0..<request.count, using: &random)] = random.bytes(1)[0]
                }
                let stream = UInt32.random(in: 0...1000, using: &random) * 2 + 1
                bytes += try! Frame(stream: stream, kind: .request, data: request).encoded()
            }
        }
        return bytes
    }

    private typealias Text = TestService.Text

    @Test(arguments: ServerKind.allCases)
    func serversSurviveNoise(_ kind: ServerKind) async throws {
        // Counts and refusals of broken payloads are part of the noise; the handlers trap on none.
        try await withServer(kind) { server in
            let witness = try RawPeer(server.path)
            for seed in 0..<200 as Range<UInt64> {
                let peer = try RawPeer(server.path)
                try? peer.send(Self.noise(seed))
            }
            try witness.call(1, "Echo", "well")
            #expect(try witness.response(on: 1)?.status == nil)
        }
    }

    @Test func clientsSurviveNoise() async throws {
        for seed in 0..<100 as Range<UInt64> {
            let pair = try UnixSocket.pair()
            let server = try pair.second.duplicate().release()
            let client = try RPCClient.over(try pair.first.duplicate())
            try await onThread {
                let peer = RawPeer(OwnedDescriptor(owning: server))
                try? peer.send(Self.noise(seed))
                peer.socket.shutDown()
            }
            // Whatever came, the call ends.
            do throws(RPCError) {
                _ = try await client.call(TestService.echo, Text())
            } catch {
                #expect(error.code != .ok)
            }
        }
    }

    @Test func theBlockingClientSurvivesNoise() async throws {
        try await onThread {
            for seed in 0..<100 as Range<UInt64> {
                let pair = try UnixSocket.pair()
                let client = try SyncClient(pair.first.duplicate())
                let peer = RawPeer(try pair.second.duplicate())
                try? peer.send(Self.noise(seed))
                peer.socket.shutDown()
                _ = try? client.call(TestService.echo, Text(), timeout: .seconds(30))
            }
        }
    }

    @Test func theReceiverSurvivesNoise() async throws {
        try await onThread {
            for seed in 0..<200 as Range<UInt64> {
                let pair = try UnixSocket.pair()
                let receiver = CallReceiver(try pair.first.duplicate())
                _ = try pair.second.send(Self.noise(seed)[...])
                pair.second.shutDown()
                _ = try? receiver.receive()
            }
        }
    }

    @Test func theReaderCutsTheSameFramesHoweverTheyCome() async throws {
        try await onThread { Self.cutNoise() }
    }

    private static func cutNoise() {
        for seed in 0..<300 as Range<UInt64> {
            let bytes = noise(seed)
            var whole = FrameReader()
            var pieces = FrameReader()
            var input = bytes[...]
            var expected: [FrameEvent] = []
            while let event = whole.next(&input) { expected.append(event) }
            var random = Seeded(seed)
            var rest = bytes[...]
            var events: [FrameEvent] = []
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...20, using: &random))
                var piece = rest.prefix(count)
                rest = rest.dropFirst(count)
                while let event = pieces.next(&piece) { events.append(event) }
            }
            #expect(events == expected)
        }
    }
}
