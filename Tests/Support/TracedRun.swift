import CLinux
import CTrace
import Foundation
import Linux
import Synchronization

/// One run of a program under ptrace(2): counts the system calls of it and of the processes that it
/// makes, and can interfere at one of them.
///
/// A process that executes another program, and everybody once the program itself has ended, runs on
/// untraced.
public struct TracedRun: Sendable {
    public enum Interference: Sendable, Equatable {
        /// SIGKILL, before the call is made.
        case kill
        /// The call is not made, and answers this error.
        case fail(Int32)
    }

    public struct Target: Sendable, CustomStringConvertible {
        /// 0 is the program; the processes that it makes follow in the order of their making.
        public var process: Int
        /// Counted from 0, beginning with the program's first own call.
        public var call: Int
        public var interference: Interference

        public init(process: Int, call: Int, _ interference: Interference) {
            self.process = process
            self.call = call
            self.interference = interference
        }

        public var description: String {
            switch interference {
            case .kill: "SIGKILL of process \(process) at call \(call)"
            case .fail(let code):
                "\(unsafe String(cString: strerror(code))) in process \(process) at call \(call)"
            }
        }
    }

    /// What a run left behind.
    public struct Outcome: Sendable {
        /// Of the program itself; standard output and error are one.
        public internal(set) var output = Output(status: -1)
        /// The numbers of the calls that the target's process has made, or the program where there
        /// is no target.
        public internal(set) var calls: [Int] = []
        /// By which signal each process has ended while it was traced.
        public internal(set) var deaths: [Int: Int32] = [:]
        public internal(set) var pids: [Int32] = []
        /// False where the process has never come so far.
        public internal(set) var hasInterfered = false
        public internal(set) var hasTimedOut = false

        public init() {}
    }

    private struct Tracee {
        var index: Int
        var isWatched: Bool
        var failing: Int32?
    }

    private let target: Target?
    private let watched: Int
    private let program: Int32
    private var tracees: [Int32: Tracee] = [:]
    private var outcome = Outcome()
    private var isOver = false

    /// Runs it to its end. `watching` is the process whose calls are counted where there is no
    /// target. It is killed after `limit` seconds.
    public static func run(
        _ program: String, _ arguments: [String], target: Target? = nil, watching: Int = 0,
        limit: Double = 60
    ) -> Outcome {
        let log = unsafe tmpfile()!
        defer { unsafe fclose(log) }
        let number = unsafe fileno(log)
        let gate = try! Linux.Pipe()
        let (reader, writer) = gate.release()
        let pid = spawn(program, arguments, input: reader, output: number)
        close(reader)
        var run = TracedRun(target: target, watched: target?.process ?? watching, program: pid)
        let watchdog = Watchdog(pid, seconds: limit)
        run.attach()
        close(writer)
        while run.step() {}
        run.outcome.hasTimedOut = watchdog.stop()
        lseek(number, 0, SEEK_SET)
        var text = [UInt8](repeating: 0, count: 65536)
        let count = unsafe read(number, &text, text.count)
        run.outcome.output.stdoutBytes = Array(text[..<max(0, count)])
        return run.outcome
    }

    private init(target: Target?, watched: Int, program: Int32) {
        self.target = target
        self.watched = watched
        self.program = program
    }

    /// A shell that waits until it is traced, and then becomes the program.
    private static func spawn(
        _ program: String, _ arguments: [String], input: Int32, output: Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        let script = "read gate; exec \"$@\" </dev/null"
        let all = ["sh", "-c", script, "sh", program] + arguments
        var words = unsafe all.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, "/bin/sh", &actions, nil, &words, apus_environ())
        precondition(code == 0, "posix_spawn: \(code)")
        return pid
    }

    // MARK: ptrace(2)

    private enum Request {
        static let resume = 7
        static let detach = 17
        static let resumeToCall = 24
        static let eventMessage = 0x4201
        static let seize = 0x4206
        static let interrupt = 0x4207
        static let getCall = 0x420e
        static let setCall = 0x4212
    }

    /// TRACESYSGOOD, TRACEFORK, TRACEVFORK, TRACECLONE, TRACEEXEC, EXITKILL.
    private static let options = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x10_0000

    @discardableResult
    private func trace(_ request: Int, _ pid: Int32, _ address: Int = 0, _ data: Int = 0) -> Int {
        unsafe apus_ptrace(
            request, pid, UInt(bitPattern: address), UnsafeMutableRawPointer(bitPattern: data))
    }

    private mutating func attach() {
        let made = trace(Request.seize, program, 0, Self.options)
        precondition(made == 0, "ptrace: \(apus_errno())")
        note(program)
    }

    private mutating func note(_ pid: Int32) {
        guard tracees[pid] == nil else { return }
        let index = outcome.pids.count
        outcome.pids.append(pid)
        tracees[pid] = Tracee(index: index, isWatched: index == watched && index > 0)
    }

    /// One stop or end of one process; false when there is none left.
    private mutating func step() -> Bool {
        var status: Int32 = 0
        // __WALL | __WNOTHREAD: also brothers, but no child that another thread of the tests waits
        // for.
        let pid = unsafe waitpid(-1, &status, 0x4000_0000 | 0x2000_0000)
        if pid < 0 { return apus_errno() == EINTR }
        if status & 0xff != 0x7f {
            end(pid, ExitStatus(waitStatus: status))
            return !tracees.isEmpty
        }
        note(pid)
        let signal = status >> 8 & 0xff
        let event = status >> 16
        switch event {
        case 1, 2, 3: noteChild(of: pid)
        case 4: executed(pid)
        default: break
        }
        let isOurs = event != 0 || signal == SIGTRAP | 0x80
        if signal == SIGTRAP | 0x80 { stoppedAtCall(pid) }
        resume(pid, delivering: isOurs ? 0 : signal)
        return !tracees.isEmpty
    }

    private mutating func noteChild(of pid: Int32) {
        var child: UInt = 0
        unsafe withUnsafeMutablePointer(to: &child) {
            _ = unsafe apus_ptrace(Request.eventMessage, pid, 0, $0)
        }
        note(Int32(truncatingIfNeeded: child))
    }

    /// The program may execute itself again: it is still the program.
    private mutating func executed(_ pid: Int32) {
        if pid == program {
            tracees[pid]?.isWatched = watched == 0
        } else {
            isDone.insert(pid)
        }
    }

    /// Those that have become another program.
    private var isDone: Set<Int32> = []

    private mutating func resume(_ pid: Int32, delivering signal: Int32) {
        guard let tracee = tracees[pid] else { return }
        if isOver || isDone.contains(pid) {
            trace(Request.detach, pid, 0, Int(signal))
            tracees[pid] = nil
            return
        }
        let isWatched = tracee.isWatched && (!outcome.hasInterfered || tracee.failing != nil)
        trace(isWatched ? Request.resumeToCall : Request.resume, pid, 0, Int(signal))
    }

    private mutating func end(_ pid: Int32, _ status: ExitStatus) {
        if let tracee = tracees[pid], case .signaled(let signal) = status {
            outcome.deaths[tracee.index] = signal
        }
        tracees[pid] = nil
        guard pid == program else { return }
        outcome.output.status = status.code
        isOver = true
        for other in tracees.keys { trace(Request.interrupt, other) }
    }

    // MARK: Calls

    /// struct ptrace_syscall_info: `op` at 0 (1 entry, 2 exit); at 24 the call's number or its
    /// answer; at 32 whether that is an error.
    private mutating func stoppedAtCall(_ pid: Int32) {
        guard let tracee = tracees[pid] else { return }
        var info = [UInt8](repeating: 0, count: 88)
        let size = info.count
        let got = unsafe info.withUnsafeMutableBytes {
            unsafe apus_ptrace(Request.getCall, pid, UInt(size), $0.baseAddress)
        }
        guard got > 0 else { return }
        if info[0] == 2, let code = tracee.failing {
            tracees[pid]?.failing = nil
            Self.put(Int64(-code), at: 24, in: &info)
            info[32] = 1
            set(info, pid)
        }
        guard info[0] == 1, tracee.isWatched, !outcome.hasInterfered else { return }
        let number = info[24..<32].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let index = outcome.calls.count
        outcome.calls.append(Int(truncatingIfNeeded: number))
        guard let target, target.process == tracee.index, target.call == index else { return }
        outcome.hasInterfered = true
        switch target.interference {
        case .kill: kill(pid, SIGKILL)
        case .fail(let code):
            Self.put(-1, at: 24, in: &info)
            set(info, pid)
            tracees[pid]?.failing = code
        }
    }

    private func set(_ info: [UInt8], _ pid: Int32) {
        var info = info
        let size = info.count
        let done = unsafe info.withUnsafeMutableBytes {
            unsafe apus_ptrace(Request.setCall, pid, UInt(size), $0.baseAddress)
        }
        precondition(done == 0, "PTRACE_SET_SYSCALL_INFO: \(apus_errno())")
    }

    private static func put(_ value: Int64, at offset: Int, in bytes: inout [UInt8]) {
        for index in 0..<8 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Int64(index * 8))
        }
    }

}

/// Kills a process that takes too long.
private final class Watchdog: Sendable {
    private let state = Mutex((isStopped: false, hasBitten: false))
    private let condition = NSCondition()

    init(_ pid: Int32, seconds: Double) {
        let end = Date().addingTimeInterval(seconds)
        Thread { [self] in
            condition.lock()
            while !state.withLock({ $0.isStopped }), condition.wait(until: end) {}
            condition.unlock()
            state.withLock {
                guard !$0.isStopped else { return }
                $0.hasBitten = true
                kill(pid, SIGKILL)
            }
        }.start()
    }

    /// Answers whether it was needed.
    func stop() -> Bool {
        condition.lock()
        state.withLock { $0.isStopped = true }
        condition.signal()
        condition.unlock()
        return state.withLock { $0.hasBitten }
    }
}

/// Names of system calls, as the kernel's header of this machine has them.
public enum SystemCallNames {
    private static let names: [Int: String] = {
        let files = ["x86_64-linux-gnu/asm/unistd_64.h", "asm/unistd_64.h", "asm-generic/unistd.h"]
        let text = files.lazy.compactMap {
            try? String(contentsOfFile: "/usr/include/\($0)", encoding: .utf8)
        }.first { $0.contains("__NR_") }
        var names: [Int: String] = [:]
        for line in (text ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[1].hasPrefix("__NR_"), let number = Int(words[2]) else {
                continue
            }
            names[number] = String(words[1].dropFirst(5))
        }
        return names
    }()

    public static func name(_ number: Int) -> String { names[number] ?? "call \(number)" }
}
