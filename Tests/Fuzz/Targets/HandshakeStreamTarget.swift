import Engine
import Glibc
import Linux

extension FuzzTarget {
    /// What comes over the socket between the runtime and init: the first byte says in what pieces,
    /// and with which of them a descriptor comes along, which nobody has asked for. However it is cut,
    /// the messages are those of the bytes, up to the first that is none; and no descriptor stays.
    static let handshakeStream = FuzzTarget("handshake-stream") { bytes in
        let lowest = lowestDescriptor()
        let seen = messages(over: bytes)
        must(lowestDescriptor() == lowest, "a descriptor has stayed")
        let expected = meaning(of: bytes.dropFirst())
        must(seen.messages == expected.messages, "\(seen.messages), not \(expected.messages)")
        must(seen.isWhole == expected.isWhole, "the end is whole: \(seen.isWhole)")
    }

    private static func messages(over bytes: [UInt8]) -> (messages: [Handshake], isWhole: Bool) {
        guard let pair = try? UnixSocket.pair() else { return meaning(of: bytes.dropFirst()) }
        let (ours, theirs) = pair.release()
        send(bytes, on: OwnedDescriptor(owning: theirs))
        let channel = HandshakeChannel(OwnedDescriptor(owning: ours))
        var messages: [Handshake] = []
        do {
            while let message = try channel.receive() { messages.append(message) }
            return (messages, true)
        } catch {
            return (messages, false)
        }
    }

    /// All of it, and then the end. A reader gets no two pieces at once where one has a descriptor
    /// (unix(7)).
    private static func send(_ bytes: [UInt8], on socket: consuming OwnedDescriptor) {
        guard let plan = bytes.first else { return }
        // Few enough to be held by the kernel: nobody reads before all is sent.
        var rest = bytes.dropFirst()
        let size = max(1 + Int(plan & 0x1f), rest.count / 32)
        var isCarrying = plan & 0x80 != 0
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            let sent = try? UnixSocket.send(piece, descriptors: isCarrying ? [0] : [], on: socket)
            must(
                sent == piece.count,
                "\(piece.count) bytes cannot be sent: \(String(describing: sent))")
            rest = rest.dropFirst(size)
            if plan & 0x40 != 0 { isCarrying.toggle() }
        }
    }

    /// A length of four bytes, the least first, and as many bytes; again and again.
    private static func meaning(
        of bytes: ArraySlice<UInt8>
    ) -> (messages: [Handshake], isWhole: Bool) {
        var rest = bytes
        var messages: [Handshake] = []
        while !rest.isEmpty {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4, length <= HandshakeChannel.longestMessage,
                rest.count - 4 >= length,
                let message = Handshake(bytes: rest.dropFirst(4).prefix(length))
            else { return (messages, false) }
            messages.append(message)
            rest = rest.dropFirst(4 + length)
        }
        return (messages, true)
    }

    private static func lowestDescriptor() -> Int32 {
        let number = dup(0)
        close(number)
        return number
    }
}
