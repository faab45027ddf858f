internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// A short-lived program that the manager runs: `apus-shim start`, `apus-shim delete`, `--version`.
struct Subprocess: Sendable {
    var path: String
    var arguments: [String]
    var environment: [String] = []
    var directory: String?
    /// At most a pipe's capacity; it is written before the program runs.
    var input: [UInt8] = []
    var limit: Duration

    struct Outcome: Sendable {
        var status: ExitStatus
        var output: [UInt8]
        var errors: [UInt8]

        /// The last line that says something.
        var complaint: String {
            let text = String(decoding: errors.isEmpty ? output : errors, as: UTF8.self)
            return text.split(separator: "\n").last.map(String.init) ?? "it said nothing"
        }
    }

    static let mostInput = 65536
    private static let mostOutput = 1 << 20

    /// Runs it to its end, on a thread that may block.
    func run() async throws(Failure) -> Outcome {
        do {
            return try await offload { try self.runBlocking() }
        } catch { throw Failure(error, "run", path) }
    }

    private func runBlocking() throws(SystemError) -> Outcome {
        guard input.count <= Self.mostInput else { throw SystemError("run \(path)", E2BIG) }
        let stdin = try Pipe().release()
        let stdinReader = OwnedDescriptor(owning: stdin.reader)
        let stdinWriter = OwnedDescriptor(owning: stdin.writer)
        try stdinWriter.writeAll(input)
        _ = consume stdinWriter
        let stdout = try Pipe().release()
        let output = OwnedDescriptor(owning: stdout.reader)
        let outputWriter = OwnedDescriptor(owning: stdout.writer)
        let stderr = try Pipe().release()
        let errors = OwnedDescriptor(owning: stderr.reader)
        let errorsWriter = OwnedDescriptor(owning: stderr.writer)
        let pid = try spawn([stdinReader.raw, outputWriter.raw, errorsWriter.raw])
        _ = consume stdinReader
        _ = consume outputWriter
        _ = consume errorsWriter
        return try collect(pid, output, errors)
    }

    private func spawn(_ streams: [Int32]) throws(SystemError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
        }
        if let directory { unsafe apus_spawn_in_directory(&actions, directory) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // The manager blocks signals and leads its group; what it starts does neither.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var argv = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        var envp = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw SystemError("execute \(path)", code) }
        return pid
    }

    /// Reads both streams until the program has ended. Whoever it left behind may hold the streams
    /// longer; that one's words are not waited for.
    private func collect(
        _ pid: pid_t, _ output: borrowing OwnedDescriptor, _ errors: borrowing OwnedDescriptor
    ) throws(SystemError) -> Outcome {
        let process = try Pidfd(pid: pid)
        try output.setNonBlocking()
        try errors.setNonBlocking()
        let deadline = ContinuousClock.now + limit
        var streams = [StreamEnd(output.raw), StreamEnd(errors.raw)]
        while true {
            var polled = [pollfd(fd: process.descriptor.raw, events: Int16(POLLIN), revents: 0)]
            polled += streams.map {
                pollfd(fd: $0.isOpen ? $0.raw : -1, events: Int16(POLLIN), revents: 0)
            }
            let left = deadline - .now
            let milliseconds = max(0, left.components.seconds * 1000 + 1)
            let ready = unsafe poll(&polled, 3, Int32(clamping: milliseconds))
            if ready == 0 {
                kill(pid, SIGKILL)
                _ = try reap(pid)
                throw SystemError("wait for \(path)", ETIMEDOUT)
            }
            for index in streams.indices { streams[index].drain(limit: Self.mostOutput) }
            if polled[0].revents != 0 {
                let status = try reap(pid)
                for index in streams.indices { streams[index].drain(limit: Self.mostOutput) }
                return Outcome(
                    status: status, output: streams[0].bytes, errors: streams[1].bytes)
            }
        }
    }

    private func reap(_ pid: pid_t) throws(SystemError) -> ExitStatus {
        var status: Int32 = 0
        try check("wait for \(path)") { unsafe waitpid(pid, &status, 0) }
        return ExitStatus(waitStatus: status)
    }
}

/// One stream of a child, read without blocking.
private struct StreamEnd {
    let raw: Int32
    var isOpen = true
    var bytes: [UInt8] = []

    init(_ raw: Int32) { self.raw = raw }

    mutating func drain(limit: Int) {
        var chunk = [UInt8](repeating: 0, count: 16384)
        while isOpen {
            let count = unsafe read(raw, &chunk, chunk.count)
            if count < 0 && apus_errno() == EINTR { continue }
            if count < 0 { return }
            if count == 0 { isOpen = false }
            // What goes beyond the limit is read, so that nobody blocks, and dropped.
            bytes += chunk[..<min(count, max(0, limit - bytes.count))]
        }
    }
}
