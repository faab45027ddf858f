internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// criu at work for one request: `criu swrk FD`, which answers over a socket of packets.
final class CriuProcess {
    /// What comes with a notice: which process, and a terminal's master.
    struct Notice: ~Copyable {
        let script: String
        let pid: Int32
        private var descriptor: OwnedDescriptor?

        init(script: String, pid: Int32, descriptor: consuming OwnedDescriptor?) {
            self.script = script
            self.pid = pid
            self.descriptor = descriptor
        }

        mutating func takeDescriptor() -> OwnedDescriptor? { descriptor.take() }
    }

    private static let longestPacket = 64 << 10

    private let pidfd: Pidfd
    private let cgroupFlags = CgroupFlags()
    private var socket: HeldDescriptor?

    /// `inherited` are descriptors that it is to have under their own numbers. criu also looks at
    /// them here, in the process that has made the socket.
    init(
        cgroup: HeldCgroupEntry? = nil, inherited: [Int32]
    ) throws(EngineError) {
        let ends = try attempt("make a socket for criu") { () throws(SystemError) in
            try UnixSocket.packetPair()
        }
        let (ours, theirs) = ends.release()
        socket = HeldDescriptor(OwnedDescriptor(owning: ours))
        do throws(EngineError) {
            pidfd = try Self.start(cgroup, socket: theirs, inherited)
        } catch {
            close(theirs)
            throw error
        }
        close(theirs)
    }

    private static func start(
        _ cgroup: HeldCgroupEntry?, socket: Int32, _ inherited: [Int32]
    ) throws(EngineError) -> Pidfd {
        let made = try attempt("make a process for criu") { () throws(SystemError) in
            try cloneProcess([], cgroup: cgroup?.entry.cloneInto)
        }
        guard case .parent(_, let pidfd) = consume made else {
            become(socket, cgroup, inherited)
        }
        return pidfd
    }

    private static func become(
        _ socket: Int32, _ cgroup: HeldCgroupEntry?, _ inherited: [Int32]
    ) -> Never {
        do throws(EngineError) {
            try cgroup?.entry.enter()
            for number in [socket] + inherited { ProcessControl.keepOnExec(number) }
            ProcessControl.resetSignals()
            let path = "PATH=\(SearchPath.current)"
            let error = ProcessControl.execute(
                try find(path), arguments: ["criu", "swrk", "\(socket)"], environment: [path])
            throw EngineError(error)
        } catch {
            let words = CRIU.Response(crErrno: error.code, crErrmsg: "\(error)")
            let bytes = (try? words.serialized()) ?? []
            _ = unsafe write(socket, bytes, bytes.count)
            _exit(1)
        }
    }

    private static func find(_ path: String) throws(EngineError) -> String {
        do throws(EngineError) {
            return try ProgramLookup.find("criu", environment: [path])
        } catch {
            throw EngineError(
                "run criu", error.cause, code: error.code, hint: "install CRIU: https://criu.org")
        }
    }

    // MARK: The conversation

    /// Asks, answers notices, and gives back what criu says in the end. `log` is where it writes.
    func perform(
        _ request: CRIU.Request, log: String,
        notice: (consuming Notice) throws(EngineError) -> Void
    ) throws(EngineError) -> CRIU.Response {
        try send(request)
        while true {
            let (response, descriptor) = try receive(log)
            guard response.type == .notify else {
                guard response.success else { throw Self.explain(response, request, log) }
                return response
            }
            let script = response.notify?.script ?? ""
            var answer = CRIU.Request(type: .notify, notifySuccess: true)
            do throws(EngineError) {
                try notice(
                    Notice(
                        script: script, pid: response.notify?.pid ?? 0,
                        descriptor: descriptor.map { OwnedDescriptor(owning: $0) }))
            } catch {
                answer.notifySuccess = false
                try? send(answer)
                throw error
            }
            try send(answer)
        }
    }

    /// It has nothing more to do, which after a dump before the dump it hears by the line's end.
    func finish(_ recorder: Recorder) throws(EngineError) {
        socket = nil
        _ = try attempt("wait for criu") { () throws(SystemError) in try pidfd.wait() }
        keepCgroupFlags(recorder)
    }

    func abandon(_ recorder: Recorder) {
        try? pidfd.send(signal: SIGKILL)
        _ = try? pidfd.wait()
        keepCgroupFlags(recorder)
    }

    private func keepCgroupFlags(_ recorder: Recorder) {
        do throws(EngineError) { try cgroupFlags?.keep() } catch { recorder.warn("\(error)") }
    }

    private func connection() throws(SystemError) -> HeldDescriptor {
        guard let socket else { throw SystemError("use criu's socket", EPIPE) }
        return socket
    }

    private func send(_ request: CRIU.Request) throws(EngineError) {
        let bytes: [UInt8]
        do throws(WireError) {
            bytes = try request.serialized()
        } catch {
            throw EngineError("pack a request for criu", "\(error)")
        }
        _ = try attempt("talk to criu") { () throws(SystemError) in
            try UnixSocket.send(bytes[...], on: connection().descriptor)
        }
    }

    private func receive(
        _ log: String
    ) throws(EngineError) -> (response: CRIU.Response, descriptor: Int32?) {
        var buffer = [UInt8](repeating: 0, count: Self.longestPacket)
        let (count, descriptors) = try attempt("hear criu") { () throws(SystemError) in
            try UnixSocket.receive(into: &buffer, on: connection().descriptor)
        }
        for extra in descriptors.dropFirst() { close(extra) }
        guard count > 0 else {
            throw EngineError(
                "hear criu", "it has ended without an answer\(Self.lastWords(log))", code: EPIPE)
        }
        do throws(WireError) {
            return (try CRIU.Response(serialized: Array(buffer[..<count])), descriptors.first)
        } catch {
            throw EngineError("hear criu", "\(error)", code: EBADMSG)
        }
    }

    private static func explain(
        _ response: CRIU.Response, _ request: CRIU.Request, _ log: String
    ) -> EngineError {
        if response.type == .empty, !response.crErrmsg.isEmpty {
            return EngineError("run criu", response.crErrmsg, code: response.crErrno)
        }
        let type = request.type.description.uppercased()
        let words = response.crErrmsg.isEmpty ? lastWords(log) : ": \(response.crErrmsg)"
        return EngineError(
            "criu failed", "type \(type) errno \(response.crErrno)\(words)",
            code: response.crErrno, hint: "log file: \(log)")
    }

    /// The first line of the log that tells of an error.
    private static func lastWords(_ log: String) -> String {
        guard let text = try? readFile(log, limit: 16 << 20) else { return "" }
        for line in text.split(separator: 10) {
            let words = String(decoding: line, as: UTF8.self)
            if words.includes("Error (") { return ": \(words)" }
        }
        return ""
    }
}
