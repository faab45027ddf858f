internal import Linux
internal import RPC
internal import Wire

/// State, Pids and Stats: what is so now; they wait for nothing.
extension Container {
    func state(_ execID: String) throws(Failure) -> TaskAPI.StateResponse {
        let process = try process(execID)
        return TaskAPI.StateResponse(
            id: id, bundle: bundle.path, pid: UInt32(process.pid), status: process.state.status,
            stdin: process.stdio.stdin, stdout: process.stdio.stdout,
            stderr: process.stdio.stderr, terminal: process.stdio.terminal,
            exitStatus: process.exit?.status ?? 0, exitedAt: process.exit?.at ?? .never,
            execID: execID)
    }

    /// All processes of the cgroup; those that were added by Exec with their names.
    func pids() throws(Failure) -> [TaskAPI.ProcessInfo] {
        guard initial.pid > 0 else { throw .precondition("the container is not created") }
        watchMemory()
        let named = execs.values.filter { $0.pid > 0 && $0.state.isAlive }
        var numbers = cgroup?.processes.map { CgroupFiles(directory: $0).processes() } ?? []
        if numbers.isEmpty {
            numbers = ([initial] + named).filter { $0.state.isAlive }.map { $0.pid }
        }
        return numbers.map { number in
            let exec = named.first { $0.pid == number }
            return TaskAPI.ProcessInfo(
                pid: UInt32(number),
                info: exec.flatMap { try? AnyMessage(RuncAPI.ProcessDetails(execID: $0.execID)) })
        }
    }

    func stats() throws(Failure) -> AnyMessage {
        if initial.pid > 0 { watchMemory() }
        guard let cgroup, let directory = cgroup.processes,
            CgroupFiles(directory: directory).exists
        else { throw .notFound("cgroup of container \(id)") }
        do throws(WireError) {
            switch cgroup.layout {
            case .v1(let directories): return try AnyMessage(CgroupV1.Metrics(directories))
            case .v2(let directory): return try AnyMessage(CgroupV2.Metrics(directory))
            }
        } catch {
            throw Failure(.internal, error.description)
        }
    }
}
