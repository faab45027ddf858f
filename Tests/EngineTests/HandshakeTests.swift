import Linux
import Testing

@testable import Engine

struct HandshakeTests {
    private static let all: [Handshake] = [
        .spawned(pid: 4711, pidfd: 12), .clocks, .mounted, .seccompListener(7), .ready,
        .phase(Recorder.Phase(name: "rootfs", startNanoseconds: 1, endNanoseconds: .max)),
        .warning("ünïcode"), .failed(EngineError("a", "b", code: 13, hint: "c")), .prepared,
        .proceed, .acknowledged,
    ]

    @Test(arguments: all) func aMessageComesBackAsItWas(_ message: Handshake) {
        #expect(Handshake(bytes: message.bytes[...]) == message)
    }

    @Test(arguments: all) func aCutOrLongerMessageIsRefused(_ message: Handshake) {
        let bytes = message.bytes
        #expect(Handshake(bytes: bytes.dropLast()) == nil)
        #expect(Handshake(bytes: (bytes + [0])[...]) == nil)
    }

    @Test func noiseIsNoMessage() {
        for seed in 0..<2000 as Range<UInt32> {
            let bytes = (0..<(seed % 40)).map {
                UInt8(truncatingIfNeeded: seed &* 2_654_435_761 >> $0)
            }
            // Whatever it is, it must be understood wholly or not at all.
            guard let message = Handshake(bytes: bytes[...]) else { continue }
            #expect(message.bytes == bytes)
        }
    }

    @Test func theChannelCarriesMessagesInOrderAndTellsTheEnd() throws {
        let pair = try UnixSocket.pair()
        let (a, b) = pair.release()
        var left: HandshakeChannel? = HandshakeChannel(OwnedDescriptor(owning: a))
        let right = HandshakeChannel(OwnedDescriptor(owning: b))
        for message in Self.all { try left?.send(message) }
        try left?.sendUnfiltered(.ready)
        left = nil
        for message in Self.all + [.ready] {
            #expect(try right.receive() == message)
        }
        #expect(try right.receive() == nil)
    }
}
