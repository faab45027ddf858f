internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// One hook that runs.
struct HookProcess: ~Copyable {
    struct End {
        var status: ExitStatus
        var timedOut: Bool
        /// The last bytes of its standard error.
        var errorTail: [UInt8]
    }

    /// Enough for what a person reads, little enough for a log line.
    private static let tailLimit = 2048

    private let pid: Int32
    private let pidfd: Pidfd
    private var input: OwnedDescriptor?
    private var output: OwnedDescriptor?
    private var errors: OwnedDescriptor?

    private init(
        pid: Int32, pidfd: consuming Pidfd, input: consuming OwnedDescriptor,
        output: consuming OwnedDescriptor?, errors: consuming OwnedDescriptor?
    ) {
        self.pid = pid
        self.pidfd = pidfd
        self.input = consume input
        self.output = consume output
        self.errors = consume errors
    }

    /// posix_spawn(3), which answers with the error of a failed exec. What the hook says goes to
    /// `streams`, and is heard here where those have no file for it.
    static func start(
        _ hook: Hook, directory: String, streams: HookStreams
    ) throws(SystemError) -> HookProcess {
        let input = try Pipe()
        try input.writer.setNonBlocking()
        let output = try Listening(unless: streams.output)
        let errors = try Listening(unless: streams.errors)
        var pid: Int32 = 0
        let code = spawn(hook, directory, [input.reader.raw, output.raw, errors.raw], &pid)
        guard code == 0 else { throw SystemError("start \(hook.path)", code) }
        let pidfd = try Pidfd(pid: pid)
        let inputEnds = input.release()
        close(inputEnds.reader)
        return HookProcess(
            pid: pid, pidfd: pidfd, input: OwnedDescriptor(owning: inputEnds.writer),
            output: output.hear(), errors: errors.hear())
    }

    /// The way of one stream: into a file, or to us.
    private struct Listening: ~Copyable {
        /// What the hook gets.
        let raw: Int32
        private var reader: OwnedDescriptor?
        private let writer: OwnedDescriptor?

        init(unless file: HeldDescriptor?) throws(SystemError) {
            var reader: OwnedDescriptor?
            var writer: OwnedDescriptor?
            if file == nil {
                let ends = try Pipe().release()
                reader = OwnedDescriptor(owning: ends.reader)
                writer = OwnedDescriptor(owning: ends.writer)
                try reader?.setNonBlocking()
            }
            raw = file?.descriptor.raw ?? writer?.raw ?? -1
            self.reader = reader.take()
            self.writer = writer.take()
        }

        /// Our end, once the hook has its own: the other is closed here.
        consuming func hear() -> OwnedDescriptor? { reader.take() }
    }

    private static func spawn(
        _ hook: Hook, _ directory: String, _ streams: [Int32], _ pid: inout Int32
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, stream) in zip(Int32(0)..., streams) {
            unsafe posix_spawn_file_actions_adddup2(&actions, stream, target)
        }
        unsafe apus_spawn_in_directory(&actions, directory)
        unsafe apus_spawn_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        // SETSIGDEF | SETSIGMASK | SETSID (spawn.h)
        unsafe posix_spawnattr_setflags(&attributes, 0x04 | 0x08 | 0x80)
        let arguments = hook.args.isEmpty ? [hook.path] : hook.args
        var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var envp = unsafe (hook.env ?? []).map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        return unsafe posix_spawn(&pid, hook.path, &actions, &attributes, &argv, &envp)
    }

    /// Feeds it, listens to it, and waits for its end. A hook that reads nothing, or that leaves
    /// somebody behind who holds its streams, holds nobody up.
    consuming func finish(input bytes: [UInt8], timeoutSeconds: Int?) throws(SystemError) -> End {
        let previous = signal(SIGPIPE, SIG_IGN)
        defer { _ = signal(SIGPIPE, previous) }
        let end = timeoutSeconds.map { Recorder.now &+ UInt64(clamping: $0) &* 1_000_000_000 }
        var rest = bytes[...]
        var tail: [UInt8] = []
        var timedOut = false
        while true {
            var watches = [
                pollfd(fd: pidfd.descriptor.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input?.raw ?? -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output?.raw ?? -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors?.raw ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let milliseconds = timedOut ? -1 : Self.milliseconds(until: end)
            _ = unsafe poll(&watches, nfds_t(watches.count), milliseconds)
            if watches[1].revents != 0 { feed(&rest) }
            if watches[2].revents != 0 { _ = Self.drain(&output) }
            if watches[3].revents != 0 { Self.append(Self.drain(&errors), to: &tail) }
            if watches[0].revents != 0 { break }
            if !timedOut, Self.milliseconds(until: end) == 0 {
                timedOut = true
                killGroup()
            }
        }
        Self.append(Self.drain(&errors), to: &tail)
        var status: Int32 = 0
        let pid = pid
        try check("wait for process \(pid)") { unsafe waitpid(pid, &status, 0) }
        return End(
            status: ExitStatus(waitStatus: status), timedOut: timedOut, errorTail: tail)
    }

    private static func milliseconds(until end: UInt64?) -> Int32 {
        guard let end else { return -1 }
        let now = Recorder.now
        return now >= end ? 0 : Int32(clamping: (end - now) / 1_000_000 + 1)
    }

    /// It leads its session, and so the process group of what it has started.
    private func killGroup() {
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
    }

    private mutating func feed(_ rest: inout ArraySlice<UInt8>) {
        guard let raw = input?.raw else { return }
        let count = unsafe rest.withUnsafeBytes { unsafe write(raw, $0.baseAddress, $0.count) }
        if count > 0 { rest = rest.dropFirst(count) }
        let mayGoOn = count >= 0 || apus_errno() == EAGAIN || apus_errno() == EINTR
        // The end of the state is the end of its input; so is its loss of interest.
        if rest.isEmpty || !mayGoOn { _ = input.take() }
    }

    /// What has come meanwhile; the stream goes when its last writer has.
    private static func drain(_ stream: inout OwnedDescriptor?) -> [UInt8] {
        guard let raw = stream?.raw else { return [] }
        var taken: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // Bounded: who writes without end is heard again in the next round.
        for _ in 0..<64 {
            let count = unsafe read(raw, &chunk, chunk.count)
            if count == 0 { _ = stream.take() }
            guard count > 0 else { break }
            append(Array(chunk[..<count]), to: &taken)
        }
        return taken
    }

    private static func append(_ bytes: [UInt8], to tail: inout [UInt8]) {
        tail += bytes
        if tail.count > tailLimit { tail.removeFirst(tail.count - tailLimit) }
    }
}
