internal import CLinux
internal import Glibc
internal import Linux

/// One line to a D-Bus peer. Whatever is asked there has an end: a manager that does not answer
/// must not hold a container for ever.
final class DBusConnection {
    /// An error that the other side has answered.
    struct Refusal: Error {
        var name: String
        var text: String
    }

    /// nanoseconds of CLOCK_MONOTONIC until which everything has to be done.
    let deadline: UInt64
    private let socket: OwnedDescriptor
    private let name: String
    private var serial: UInt32 = 0
    private var received: [UInt8] = []
    /// Signals that came while an answer was waited for.
    private var signals: [DBusMessage] = []

    /// Connects and says who we are (SASL EXTERNAL: the kernel tells the peer our user).
    init(_ path: String, seconds: UInt64) throws(EngineError) {
        deadline = Recorder.now + seconds * 1_000_000_000
        name = path
        do throws(SystemError) {
            socket = try UnixSocket.connect(path, nonBlocking: true)
        } catch {
            throw EngineError(error, during: "connect to \(path)")
        }
        // Without a name of ours: the peer takes the user that the kernel tells, also where a user
        // namespace gives it another number here. All in one: what systemd reads together with
        // BEGIN it only looks at once more has come.
        try send(Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8))
        var answer = try line()
        if answer == "DATA" { answer = try line() }
        guard answer.hasPrefix("OK ") else {
            throw EngineError("connect to \(path)", "it refuses us: \(answer)", code: EACCES)
        }
    }

    /// Calls a method and waits for its answer.
    func call(
        _ member: String, interface: String, path: String, destination: String,
        _ body: [DBusValue]
    ) throws(EngineError) -> Result<[DBusValue], Refusal> {
        serial += 1
        var message = DBusMessage(.call, serial: serial)
        (message.path, message.interface) = (path, interface)
        (message.member, message.destination) = (member, destination)
        message.body = body
        try send(message.bytes)
        while true {
            let answer = try next()
            switch answer.kind {
            case .reply where answer.replySerial == serial: return .success(answer.body)
            case .error where answer.replySerial == serial:
                return .failure(
                    Refusal(name: answer.errorName, text: answer.body.first?.text ?? ""))
            case .signal: signals.append(answer)
            default: continue
            }
        }
    }

    /// The next signal of a name, of those that have come already first.
    func signal(_ member: String) throws(EngineError) -> DBusMessage {
        while true {
            while !signals.isEmpty {
                let signal = signals.removeFirst()
                if signal.member == member { return signal }
            }
            let message = try next()
            if message.kind == .signal { signals.append(message) }
        }
    }

    // MARK: Bytes

    private func next() throws(EngineError) -> DBusMessage {
        while true {
            if received.count >= DBusMessage.fixedLength {
                guard let length = DBusMessage.length(received[...]) else { throw nonsense }
                if received.count >= length {
                    let bytes = received[..<length]
                    received = Array(received[length...])
                    // What is new to us is nothing that we have asked for.
                    if let message = DBusMessage(bytes) { return message }
                    continue
                }
            }
            try receive()
        }
    }

    private func line() throws(EngineError) -> String {
        while true {
            if let end = received.firstIndex(of: 10) {
                let text = String(decoding: received[..<end].filter { $0 != 13 }, as: UTF8.self)
                received = Array(received[(end + 1)...])
                return text
            }
            guard received.count < 4096 else { throw nonsense }
            try receive()
        }
    }

    private func receive() throws(EngineError) {
        try wait(for: .readable)
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = try attempt("hear \(name)") { () throws(SystemError) in
            let (count, descriptors) = try UnixSocket.receive(into: &buffer, on: socket)
            for descriptor in descriptors { close(descriptor) }
            return count
        }
        guard count > 0 else {
            throw EngineError("hear \(name)", "it has closed the connection", code: EPIPE)
        }
        received += buffer[..<count]
    }

    private func send(_ bytes: [UInt8]) throws(EngineError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try wait(for: .writable)
            rest = rest.dropFirst(
                try attempt("talk to \(name)") { () throws(SystemError) in
                    try UnixSocket.send(rest, on: socket)
                })
        }
    }

    private func wait(for interest: Interest) throws(EngineError) {
        let now = Recorder.now
        let left = deadline > now ? (deadline - now) / 1_000_000 : 0
        let isReady = try attempt("wait for \(name)") { () throws(SystemError) in
            try socket.poll(interest, milliseconds: Int32(clamping: left))
        }
        guard isReady else {
            throw EngineError(
                "wait for \(name)", "it has not answered in time", code: ETIMEDOUT,
                hint: "is the machine overloaded? systemctl status says what systemd is doing")
        }
    }

    private var nonsense: EngineError {
        EngineError("hear \(name)", "what it says is no D-Bus message", code: EBADMSG)
    }
}
