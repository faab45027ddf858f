internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

extension Container {
    /// To init; with `all` to every process of the container.
    package func kill(signal: Int32, all: Bool = false) throws(EngineError) {
        let stage = "send signal \(signal) to \(id)"
        if all {
            try record.cgroup?.kill(signal)
            guard record.cgroup == nil else { return }
        }
        guard let pidfd = try initPidfd(), record.isComplete else {
            throw EngineError(stage, "container not running", code: ESRCH)
        }
        do throws(SystemError) {
            try pidfd.send(signal: signal)
        } catch {
            if error.code == ESRCH {
                throw EngineError(stage, "container not running", code: ESRCH)
            }
            throw EngineError(error, during: stage)
        }
        guard signal == SIGKILL, let cgroup = record.cgroup else { return }
        // Without a pid namespace of its own, the others do not end with init.
        if !record.hasOwnPidNamespace { return try cgroup.kill(SIGKILL) }
        // A process that is frozen by a v1 freezer has to run to die.
        if cgroup.isFrozen { try cgroup.thaw() }
    }

    /// Process numbers as the caller sees them.
    package func processes() throws(EngineError) -> [Int32] {
        guard let cgroup = record.cgroup else {
            return status() == .stopped ? [] : [record.initPid]
        }
        return cgroup.processes()
    }

    package func pause() throws(EngineError) {
        let lock = try directory.lock()
        let now = statusUnderLock()
        guard now.mayBecome(.paused) else {
            throw EngineError("pause \(id)", "container not running or created: \(now.rawValue)")
        }
        try requireCgroup("pause").freeze()
        _ = lock.raw
    }

    package func resume() throws(EngineError) {
        let lock = try directory.lock()
        guard statusUnderLock() == .paused else {
            throw EngineError("resume \(id)", "container not paused")
        }
        try requireCgroup("resume").thaw()
        _ = lock.raw
    }

    /// What a verb about all processes needs.
    func requireCgroup(_ verb: String) throws(EngineError) -> Cgroup {
        guard let cgroup = record.cgroup else {
            throw EngineError(
                "\(verb) \(id)", "the container was created with --cgroup-manager disabled")
        }
        return cgroup
    }
}
