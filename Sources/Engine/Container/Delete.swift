internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

extension Container {
    /// SIGKILL is not to be refused, but a process in uninterruptible sleep takes its time.
    private static let longestDeathMilliseconds: Int32 = 10_000
    private static let usualDeathMilliseconds: Int32 = 200

    /// Removes everything that `create` made. `force` kills first.
    package func delete(force: Bool, _ recorder: Recorder) throws(EngineError) {
        let lock = try directory.lock()
        try reload()
        let now = statusUnderLock()
        switch now {
        case .stopped: break
        // Nothing of the image has run yet, so there is nothing to be lost.
        case .created: try end()
        case .creating, .running, .paused:
            guard force else {
                throw EngineError(
                    "delete \(id)",
                    "cannot delete container \(id) that is not stopped: \(now.rawValue)",
                    hint: "kill it first, or use --force")
            }
            try end()
        }
        try recorder.measure("remove") { () throws(EngineError) in try removeEverything(recorder) }
        _ = lock.raw
    }

    private func end() throws(EngineError) {
        guard let pidfd = try initPidfd() else { return }
        let hasEnded = try attempt("kill \(id)") { () throws(SystemError) in
            do throws(SystemError) {
                try pidfd.send(signal: SIGKILL)
            } catch {
                guard error.code == ESRCH else { throw error }
            }
            return true
        }
        if record.cgroup?.isFrozen == true { try? record.cgroup?.thaw() }
        let isGone = try attempt("wait for the end of \(id)") { () throws(SystemError) in
            if try pidfd.waitForEnd(milliseconds: Self.usualDeathMilliseconds) { return true }
            // Init ends after the others of its pid namespace, of which some may be frozen.
            record.cgroup?.thawAll()
            return try pidfd.waitForEnd(milliseconds: Self.longestDeathMilliseconds)
        }
        guard hasEnded && isGone else {
            throw EngineError(
                "kill \(id)", "process \(record.initPid) has not ended within 10 seconds",
                code: ETIMEDOUT,
                hint:
                    "its state is \(stuckState); a process in state D waits for a device or a filesystem"
            )
        }
    }

    private var stuckState: String {
        guard let status = ProcessStatus(pid: record.initPid) else { return "unknown" }
        return String(UnicodeScalar(status.state))
    }

    private func removeEverything(_ recorder: Recorder) throws(EngineError) {
        // The hooks' configuration goes with the directory.
        let hooks = record.hasPoststopHooks ? (try? spec().hooks.poststop) ?? [] : []
        if let cgroup = record.cgroup {
            // Who outlives init, in a pid namespace that is not the container's own.
            try cgroup.dissolve()
        }
        ResctrlPlan.remove(record.resctrlGroups)
        try directory.remove()
        runPoststopHooks(hooks, recorder)
    }

    /// All of them, whatever becomes of one (runtime.md, Lifecycle, step 13).
    private func runPoststopHooks(_ hooks: [Hook], _ recorder: Recorder) {
        guard !hooks.isEmpty else { return }
        var streams = HookStreams.heard
        do throws(EngineError) {
            streams = try HookStreams(record.annotations, bundle: record.bundle)
        } catch {
            recorder.warn("\(error)")
        }
        for hook in hooks {
            do throws(EngineError) {
                try HookRunner.run(
                    [hook], at: .poststop, state: hookState(.stopped), directory: record.bundle,
                    streams: streams)
            } catch {
                recorder.warn("\(error)")
            }
        }
    }
}
