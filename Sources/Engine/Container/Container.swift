internal import CLinux
internal import Glibc
package import Linux
internal import OCI

/// A container that has a state directory.
package final class Container {
    package let id: String
    /// The directory of all containers' state.
    package let root: String
    package private(set) var record: StateRecord
    /// Of `record`, as it was read or written last.
    var recordText: [UInt8]?
    /// Its init and the line to it, for the caller that has made it.
    private var spawned: Spawned?
    /// Its init goes on without the caller.
    private var isAcknowledged = false
    private var console: OwnedDescriptor?
    /// What `spec` has read.
    var readSpec: Spec?

    init(id: String, root: String, record: StateRecord) {
        self.id = id
        self.root = root
        self.record = record
    }

    var directory: StateDirectory { StateDirectory(id: id, root: root) }

    func change(_ body: (inout StateRecord) -> Void) { body(&record) }

    // MARK: While it is made

    /// Throws where it cannot be told when the process has begun, without which it would not be known
    /// again.
    func adopt(_ process: consuming Spawned) throws(EngineError) {
        let pid = process.pid
        record.initPid = pid
        spawned = consume process
        guard let status = ProcessStatus(pid: pid) else {
            throw EngineError(
                "read /proc/\(pid)/stat", "it cannot be read, or is not as it should be")
        }
        record.initStartTime = status.startTime
    }

    func take(console: consuming OwnedDescriptor?) { self.console = console }

    func tell(_ message: Handshake) throws(EngineError) {
        do throws(SystemError) {
            try spawned?.channel.send(message)
        } catch {
            // It has ended; why, it may have said.
            if error.code == EPIPE || error.code == ECONNRESET {
                if case .failed(let reason)? = try hear() { throw reason }
                throw explainDeath()
            }
            throw EngineError(error, during: "talk to the container's process")
        }
    }

    /// nil where init has closed the line: by exec, or by its end.
    func hear() throws(EngineError) -> Handshake? {
        do throws(SystemError) {
            return try spawned?.channel.receive()
        } catch {
            if error.code == ECONNRESET { return nil }
            throw EngineError(error, during: "hear the container's process")
        }
    }

    func acknowledge() throws(EngineError) {
        isAcknowledged = true
        try tell(.acknowledged)
    }

    /// What ended init before it was ready.
    func explainDeath() -> EngineError {
        let stage = "make the container's process"
        guard let status = try? spawned?.pidfd.wait() else {
            return EngineError(stage, "it has ended")
        }
        if status == .signaled(SIGKILL), let reason = record.cgroup?.memoryDeath {
            return EngineError(
                stage, "container init was killed by SIGKILL: \(reason)",
                hint: "raise linux.resources.memory.limit")
        }
        switch status {
        case .exited(let code): return EngineError(stage, "it ended with exit code \(code)")
        case .signaled(SIGSYS):
            return EngineError(
                stage, "it was killed by its own system call filter (SIGSYS)",
                hint: "the profile must allow what the runtime itself still calls")
        case .signaled(let signal):
            return EngineError(stage, "it was killed by signal \(signal)")
        }
    }

    func descriptorOfInit(_ number: Int32) throws(EngineError) -> OwnedDescriptor {
        do throws(SystemError) {
            guard let copy = try spawned?.pidfd.take(descriptor: number) else {
                throw SystemError("take descriptor \(number)", ESRCH)
            }
            return copy
        } catch {
            throw EngineError(error)
        }
    }

    func sendPidfd(to path: String) throws(EngineError) {
        guard let raw = spawned?.pidfd.descriptor.raw else { return }
        try ConsoleHandover.send(raw, named: "\(record.initPid)", to: path)
    }

    /// Ends what `create` has begun; nothing where it has not come so far.
    func killInit() {
        guard spawned != nil else { return }
        try? spawned?.pidfd.send(signal: SIGKILL)
        _ = try? spawned?.pidfd.wait()
        spawned = nil
    }

    /// After `start` by the caller that made it: waits until the program has taken over.
    func awaitExec() throws(EngineError) {
        guard spawned != nil else { return }
        while let message = try hear() {
            if case .failed(let error) = message { throw error }
        }
    }

    /// Its init waits for this caller's word before it waits for `start`.
    var waitsForUs: Bool { spawned != nil && !isAcknowledged }

    // MARK: What others see

    /// As hooks and seccomp agents read it.
    func containerState(_ status: ContainerState.Status) -> ContainerState {
        ContainerState(
            id: id, status: status, pid: status == .stopped ? 0 : record.initPid,
            bundle: record.bundle, annotations: record.annotations,
            ociVersion: record.ociVersion)
    }

    func hookState(_ status: ContainerState.Status) -> [UInt8] {
        Array(containerState(status).jsonText().utf8)
    }

    /// The init process, for the caller that has just created it; nil otherwise or when taken.
    package func takeProcess() -> ContainerProcess? {
        guard let pidfd = try? spawned?.pidfd.descriptor.duplicate() else { return nil }
        return ContainerProcess(
            pid: record.initPid, pidfd: Pidfd(pidfd), console: console.take())
    }
}

/// A process in a container whose parent is the caller.
package struct ContainerProcess: ~Copyable {
    package let pid: Int32
    package let pidfd: Pidfd
    private var console: OwnedDescriptor?

    init(pid: Int32, pidfd: consuming Pidfd, console: consuming OwnedDescriptor?) {
        self.pid = pid
        self.pidfd = pidfd
        self.console = console
    }

    /// The master of its terminal, with `ConsoleDestination.caller`.
    package mutating func takeConsole() -> OwnedDescriptor? { console.take() }

    /// Waits for its end and reaps it.
    package func wait() throws(EngineError) -> ExitStatus {
        do throws(SystemError) {
            return try pidfd.wait()
        } catch {
            throw EngineError(error, during: "wait for process \(pid)")
        }
    }
}
