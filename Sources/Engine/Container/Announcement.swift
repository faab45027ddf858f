internal import CLinux
internal import Glibc
internal import Linux

/// The number of a process, for callers that wait for the file.
enum PidFile {
    /// As it is in the caller's view, without a newline; whole or not at all.
    static func write(_ pid: Int32, to path: String) throws(EngineError) {
        try attempt("write the pid file \(path)") { () throws(SystemError) in
            try NewFile.write(Array("\(pid)".utf8), to: path, mode: 0o644)
        }
    }
}

/// Where a terminal's master goes.
final class ConsoleSocket {
    /// The end that the new process sends on; nil where there is no terminal.
    let theirs: HeldDescriptor?
    private var ours: OwnedDescriptor?

    init(_ destination: ConsoleDestination) throws(EngineError) {
        switch destination {
        case .none:
            theirs = nil
        case .socket(let path):
            theirs = HeldDescriptor(try ConsoleHandover.connect(path))
        case .caller:
            let ends = try attempt("make a socket for the terminal") { () throws(SystemError) in
                try UnixSocket.pair()
            }
            let (first, second) = ends.release()
            ours = OwnedDescriptor(owning: first)
            theirs = HeldDescriptor(OwnedDescriptor(owning: second))
        }
    }

    /// The master, where the caller takes it; once the new process has come so far.
    func receive() throws(EngineError) -> OwnedDescriptor? {
        guard let socket = ours.take() else { return nil }
        let master = try attempt("take the terminal") { () throws(SystemError) in
            var name = [UInt8](repeating: 0, count: 64)
            return try UnixSocket.receive(into: &name, on: socket).descriptors.first
        }
        guard let master else {
            throw EngineError("take the terminal", "the container's process has sent none")
        }
        return OwnedDescriptor(owning: master)
    }
}

/// What a process inherits from the caller of the runtime.
struct InheritedDescriptors {
    /// From 3 on.
    let count: Int32
    /// The first of them that are sockets of a service manager (sd_listen_fds(3)).
    let listening: Int32

    /// `preserved` come after those of LISTEN_FDS. Every one must be open: a number that is free
    /// now would be one of the runtime's own by then.
    init(preserved: Int32) throws(EngineError) {
        listening = Self.listeningDescriptors
        count = listening + preserved
        guard count >= 0, count < 1 << 16 else {
            throw EngineError("pass descriptors on", "\(count) of them are too many")
        }
        for number in 3..<(3 + count) {
            guard !SealedExecutable.holds(number), (try? FileStatus(raw: number)) != nil else {
                throw EngineError(
                    "pass descriptors on", "descriptor \(number) is not open", code: EBADF,
                    hint: "--preserve-fds N passes the descriptors 3 to N+2")
            }
        }
    }

    /// LISTEN_FDS, where LISTEN_PID does not name another process.
    private static var listeningDescriptors: Int32 {
        guard let text = environment("LISTEN_FDS"), let count = Int32(text), count > 0 else {
            return 0
        }
        if let owner = environment("LISTEN_PID"), owner != "\(getpid())" { return 0 }
        return count
    }
}

/// How soon the kernel ends a process when memory is short (proc(5), oom_score_adj).
enum OOMScore {
    static func set(_ value: Int32, of pid: Int32) throws(EngineError) {
        let path = "/proc/\(pid)/oom_score_adj"
        do throws(SystemError) {
            let file = try openFile(path, O_RDWR)
            do throws(SystemError) {
                _ = try file.write(Array("\(value)".utf8)[...])
            } catch {
                // Less than it has takes CAP_SYS_RESOURCE; inside of a user namespace without it
                // the value that it has must do, as it does for every peer.
                guard error.code == EACCES || error.code == EPERM, Self.isRestricted else {
                    throw error
                }
            }
        } catch {
            throw EngineError(
                error, during: "set process.oomScoreAdj to \(value)",
                hint: "a lower value than the runtime's own takes CAP_SYS_RESOURCE")
        }
    }

    private static var isRestricted: Bool { UserNamespace.isOurs }
}
