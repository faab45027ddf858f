import Foundation
import Linux
import Synchronization

/// What a program that has ended left behind.
public struct Output: Sendable, CustomStringConvertible {
    /// The exit code, or 128 + signal.
    public var status: Int32
    public var stdoutBytes: [UInt8]
    public var stderrBytes: [UInt8]

    public init(status: Int32, stdoutBytes: [UInt8] = [], stderrBytes: [UInt8] = []) {
        self.status = status
        self.stdoutBytes = stdoutBytes
        self.stderrBytes = stderrBytes
    }

    public var stdout: String { String(decoding: stdoutBytes, as: UTF8.self) }
    public var stderr: String { String(decoding: stderrBytes, as: UTF8.self) }
    public var description: String { "status \(status)\nstdout: \(stdout)\nstderr: \(stderr)" }
}

/// Runs programs.
public enum Command {
    /// Runs a program to its end. It is killed, and answers 137, when it takes longer than `limit`
    /// seconds: a guard against hanging, not an assertion.
    @discardableResult
    public static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: String? = nil, input: [UInt8] = [], limit: Double = 60
    ) -> Output {
        let child = Child(
            program, arguments, environment: environment, directory: directory,
            stdin: input.isEmpty ? .null : .pipe)
        if !input.isEmpty { child.write(input) }
        child.closeInput()
        return child.finish(limit: limit)
    }

    /// `sh -c`.
    @discardableResult
    public static func shell(_ script: String, limit: Double = 60) -> Output {
        run("/bin/sh", ["-c", script], limit: limit)
    }
}

/// A program that runs beside the test.
public final class Child: Sendable {
    public enum Input: Sendable {
        case null
        case pipe
    }

    public let pid: Int32
    private let stdin: Mutex<Int32?>
    private let collected = Mutex<(out: [UInt8], err: [UInt8])>(([], []))
    private let open = Mutex<Int>(2)
    private let status = Mutex<Int32?>(nil)

    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        directory: String? = nil, stdin input: Input = .null
    ) {
        var out: [Int32] = [0, 0]
        var err: [Int32] = [0, 0]
        var into: [Int32] = [-1, -1]
        Self.openPipe(&out)
        Self.openPipe(&err)
        if case .pipe = input { Self.openPipe(&into) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if into[0] >= 0 {
            unsafe posix_spawn_file_actions_adddup2(&actions, into[0], 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, err[1], 2)
        let values = environment ?? ProcessInfo.processInfo.environment
        let words = (directory.map { ["env", "-C", $0] } ?? []) + [program] + arguments
        var argv = unsafe words.map { unsafe strdup($0) } + [nil]
        var envp = unsafe values.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, words[0], &actions, nil, &argv, &envp)
        for fd in [out[1], err[1], into[0]] where fd >= 0 { close(fd) }
        stdin = Mutex(into[1] >= 0 ? into[1] : nil)
        self.pid = code == 0 ? pid : -1
        if code != 0 { status.withLock { $0 = 127 } }
        for (fd, isError) in [(out[0], false), (err[0], true)] {
            let thread = Thread { [self] in
                collect(fd, isError: isError)
                close(fd)
            }
            thread.start()
        }
    }

    /// Reads to the end of a stream. Others may hold it open when the program has ended: once there is
    /// nothing for a moment, what the program has said is complete.
    private func collect(_ fd: Int32, isError: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var deadline: ContinuousClock.Instant?
        var isComplete = false
        while true {
            let hasEnded = status.withLock { $0 } != nil
            if hasEnded && deadline == nil { deadline = .now + .seconds(2) }
            var entry = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&entry, 1, isComplete ? -1 : hasEnded ? 200 : 50)
            if !isComplete, let deadline, ready == 0 || deadline < .now {
                isComplete = true
                open.withLock { $0 -= 1 }
            }
            guard ready != 0 else { continue }
            let count = unsafe Glibc.read(fd, &buffer, buffer.count)
            guard count > 0 else { break }
            collected.withLock {
                if isError { $0.err += buffer[..<count] } else { $0.out += buffer[..<count] }
            }
        }
        if !isComplete { open.withLock { $0 -= 1 } }
    }

    /// Whoever does not wait for its end leaves no zombie: exit tests look at every ended child of
    /// this process, and see no other while there is one that nobody takes.
    deinit {
        guard pid > 0, status.withLock({ $0 }) == nil else { return }
        Thread { [pid] in waitpid(pid, nil, 0) }.start()
    }

    /// Close-on-exec from the start: a program that another test starts now must not hold our ends.
    private static func openPipe(_ ends: inout [Int32]) {
        let made = try! Linux.Pipe()
        (ends[0], ends[1]) = made.release()
    }

    /// What it has written so far.
    public var output: Output {
        let (out, err) = collected.withLock { $0 }
        return Output(status: status.withLock { $0 } ?? -1, stdoutBytes: out, stderrBytes: err)
    }

    public func write(_ bytes: [UInt8]) {
        let fd = stdin.withLock { $0 }
        guard let fd else { return }
        signal(SIGPIPE, SIG_IGN)
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes[offset...].withUnsafeBytes {
                unsafe Glibc.write(fd, $0.baseAddress, $0.count)
            }
            if count <= 0 { return }
            offset += count
        }
    }

    public func closeInput() {
        stdin.withLock {
            if let fd = $0 { close(fd) }
            $0 = nil
        }
    }

    public func send(signal: Int32) { if pid > 0 { kill(pid, signal) } }

    /// Waits until a condition on the output holds; false when `limit` seconds have passed or the
    /// program has closed its streams without it.
    public func waits(limit: Double = 30, for condition: (Output) -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(limit)
        while .now < end {
            if condition(output) { return true }
            if open.withLock({ $0 }) == 0 { return condition(output) }
            usleep(2000)
        }
        return false
    }

    /// Waits for its end and for the end of its streams.
    public func finish(limit: Double = 60) -> Output {
        let end = ContinuousClock.now + .seconds(limit)
        var killed = false
        while status.withLock({ $0 }) == nil {
            var raw: Int32 = 0
            let done = unsafe waitpid(pid, &raw, WNOHANG)
            if done == pid {
                status.withLock { $0 = ExitStatus(waitStatus: raw).code }
            } else if done < 0 {
                status.withLock { $0 = 255 }
            } else if !killed && .now > end {
                killed = true
                send(signal: SIGKILL)
            } else {
                usleep(1000)
            }
        }
        while open.withLock({ $0 }) > 0 { usleep(1000) }
        return output
    }
}

/// Waits for a condition of the outside world; false when `limit` seconds have passed.
public func eventually(limit: Double = 30, _ condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(limit)
    while .now < end {
        if condition() { return true }
        usleep(5000)
    }
    return condition()
}

/// The number in a file that somebody writes again and again; 0 where there is none. Between the
/// emptying of the file and the writing there is none either, for a moment.
public func numberWritten(in path: String) -> Int {
    var number: Int?
    _ = eventually(limit: 2) {
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        number = text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        return number != nil || text == nil
    }
    return number ?? 0
}
