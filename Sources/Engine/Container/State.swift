internal import CLinux
internal import Glibc
internal import Linux
package import OCI

extension ContainerState.Status {
    /// The moves that a container may make; everything else is refused by who asks first.
    func mayBecome(_ next: Self) -> Bool {
        switch (self, next) {
        case (.creating, .created), (.creating, .stopped): true
        case (.created, .running), (.created, .stopped): true
        case (.running, .paused), (.paused, .running): true
        // A container that waits for start can be frozen too; start finds it where it was.
        case (.created, .paused): true
        case (.running, .stopped), (.paused, .stopped): true
        default: false
        }
    }
}

extension Container {
    /// As it is now: creating, created, running, paused or stopped; pid 0 once stopped.
    package func state() throws(EngineError) -> ContainerState {
        containerState(status())
    }

    /// Nobody writes a status down: it follows from what is there.
    func status() -> ContainerState.Status {
        guard record.isComplete else { return directory.isBusy ? .creating : .stopped }
        guard isAlive else { return .stopped }
        if record.cgroup?.isFrozen == true { return .paused }
        return directory.isAwaited ? .created : .running
    }

    /// The status where the caller holds the lock, so that nobody else is at work.
    func statusUnderLock() -> ContainerState.Status {
        record.isComplete ? status() : .stopped
    }

    private var isAlive: Bool {
        guard record.initPid > 0 else { return false }
        guard let process = ProcessStatus(pid: record.initPid) else {
            // To hear nothing of a process is not to hear that it has ended.
            return Glibc.kill(record.initPid, 0) == 0 || apus_errno() != ESRCH
        }
        return process.startTime == record.initStartTime && !process.hasEnded
    }

    /// A handle of the init process; nil where it has ended.
    func initPidfd() throws(EngineError) -> Pidfd? {
        guard record.initPid > 0 else { return nil }
        let stage = "find the init process of \(id)"
        do throws(SystemError) {
            if let found = try Pidfd.find(pid: record.initPid, startTime: record.initStartTime) {
                return found
            }
            guard isAlive else { return nil }
        } catch {
            throw EngineError(error, during: stage)
        }
        throw EngineError(
            stage, "process \(record.initPid) lives, but /proc tells nothing of it", code: EIO,
            hint: "is /proc a procfs of this pid namespace?")
    }
}
