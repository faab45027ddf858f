import AsyncRPC
import Foundation
import Linux
import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// Debian's shim, driven by our client, reporting to our server.
private final class ForeignShim: Sendable {
    let directory = TemporaryDirectory("foreign")
    let bundle: String
    let id = "x1"
    private let server: RPCServer
    private let socket: String
    private let log: Int32
    private let events = Topics()

    init() async throws {
        bundle = TestBundle(in: directory, args: ["sh", "-c", "exit 7"]).path
        var services = AsyncServiceTable()
        let events = events
        services.on(EventsAPI.EventsService.forward) { request, _ in
            events.add(request.envelope?.topic ?? "")
            return Empty()
        }
        server = RPCServer(services: services)
        let listener = try UnixSocket.listen(directory.file("events")).release()
        Task { [server] in try await server.serve(OwnedDescriptor(owning: listener)) }
        _ = Command.run("/usr/bin/mkfifo", [bundle + "/log"])
        // Read and write, which waits for nobody at the other end.
        log = try openFile(bundle + "/log", O_RDWR).release()
        socket = try Self.start(bundle, id, directory.file("events"))
    }

    deinit {
        directory.remove()
        try? FileManager.default.removeItem(atPath: socket)
        _ = OwnedDescriptor(owning: log)
    }

    var topicsSoFar: [String] { events.all }

    func client() async throws -> RPCClient { try await RPCClient.connect(to: socket) }

    /// True when nothing of it is left but files.
    func isGone() -> Bool { Process.all(under: directory.path).isEmpty }

    private static func start(_ bundle: String, _ id: String, _ events: String) throws -> String {
        var environment = ProcessInfo.processInfo.environment
        environment["TTRPC_ADDRESS"] = events
        let started = Command.run(
            "/usr/bin/containerd-shim-runc-v2",
            [
                "-namespace", "apus-test-\(getpid())", "-address", bundle + "/none",
                "-publish-binary", "/bin/true", "-id", id, "start",
            ], environment: environment, directory: bundle)
        try #require(started.status == 0, "\(started)")
        let address = started.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(address.hasPrefix("unix://"), "\(started)")
        return String(address.dropFirst("unix://".count))
    }
}

private final class Topics: Sendable {
    private let seen = Mutex<[String]>([])
    var all: [String] { seen.withLock { $0 } }

    /// The shim sends again what was not answered within five seconds, so a topic may come twice.
    func add(_ topic: String) {
        seen.withLock { seen in
            if !seen.contains(topic) { seen.append(topic) }
        }
    }
}

/// Waits on a thread of its own: our server in this process needs those of the tasks.
private func comesTrue(_ condition: @escaping @Sendable () -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: eventually(condition)) }.start()
    }
}

@Suite(.needsRoot, .needs("containerd-shim-runc-v2"), .needs("runc"), .needs("busybox"))
struct ForeignShimTests {
    private typealias Service = TaskAPI.TaskService

    // A014
    @Test func debiansShimUnderstandsUs() async throws {
        let shim = try await ForeignShim()
        let client = try await shim.client()
        let connected = try await client.call(
            Service.connect, TaskAPI.ConnectRequest(id: shim.id), timeout: .seconds(30))
        #expect(connected.shimPid > 1)
        let error = await #expect(throws: RPCError.self) {
            try await client.call(Service.state, TaskAPI.StateRequest(id: shim.id))
        }
        #expect(error?.code == .notFound)
        #expect(error?.message == "container not created: not found")
        let unknown = UnaryMethod<Empty, Empty>(service: "no.such.Service", name: "X")
        let unserved = await #expect(throws: RPCError.self) {
            try await client.call(unknown, Empty())
        }
        #expect(unserved?.code == .unimplemented && unserved?.message == "service no.such.Service")
        // It closes the connection before it answers, or after.
        _ = try? await client.call(
            Service.shutdown, TaskAPI.ShutdownRequest(id: shim.id, now: true),
            timeout: .seconds(30))
        await client.closed()
        #expect(await comesTrue { shim.isGone() })
    }

    // A014
    @Test func aContainerLivesAndDiesUnderDebiansShim() async throws {
        let shim = try await ForeignShim()
        let client = try await shim.client()
        let create = TaskAPI.CreateTaskRequest(id: shim.id, bundle: shim.bundle)
        let created = try await client.call(Service.create, create)
        #expect(Process.parent(of: Int32(created.pid)) != nil)
        // Waits while other calls go over the same connection.
        let wait = Task { try await client.call(Service.wait, TaskAPI.WaitRequest(id: shim.id)) }
        let started = try await client.call(Service.start, TaskAPI.StartRequest(id: shim.id))
        #expect(started.pid == created.pid)
        #expect(try await wait.value.exitStatus == 7)
        let deleted = try await client.call(Service.delete, TaskAPI.DeleteRequest(id: shim.id))
        #expect(deleted.exitStatus == 7 && deleted.pid == created.pid)
        #expect(await comesTrue { shim.topicsSoFar.count >= 4 })
        #expect(
            shim.topicsSoFar == [
                "/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete",
            ])
        _ = try? await client.call(
            Service.shutdown, TaskAPI.ShutdownRequest(id: shim.id), timeout: .seconds(30))
        await client.closed()
        #expect(await comesTrue { shim.isGone() })
    }
}
