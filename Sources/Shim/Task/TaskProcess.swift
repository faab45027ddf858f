internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// How and when a process ended.
struct Exit: Equatable {
    /// The exit code, or 128 + signal.
    var status: UInt32
    var at: Timestamp
    /// The kernel killed a process of the container for its memory.
    var outOfMemory = false
    /// That ended it; 0 where it ended by itself.
    var signal: UInt32 = 0
    /// False where nobody saw it, and the status is a guess.
    var isSeen = true

    /// In a word, for those who read the record.
    var reason: String {
        if !isSeen { return "unseen" }
        if signal == 0 { return "exited" }
        return outOfMemory && signal == 9 ? "out of memory" : "signal"
    }
}

/// The init of a container, or a process that was added by Exec.
final class TaskProcess: Mortal {
    let life = Life()
    /// The URIs as they were given; State answers them.
    struct Stdio {
        var stdin = ""
        var stdout = ""
        var stderr = ""
        var terminal = false
    }

    /// Empty for the init.
    let execID: String
    let stdio: Stdio
    /// What Exec asked to run; JSON.
    let spec: [UInt8]
    var streams: ProcessStreams
    private(set) var state: ProcessState
    private(set) var pid: Int32 = 0
    private(set) var startTime: UInt64 = 0
    private var pidfd: Pidfd?
    /// Of a process that is not a child: tells when its end is seen by way of the descriptor.
    private var unwatch: (() -> Void)?
    private(set) var exit: Exit?
    /// It ended while there was no shim, and nothing is left that knows how.
    var endIsUnseen = false
    /// Seen before Create or Start was answered; told after it.
    var heldExit: ExitStatus?
    private var waiters: [(name: ObjectIdentifier, tell: (Exit) -> Void)] = []
    private var onExit: [() -> Void] = []

    init(
        execID: String, stdio: Stdio, spec: [UInt8] = [], streams: ProcessStreams,
        state: ProcessState
    ) {
        self.execID = execID
        self.stdio = stdio
        self.spec = spec
        self.streams = streams
        self.state = state
    }

    var isInit: Bool { execID.isEmpty }

    func become(_ next: ProcessState) throws(Failure) {
        guard state.mayBecome(next) else {
            throw .precondition(
                "a process that is \(state.rawValue) cannot become \(next.rawValue)")
        }
        state = next
    }

    /// Gives it its process: the descriptor that the runtime sent, or one for the number.
    func adopt(pid: Int32, pidfd raw: Int32?, startTime known: UInt64? = nil) {
        self.pid = pid
        startTime = known ?? ProcessStatus(pid: pid)?.startTime ?? 0
        if let raw {
            pidfd = Pidfd(OwnedDescriptor(owning: raw))
        } else {
            // Not there any more where it has ended and was waited for; then nobody needs it.
            pidfd = try? Pidfd(pid: pid)
        }
    }

    /// What shim.json says of it.
    var record: ProcessRecord {
        var record = ProcessRecord()
        record.execID = execID
        record.pid = pid
        record.startTime = startTime
        record.state = state
        record.stdin = stdio.stdin
        record.stdout = stdio.stdout
        record.stderr = stdio.stderr
        record.terminal = stdio.terminal
        record.pipes = streams.inodes
        return record
    }

    /// Its descriptor, for whoever keeps it; -1 where it has ended.
    var descriptor: Int32 { pidfd?.descriptor.raw ?? -1 }

    /// Calls `body` when it has ended, with its status as wait(2) has it; nil where nobody can
    /// know. For one that is not a child of this shim.
    func watchEnd(
        _ loop: EventLoop, _ body: @escaping (_ waitStatus: Int32?) -> Void
    ) throws(SystemError) {
        let raw = descriptor
        try loop.watch(raw, .readable) { [own = Weak(self)] _ in own.object?.sawEnd(body) }
        unwatch = { loop.unwatch(raw) }
    }

    private func sawEnd(_ body: (Int32?) -> Void) {
        let status = endStatus()
        unwatch?()
        unwatch = nil
        body(status)
    }

    /// Of a process that has ended. Until its parent has waited for it, /proc tells; afterwards the
    /// descriptor does, and between the two looks the one may have become the other.
    private func endStatus() -> Int32? {
        for _ in 0..<2 {
            if let status = ProcessStatus(pid: pid), status.startTime == startTime,
                status.hasEnded
            {
                return status.waitStatus
            }
            if let status = pidfd?.waitStatus { return status }
        }
        return nil
    }

    /// False where the process is gone.
    func send(signal: Int32) throws(SystemError) -> Bool {
        do throws(SystemError) {
            guard pidfd != nil else { return false }
            try pidfd?.send(signal: signal)
            return true
        } catch {
            if error.code == ESRCH { return false }
            throw error
        }
    }

    /// Settles how it ended, and tells those who wait.
    func ended(_ exit: Exit) {
        self.exit = exit
        heldExit = nil
        unwatch?()
        unwatch = nil
        pidfd = nil
        let (replies, bodies) = (waiters, onExit)
        waiters = []
        onExit = []
        for reply in replies { reply.tell(exit) }
        for body in bodies { body() }
    }

    /// Answers with what `make` makes of its end, then or now.
    func wait<Response>(_ reply: Reply<Response>, _ make: @escaping (Exit) -> Response) {
        if let exit { return reply.succeed(make(exit)) }
        let name = ObjectIdentifier(reply)
        waiters.append((name, { reply.succeed(make($0)) }))
        reply.onAbandon = { [own = Weak(self)] in
            own.object?.waiters.removeAll { $0.name == name }
        }
    }

    func whenEnded(_ body: @escaping () -> Void) {
        if exit != nil { body() } else { onExit.append(body) }
    }
}
