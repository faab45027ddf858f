import Linux
import RPC
import Wire

/// A peer that says exactly what the test wants, right or wrong.
final class RawPeer {
    struct Silence: Error {}

    let socket: OwnedDescriptor
    private var reader = FrameReader()
    private var input: ArraySlice<UInt8> = []

    init(_ path: String) throws { socket = try UnixSocket.connect(path) }
    init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try socket.send(rest)) }
    }

    func send(_ frame: Frame) throws { try send(try frame.encoded()) }

    /// A call of a test method.
    func call(
        _ stream: UInt32, _ method: String, _ text: String = "", service: String = TestService.name,
        flags: FrameFlags = [], timeoutNano: Int64 = 0
    ) throws {
        let request = Envelope.Request(
            service: service, method: method,
            payload: try TestService.Text(name: text).serialized(), timeoutNano: timeoutNano)
        try send(
            Frame(stream: stream, kind: .request, flags: flags, data: try request.serialized()))
    }

    /// The next frame; nil at the end of the connection.
    func next() throws -> Frame? {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            if case .frame(let frame) = reader.next(&input) { return frame }
            guard try socket.poll(.readable, milliseconds: 30_000) else { throw Silence() }
            let count: Int
            do { count = try socket.read(into: &chunk) } catch { return nil }
            guard count > 0 else { return nil }
            input = chunk[..<count]
        }
    }

    /// The next frame, which must be a Response on that stream.
    func response(on stream: UInt32) throws -> Envelope.Response? {
        guard let frame = try next(), frame.stream == stream, frame.kind == .response else {
            return nil
        }
        return try Envelope.Response(serialized: frame.data)
    }

    func errorCode(on stream: UInt32) throws -> Int32? { try response(on: stream)?.status?.code }
}

func bytes(hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }
    return stride(from: 0, to: digits.count, by: 2).map { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
    }
}

/// A generator whose every run is the same.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
