internal import CLinux
internal import Glibc
package import Linux

/// All that a process which is becoming a container's says to the runtime that made it, and all
/// that it hears. Both sides use this one list.
package enum Handshake: Equatable {
    /// The process was made by another on the runtime's behalf; `pidfd` is a number in the
    /// runtime's own table of descriptors.
    case spawned(pid: Int32, pidfd: Int32)
    /// There is a time namespace whose clocks can be set, from outside.
    case clocks
    /// Everything is mounted; hooks of the runtime may look at it.
    case mounted
    /// The descriptor of this number hears of system calls (seccomp_unotify(2)); take it.
    case seccompListener(Int32)
    /// Nothing is left to be done but the program itself.
    case ready
    case phase(Recorder.Phase)
    case warning(String)
    case failed(EngineError)

    /// The runtime: cgroups are joined, ids are mapped.
    case prepared
    /// The runtime: what you waited for is done.
    case proceed
    /// The runtime: the record says that you exist; you no longer end when I do.
    case acknowledged
}

// MARK: Bytes

extension Handshake {
    private enum Tag: UInt8 {
        case spawned = 1
        case clocks, mounted, seccompListener, ready, phase, warning, failed
        case prepared, proceed, acknowledged
    }

    package var bytes: [UInt8] {
        switch self {
        case .spawned(let pid, let pidfd):
            Self.encode(.spawned, [UInt64(pid), UInt64(pidfd)])
        case .clocks: [Tag.clocks.rawValue]
        case .mounted: [Tag.mounted.rawValue]
        case .seccompListener(let number): Self.encode(.seccompListener, [UInt64(number)])
        case .ready: [Tag.ready.rawValue]
        case .phase(let phase):
            Self.encode(.phase, [phase.startNanoseconds, phase.endNanoseconds], [phase.name])
        case .warning(let text): Self.encode(.warning, [], [text])
        case .failed(let error):
            Self.encode(
                .failed, [UInt64(UInt32(bitPattern: error.code))],
                [error.stage, error.cause, error.hint])
        case .prepared: [Tag.prepared.rawValue]
        case .proceed: [Tag.proceed.rawValue]
        case .acknowledged: [Tag.acknowledged.rawValue]
        }
    }

    package init?(bytes: ArraySlice<UInt8>) {
        var rest = bytes
        guard let tag = rest.popFirst().flatMap(Tag.init(rawValue:)) else { return nil }
        switch tag {
        case .spawned:
            guard let pid = Self.natural(&rest), let pidfd = Self.natural(&rest) else { return nil }
            self = .spawned(pid: pid, pidfd: pidfd)
        case .seccompListener:
            guard let listener = Self.natural(&rest) else { return nil }
            self = .seccompListener(listener)
        case .phase:
            guard let start = Self.number(&rest), let end = Self.number(&rest),
                let name = Self.text(&rest)
            else { return nil }
            self = .phase(
                Recorder.Phase(name: name, startNanoseconds: start, endNanoseconds: end))
        case .warning:
            guard let text = Self.text(&rest) else { return nil }
            self = .warning(text)
        case .failed:
            guard let code = Self.number(&rest).flatMap(UInt32.init(exactly:)),
                let stage = Self.text(&rest),
                let cause = Self.text(&rest), let hint = Self.text(&rest)
            else { return nil }
            self = .failed(
                EngineError(
                    stage, cause, code: Int32(bitPattern: code),
                    hint: hint))
        case .clocks: self = .clocks
        case .mounted: self = .mounted
        case .ready: self = .ready
        case .prepared: self = .prepared
        case .proceed: self = .proceed
        case .acknowledged: self = .acknowledged
        }
        guard rest.isEmpty else { return nil }
    }

    /// A pid or a descriptor: nothing negative, nothing wider than the kernel's.
    private static func natural(_ rest: inout ArraySlice<UInt8>) -> Int32? {
        number(&rest).flatMap(Int32.init(exactly:))
    }

    private static func encode(
        _ tag: Tag, _ numbers: [UInt64], _ texts: [String] = []
    ) -> [UInt8] {
        var bytes = [tag.rawValue]
        for number in numbers { append(number, to: &bytes) }
        for text in texts {
            let utf8 = text.utf8.prefix(HandshakeChannel.longestText)
            append(UInt64(utf8.count), to: &bytes)
            bytes += utf8
        }
        return bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        guard rest.count >= 8 else { return nil }
        var number: UInt64 = 0
        for byte in rest.prefix(8).reversed() { number = number << 8 | UInt64(byte) }
        rest = rest.dropFirst(8)
        return number
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let count = number(&rest), count <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return String(decoding: rest.prefix(Int(count)), as: UTF8.self)
    }
}

// MARK: The channel

/// One end of the socket over which the handshake goes.
package struct HandshakeChannel: ~Copyable {
    static let longestText = 16 << 10
    package static let longestMessage = 64 << 10

    let socket: OwnedDescriptor

    package init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    func send(_ message: Handshake) throws(SystemError) { try send([message]) }

    /// Several at once: the other side is woken once.
    func send(_ messages: [Handshake]) throws(SystemError) {
        let frames = messages.flatMap { Self.frame($0) }
        var sent = 0
        while sent < frames.count {
            sent += try UnixSocket.send(frames[sent...], on: socket)
        }
    }

    /// By write(2), the one call that no system call filter may ask its agent about.
    func sendUnfiltered(_ message: Handshake) throws(SystemError) {
        try socket.writeAll(Self.frame(message))
    }

    private static func frame(_ message: Handshake) -> [UInt8] {
        let payload = message.bytes
        let count = UInt32(payload.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32($0 * 8)) } + payload
    }

    /// The next message; nil when the other side is gone. No message comes with a descriptor.
    package func receive() throws(SystemError) -> Handshake? {
        var header = [UInt8](repeating: 0, count: 4)
        let first = try UnixSocket.receive(into: &header, on: socket)
        guard first.count > 0 else { return nil }
        for unexpected in first.descriptors { close(unexpected) }
        if first.count < 4 {
            let rest = try exactly(4 - first.count)
            header.replaceSubrange(first.count..., with: rest)
        }
        let count = header.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard count <= Self.longestMessage else { throw SystemError("read a message", EMSGSIZE) }
        let payload = try exactly(count)
        guard let message = Handshake(bytes: payload[...]) else {
            throw SystemError("understand a message", EBADMSG)
        }
        return message
    }

    private func exactly(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var chunk = [UInt8](repeating: 0, count: count - bytes.count)
            let got = try socket.read(into: &chunk)
            guard got > 0 else { throw SystemError("read a message", EPIPE) }
            bytes += chunk[..<got]
        }
        return bytes
    }
}
