internal import CLinux
internal import Glibc
internal import Linux
internal import RPC
internal import Wire

/// Standard input, output and error of one process, from before it exists until its last byte is
/// delivered. This half opens them; StreamFlow.swift moves the bytes.
final class ProcessStreams: Mortal {
    let life = Life()
    let plan: StdioPlan
    let context: ShimContext
    /// The bundle.
    let directory: String
    let name: String
    /// The container's.
    let id: String
    /// The process's own ends; closed here once it has them.
    let child = ChildEnds()
    var console: ConsoleListener?
    var terminal: OwnedDescriptor?
    var windowSize: (columns: UInt16, rows: UInt16)?
    var pumps: [OutputPump] = []
    var targets: [OutputStream: any OutputSink] = [:]
    var attachers: [Attacher] = []
    var hold: AttachHold?
    var input: InputFeed?
    var inputEnd: OwnedDescriptor?
    /// Where output goes to a log that another shim could have to go on with.
    var carry: CarryNote?
    /// The log file that both streams go to.
    var log: RotatedLog?
    /// Of the process's pipes: by them another shim finds the pipes again.
    private(set) var inodes = ProcessRecord.StreamInodes()
    var program: LoggingProgram?
    var drain: Timer?
    var hasStarted = false
    /// Another shim has begun them.
    private(set) var isAdopted = false
    /// No more comes for those who attach.
    var isClosed = false
    /// The container's, once it is there.
    var cgroup: CgroupLocation?
    var onSettled: [() -> Void] = []

    /// Opens what the plan names. `name` keeps processes apart in the bundle.
    init(
        _ plan: StdioPlan, directory: String, name: String, id: String,
        owner: (uid: UInt32, gid: UInt32), context: ShimContext
    ) throws(Failure) {
        self.plan = plan
        self.directory = directory
        self.name = name
        self.id = id
        self.context = context
        do throws(SystemError) {
            try openInput()
            try openInputPipe(owner)
            try openTargets()
            openCarry(isNew: true)
            if plan.isTerminal {
                console = try ConsoleListener(directory: directory, name: name)
            } else {
                try openPipe(.stdout, plan.stdout, owner)
                try openPipe(.stderr, plan.stderr, owner)
            }
        } catch {
            close()
            throw .system(error)
        }
    }

    /// Takes up those of a process that another shim has started; `ends` are that shim's ends of
    /// them, as many as were found.
    init(
        adopting plan: StdioPlan, ends: StreamEnds, inodes: ProcessRecord.StreamInodes,
        directory: String, name: String, id: String,
        context: ShimContext
    ) throws(Failure) {
        self.plan = plan
        self.directory = directory
        self.name = name
        self.id = id
        self.context = context
        self.inodes = inodes
        do throws(SystemError) {
            if case .program = plan.stdout {
                // It reads the pipes itself and ends with them.
            } else {
                try openTargets()
                openCarry(isNew: false)
                if let end = ends.stdout.take() { try addPump(end, .stdout) }
                if let end = ends.stderr.take() { try addPump(end, .stderr) }
                resumeLog()
            }
            try openInput()
            if let end = ends.stdin.take() { try input?.connect(end) }
            if let master = ends.terminal.take() { try takeTerminal(master) }
        } catch {
            close()
            throw .system(error)
        }
        hasStarted = true
        isAdopted = true
        resumePumps()
        settle()
    }

    deinit {
        life.end()
        close()
    }

    /// Starts what must be there before the process: a logging program.
    func prepare(id: String, _ done: @escaping (Failure?) -> Void) {
        guard case .program(let path, let arguments) = plan.stdout else { return done(nil) }
        let program = LoggingProgram(path, context: context)
        self.program = program
        program.onLoss = { [log = context.log, own = Weak(self)] in
            log.error("\(path) is gone; output is dropped from here")
            own.object?.resumePumps()
        }
        do throws(SystemError) {
            // Opened anew, because ours do not block, and a program expects its input to.
            let stdout = try openFile("/proc/self/fd/\(pumps.first?.descriptor ?? -1)", O_RDONLY)
            let stderr = try openFile("/proc/self/fd/\(pumps.last?.descriptor ?? -1)", O_RDONLY)
            try program.start(
                arguments, id: id, stdout: stdout.raw, stderr: stderr.raw, done: done)
        } catch {
            done(.system(error))
        }
    }

    private func openInput() throws(SystemError) {
        switch plan.stdin {
        case .null where !plan.isTerminal: return
        case .fifo(let path): input = try InputFeed(fifo: path, loop: context.loop)
        case .null, .attach: input = try InputFeed(fifo: nil, loop: context.loop)
        }
    }

    private func openInputPipe(_ owner: (uid: UInt32, gid: UInt32)) throws(SystemError) {
        guard input != nil, !plan.isTerminal else { return }
        let (reader, writer) = try Pipe().release()
        child.stdin = OwnedDescriptor(owning: reader)
        inputEnd = OwnedDescriptor(owning: writer)
        try changeOwner(reader, owner)
        inodes.stdin = try FileStatus(raw: writer).inode
    }

    private func openTargets() throws(SystemError) {
        let stdout = try target(plan.stdout)
        targets[.stdout] = stdout
        targets[.stderr] = plan.stderr.takesBoth ? stdout : try target(plan.stderr)
    }

    private func target(_ output: StdioPlan.Output) throws(SystemError) -> (any OutputSink)? {
        switch output {
        case .null, .live, .program: return nil
        case .file(let path): return try FileSink(path, log: context.log)
        case .log(let options):
            let log = try RotatedLog(options, context: context)
            self.log = log
            return log
        case .journal(let options):
            return try JournalSink(options, id: id, context: context) { [own = Weak(self)] in
                own.object?.settle()
            }
        case .attach:
            let hold = AttachHold(directory: directory, log: context.log)
            self.hold = hold
            return hold
        case .fifo(let path):
            guard isFifo(path) else { return try FileSink(path, log: context.log) }
            return try FifoSink(path, directory: directory, context: context) {
                [own = Weak(self)] in
                own.object?.resumePumps()
                own.object?.settle()
            }
        }
    }

    /// The process gets an end that can read as well. So a pipe keeps a reader when the shim is
    /// gone: the process is then halted by a full pipe at worst, not killed by SIGPIPE, until
    /// another shim takes the pipe up.
    private func openPipe(
        _ stream: OutputStream, _ output: StdioPlan.Output, _ owner: (uid: UInt32, gid: UInt32)
    ) throws(SystemError) {
        guard output != .null else { return }
        let (reader, writer) = try Pipe().release()
        let source = OwnedDescriptor(owning: reader)
        let plain = OwnedDescriptor(owning: writer)
        let both = try openFile("/proc/self/fd/\(plain.raw)", O_RDWR)
        try changeOwner(both.raw, owner)
        let inode = try FileStatus(of: both).inode
        if stream == .stdout { inodes.stdout = inode } else { inodes.stderr = inode }
        if stream == .stdout { child.stdout = consume both } else { child.stderr = consume both }
        try addPump(source, stream)
    }

    func addPump(_ source: consuming OwnedDescriptor, _ stream: OutputStream) throws(SystemError) {
        let pump = try OutputPump(
            source, stream, isTerminal: plan.isTerminal, loop: context.loop,
            deliver: { [own = Weak(self)] in own.object?.deliver($0, $1) },
            onEnd: { [own = Weak(self)] in own.object?.settle() })
        // A terminal's output cannot be looked at without being taken.
        if let carry, !plan.isTerminal { pump.onTaken = { carry.end() } }
        if !plan.isTerminal, log == nil {
            pump.move = { [own = Weak(self)] in own.object?.move(stream, from: $0) }
            pump.widen = { [own = Weak(self)] in own.object?.widen(stream, $0) }
        }
        pumps.append(pump)
    }

    private func openCarry(isNew: Bool) {
        guard log != nil else { return }
        do throws(SystemError) {
            carry = try CarryNote("\(directory)/\(name).carry", isNew: isNew)
        } catch {
            context.log.warning("the log of \(name) may have a gap should this shim die: \(error)")
        }
    }

    /// Goes on with the log where another shim was killed. What that one had written and not taken
    /// out of the pipe will come again, so it goes from the log.
    private func resumeLog() {
        guard let carry, let log else { return }
        var back: LogPosition?
        if let step = carry.openStep {
            let pump = pumps.first { $0.stream == step.stream }
            let front = pump?.front(step.count) ?? []
            if front.count == step.count, CarryNote.hash(front) == step.hash {
                back = step.position
            } else {
                carry.end()
            }
        }
        log.resume(carry.lines, takingBackTo: back)
    }
}

/// The descriptors that a process gets; none where it gets /dev/null.
final class ChildEnds {
    var stdin: OwnedDescriptor?
    var stdout: OwnedDescriptor?
    var stderr: OwnedDescriptor?

    /// As numbers, -1 for none.
    var raw: (Int32, Int32, Int32) {
        (stdin?.raw ?? -1, stdout?.raw ?? -1, stderr?.raw ?? -1)
    }

    func close() {
        stdin = nil
        stdout = nil
        stderr = nil
    }
}

private func isFifo(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
}

private func changeOwner(
    _ raw: Int32, _ owner: (uid: UInt32, gid: UInt32)
) throws(SystemError) {
    guard owner.uid != 0 || owner.gid != 0 else { return }
    try check("give a pipe to \(owner.uid):\(owner.gid)") { fchown(raw, owner.uid, owner.gid) }
}
