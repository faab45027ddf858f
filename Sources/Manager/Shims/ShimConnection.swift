internal import AsyncRPC
internal import RPC
internal import Wire

/// A connection to one shim, and the calls of containerd's task service on it.
final class ShimConnection: Sendable {
    let address: String
    /// Whether it is apus-shim, which also logs and serves streams.
    let isOurs: Bool
    private let client: RPCClient

    /// Connects, and asks what the shim is.
    static func open(_ address: String, id: String) async throws(Failure) -> ShimConnection {
        let client = try await connect(address)
        do throws(Failure) {
            return ShimConnection(
                address: address, isOurs: try await Self.probe(client, id), client: client)
        } catch {
            client.close()
            throw error
        }
    }

    /// A further connection to a shim; the caller closes it.
    static func connect(_ address: String) async throws(Failure) -> RPCClient {
        do throws(RPCError) { return try await RPCClient.connect(to: address) } catch {
            throw Failure(error.code, "connect to shim", address, error.message)
        }
    }

    private init(address: String, isOurs: Bool, client: RPCClient) {
        self.address = address
        self.isOurs = isOurs
        self.client = client
    }

    func close() { client.close() }

    var isClosed: Bool { client.isClosed }

    private static func probe(_ client: RPCClient, _ id: String) async throws(Failure) -> Bool {
        do throws(RPCError) {
            _ = try await client.call(
                ShimAPI.InspectService.timeline, ShimAPI.TimelineRequest(id: id),
                timeout: Deadlines.connect)
            return true
        } catch {
            switch error.code {
            case .unimplemented: return false
            case .notFound, .failedPrecondition, .unknown: return true
            default: throw Failure(error.code, "ask shim what it is", id, error.message)
            }
        }
    }

    /// One call; its failure says what was being done, and what the runtime said.
    func call<Request, Response>(
        _ method: UnaryMethod<Request, Response>, _ request: Request, _ stage: String,
        _ subject: String, limit: Duration?
    ) async throws(Failure) -> Response {
        do throws(RPCError) {
            return try await client.call(method, request, timeout: limit)
        } catch {
            let complaint = RuntimeComplaint(error)
            throw Failure(
                error.code == .unknown ? .internal : error.code, stage, subject, complaint.cause,
                hint: complaint.hint, exitCode: complaint.exitCode)
        }
    }
}

extension ShimConnection {
    func create(_ request: TaskAPI.CreateTaskRequest) async throws(Failure) -> UInt32 {
        try await call(
            TaskAPI.TaskService.create, request, "start container", request.id,
            limit: Deadlines.create
        ).pid
    }

    func start(_ id: String, exec: String = "") async throws(Failure) -> UInt32 {
        try await call(
            TaskAPI.TaskService.start, TaskAPI.StartRequest(id: id, execID: exec),
            exec.isEmpty ? "start container" : "execute in container", id, limit: Deadlines.start
        ).pid
    }

    func state(_ id: String, exec: String = "") async throws(Failure) -> TaskAPI.StateResponse {
        try await call(
            TaskAPI.TaskService.state, TaskAPI.StateRequest(id: id, execID: exec),
            "ask for the state of container", id, limit: Deadlines.state)
    }

    /// Waits without a deadline.
    func wait(_ id: String, exec: String = "") async throws(Failure) -> TaskAPI.WaitResponse {
        try await call(
            TaskAPI.TaskService.wait, TaskAPI.WaitRequest(id: id, execID: exec),
            "wait for container", id, limit: nil)
    }

    func kill(
        _ id: String, exec: String = "", signal: UInt32, all: Bool = false
    ) async throws(Failure) {
        _ = try await call(
            TaskAPI.TaskService.kill,
            TaskAPI.KillRequest(id: id, execID: exec, signal: signal, all: all),
            "kill container", id, limit: Deadlines.signal)
    }

    func pause(_ id: String) async throws(Failure) {
        _ = try await call(
            TaskAPI.TaskService.pause, TaskAPI.PauseRequest(id: id), "pause container", id,
            limit: Deadlines.signal)
    }

    func resume(_ id: String) async throws(Failure) {
        _ = try await call(
            TaskAPI.TaskService.resume, TaskAPI.ResumeRequest(id: id), "resume container", id,
            limit: Deadlines.signal)
    }

    func delete(_ id: String, exec: String = "") async throws(Failure) -> TaskAPI.DeleteResponse {
        try await call(
            TaskAPI.TaskService.delete, TaskAPI.DeleteRequest(id: id, execID: exec),
            "delete the task of container", id, limit: Deadlines.delete)
    }

    /// The shim ends, unless it has other containers. Returns once it is gone: whoever starts one for
    /// the same container must not meet the old one on its socket.
    func shutdown(_ id: String) async {
        _ = try? await call(
            TaskAPI.TaskService.shutdown, TaskAPI.ShutdownRequest(id: id, now: false),
            "end the shim of container", id, limit: Deadlines.shutdown)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.client.closed() }
            group.addTask { try? await Task.sleep(for: Deadlines.shutdown) }
            await group.next()
            client.close()
            group.cancelAll()
        }
    }

    func timeline(_ id: String) async -> [RuntimeAPI.Phase] {
        guard isOurs else { return [] }
        let answer = try? await call(
            ShimAPI.InspectService.timeline, ShimAPI.TimelineRequest(id: id),
            "ask for the timeline of container", id, limit: Deadlines.state)
        return answer?.phases ?? []
    }
}
