internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

extension Container {
    /// The program begins. Only from `created`.
    package func start(_ recorder: Recorder) throws(EngineError) {
        let lock = try directory.lock()
        // Of an init that waits for us nobody else has made anything.
        if !waitsForUs { try requireCreated() }
        let fifo = try recorder.measure("start") { () throws(EngineError) in
            let fifo = HeldDescriptor(try release())
            // Both at once: it is woken once.
            if waitsForUs { try acknowledge() }
            try awaitExec()
            return fifo
        }
        try runPoststartHooks(whenLeft: fifo)
        _ = lock.raw
    }

    private func requireCreated() throws(EngineError) {
        let stage = "start \(id)"
        // The record that was read before the lock was had may be an old one.
        if !record.isComplete { try reload() }
        switch statusUnderLock() {
        case .created: return
        case .running, .paused:
            throw EngineError(stage, "cannot start an already running container")
        case .stopped:
            throw EngineError(
                stage, "cannot start a container that has stopped", hint: deathNote)
        case .creating:
            throw EngineError(stage, "cannot start a container that is still being created")
        }
    }

    /// Why a container that was created is gone before its start.
    private var deathNote: String {
        record.cgroup?.memoryDeath.map { "its init was killed: \($0)" } ?? ""
    }

    /// Wakes init. It holds the fifo open for as long as it waits: with no reader nobody waits.
    private func release() throws(EngineError) -> OwnedDescriptor {
        let path = directory.fifo
        do throws(SystemError) {
            let fifo = try openFile(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW)
            try fifo.writeAll([0])
            try check("remove \(path)") { unsafe unlink(path) }
            return fifo
        } catch {
            switch error.code {
            case ENXIO:
                throw EngineError(
                    "start \(id)", "cannot start a container that has stopped", hint: deathNote)
            case ENOENT:
                throw EngineError("start \(id)", "cannot start an already running container")
            default:
                throw EngineError(error, during: "start \(id)")
            }
        }
    }

    /// A hook that fails here fails the container (runtime.md, Lifecycle, step 9). Before it the
    /// program has begun: then nobody holds the fifo any more, whoever has made the container.
    private func runPoststartHooks(whenLeft fifo: HeldDescriptor) throws(EngineError) {
        let path = directory.configuration
        guard try Self.mentions("poststart", path) else { return }
        let spec = try spec()
        let hooks = spec.hooks.poststart
        guard !hooks.isEmpty else { return }
        _ = try attempt("wait for the program of \(id) to begin") { () throws(SystemError) in
            try fifo.descriptor.poll([], milliseconds: -1)
        }
        do throws(EngineError) {
            try HookRunner.run(
                hooks, at: .poststart, state: hookState(.running), directory: record.bundle,
                streams: HookStreams(spec.annotations, bundle: record.bundle))
        } catch {
            try? kill(signal: SIGKILL)
            throw error
        }
    }

    /// Whether a configuration has a word at all, which is cheaper than to read it whole.
    private static func mentions(_ word: String, _ path: String) throws(EngineError) -> Bool {
        let text = try attempt("read \(path)") { () throws(SystemError) in
            try readFile(path, limit: longestDocumentBytes)
        }
        let needle = Array(word.utf8)
        var rest = text[...]
        while let start = rest.firstIndex(of: needle[0]) {
            if rest[start...].starts(with: needle) { return true }
            rest = rest[(start + 1)...]
        }
        return false
    }
}
