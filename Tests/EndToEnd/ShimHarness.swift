import AsyncRPC
import Foundation
import Linux
import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// The runtimes that the shim is tested with: the field's, and ours.
enum OCIRuntime: CaseIterable {
    case runc, apus

    var program: String { self == .runc ? "runc" : Programs.runtime }
}

/// A bundle, the shim that `start` made for it, and a receiver of its events; all of it goes with
/// the harness.
final class ShimHarness: Sendable {
    let directory: TemporaryDirectory
    let id: String
    let bundle: String
    let rootfs: String
    let receiver: EventReceiver
    /// What `start` wrote.
    let started: Output
    let shim: RPCClient
    let runtime: String

    /// `runtime` is a name or path; runc where the test is about the shim alone.
    /// `tellsOptions`: to `start` already, as for a sandbox.
    init(
        _ args: [String], id: String = "c1", runtime: String = "runc",
        receivesEvents: Bool = true, tellsOptions: Bool = false,
        edit: (inout TestBundle) -> Void = { _ in }
    ) async throws {
        directory = TemporaryDirectory("shim")
        var made = TestBundle(in: directory, id, args: args)
        made.edit("linux.cgroupsPath", "/apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))")
        edit(&made)
        made.save()
        self.id = id
        self.runtime = runtime
        bundle = made.path
        rootfs = made.rootfs
        receiver = EventReceiver(path: directory.file("events.sock"))
        if receivesEvents { try receiver.listen() }
        let options = RuncAPI.Options(binaryName: runtime, root: directory.file("runtime"))
        started = Self.start(
            id: id, bundle: bundle, directory: directory,
            input: tellsOptions ? try AnyMessage(options).serialized() : [])
        let address = started.stdout.replacingOccurrences(of: "unix://", with: "")
        shim = try await RPCClient.connect(to: address)
    }

    deinit { directory.remove() }

    var socket: String { started.stdout.replacingOccurrences(of: "unix://", with: "") }

    /// Ends everything at once, so that a failing test leaves nothing either.
    func remove() { directory.remove() }

    static func start(
        id: String, bundle: String, directory: TemporaryDirectory, extra: [String] = [],
        input: [UInt8] = []
    ) -> Output {
        Command.run(
            Programs.shim,
            [
                "-namespace", "test", "-address", directory.file("manager.sock"),
                "-publish-binary", "/bin/true", "-id", id,
            ] + extra + ["start"], environment: environment(directory), directory: bundle,
            input: input)
    }

    static func environment(_ directory: TemporaryDirectory) -> [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "APUS_SOCKET_DIR": directory.file("s"),
            "TTRPC_ADDRESS": directory.file("events.sock"),
        ]
    }

    // MARK: Calls

    func create(
        stdin: String = "", stdout: String = "", stderr: String = "", terminal: Bool = false,
        rootfs: [TaskAPI.Mount] = []
    ) async throws -> Int32 {
        let options = RuncAPI.Options(binaryName: runtime, root: directory.file("runtime"))
        let response = try await shim.call(
            TaskAPI.TaskService.create,
            TaskAPI.CreateTaskRequest(
                id: id, bundle: bundle, rootfs: rootfs, terminal: terminal, stdin: stdin,
                stdout: stdout, stderr: stderr, options: try AnyMessage(options)),
            timeout: .seconds(60))
        return Int32(response.pid)
    }

    @discardableResult
    func start(_ exec: String = "") async throws -> Int32 {
        Int32(
            try await shim.call(
                TaskAPI.TaskService.start, .init(id: id, execID: exec), timeout: .seconds(60)
            ).pid)
    }

    func exec(
        _ name: String, _ args: [String], stdin: String = "", stdout: String = "",
        stderr: String = "", terminal: Bool = false
    ) async throws {
        let process: [String: Any] = [
            "args": args, "cwd": "/", "env": ["PATH=/bin"], "terminal": terminal,
            "user": ["uid": 0, "gid": 0],
        ]
        let spec = AnyMessage(
            typeURL: "types.containerd.io/opencontainers/runtime-spec/1/Process",
            value: Array(try JSONSerialization.data(withJSONObject: process)))
        _ = try await shim.call(
            TaskAPI.TaskService.exec,
            .init(
                id: id, execID: name, terminal: terminal, stdin: stdin, stdout: stdout,
                stderr: stderr, spec: spec), timeout: .seconds(10))
    }

    func wait(_ exec: String = "") async throws -> UInt32 {
        try await shim.call(
            TaskAPI.TaskService.wait, .init(id: id, execID: exec), timeout: .seconds(60)
        ).exitStatus
    }

    func state(_ exec: String = "") async throws -> TaskAPI.StateResponse {
        try await shim.call(
            TaskAPI.TaskService.state, .init(id: id, execID: exec), timeout: .seconds(10))
    }

    func kill(_ signal: UInt32 = 9, exec: String = "", all: Bool = false) async throws {
        _ = try await shim.call(
            TaskAPI.TaskService.kill,
            .init(id: id, execID: exec, signal: signal, all: all), timeout: .seconds(20))
    }

    @discardableResult
    func delete(_ exec: String = "") async throws -> TaskAPI.DeleteResponse {
        try await shim.call(
            TaskAPI.TaskService.delete, .init(id: id, execID: exec), timeout: .seconds(60))
    }

    func closeInput(_ exec: String = "") async throws {
        _ = try await shim.call(
            TaskAPI.TaskService.closeIO, .init(id: id, execID: exec, stdin: true),
            timeout: .seconds(10))
    }

    func write(_ bytes: [UInt8], exec: String = "") async throws {
        _ = try await shim.call(
            ShimAPI.StdioService.write, .init(id: id, execID: exec, data: bytes),
            timeout: .seconds(60))
    }

    /// Attaches, and collects until the stream's end.
    func attach(_ exec: String = "") async throws -> Attachment {
        Attachment(
            try await shim.stream(ShimAPI.StdioService.attach, .init(id: id, execID: exec)))
    }

    func shimPid() async throws -> Int32 {
        Int32(
            try await shim.call(
                TaskAPI.TaskService.connect, .init(id: id), timeout: .seconds(10)
            ).shimPid)
    }

    /// Create, Start, Wait: how it ended.
    func run(stdin: String = "", stdout: String = "", stderr: String = "") async throws -> UInt32 {
        _ = try await create(stdin: stdin, stdout: stdout, stderr: stderr)
        try await start()
        return try await wait()
    }
}

/// What came over one Attach.
final class Attachment: Sendable {
    struct Output: Sendable {
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []
        var stdoutText: String { String(decoding: stdout, as: UTF8.self) }
        var stderrText: String { String(decoding: stderr, as: UTF8.self) }
    }

    private let collected: Task<Output, any Error>

    init(_ stream: RPCStream<ShimAPI.Output>) {
        let box = Box()
        collected = Task {
            for try await piece in stream {
                box.output.withLock {
                    if piece.stream == .stderr {
                        $0.stderr += piece.data
                    } else {
                        $0.stdout += piece.data
                    }
                }
            }
            return box.output.withLock { $0 }
        }
        self.box = box
    }

    private final class Box: Sendable { let output = Mutex(Output()) }
    private let box: Box

    /// What has come by now.
    var output: Output { box.output.withLock { $0 } }

    /// Everything, after the end.
    func all() async throws -> Output { try await collected.value }
}

/// Serves containerd's events service, as a manager does; on a thread of its own, as a manager is.
final class EventReceiver: Sendable {
    private struct State {
        var envelopes: [EventsAPI.Envelope] = []
    }

    private let path: String
    private let state = Mutex(State())
    private let isClosing = Mutex(false)
    private let ended = Mutex(true)

    init(path: String) { self.path = path }

    deinit { close() }

    func listen() throws {
        try? FileManager.default.removeItem(atPath: path)
        let raw = try UnixSocket.listen(path).release()
        isClosing.withLock { $0 = false }
        ended.withLock { $0 = false }
        let thread = Thread { [weak self] in
            Self.serve(raw, isClosing: { self?.isClosing.withLock { $0 } ?? true }) { envelope in
                self?.state.withLock { $0.envelopes.append(envelope) }
            }
            self?.ended.withLock { $0 = true }
        }
        thread.start()
    }

    private static func serve(
        _ raw: Int32, isClosing: @escaping () -> Bool,
        _ take: @escaping (EventsAPI.Envelope) -> Void
    ) {
        do {
            let loop = try EventLoop()
            var table = ServiceTable()
            table.on(EventsAPI.EventsService.forward) { request, reply in
                if let envelope = request.envelope { take(envelope) }
                reply.succeed(Empty())
            }
            let server = try LoopServer(
                loop: loop, listener: OwnedDescriptor(owning: raw), services: table)
            func look() {
                loop.after(.milliseconds(10)) { isClosing() ? loop.stop() : look() }
            }
            look()
            try loop.run()
            server.close()
        } catch {
            Issue.record("\(error)")
        }
    }

    /// Goes away, as a manager that is killed.
    func close() {
        isClosing.withLock { $0 = true }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// After `close`: waits until it is gone.
    func gone() async -> Bool { await comesTrue { self.ended.withLock { $0 } } }

    var envelopes: [EventsAPI.Envelope] { state.withLock { $0.envelopes } }

    /// Topics without their common beginning, an exec's exit with its id: `exit e1`.
    var topics: [String] {
        envelopes.map { envelope in
            let topic = envelope.topic.replacingOccurrences(of: "/tasks/", with: "")
            guard topic == "exit", let event: TaskEvents.TaskExit = try? envelope.event?.unwrap()
            else { return topic }
            return "exit \(event.id) \(event.exitStatus)"
        }
    }

    /// Waits until an event has come; false when it does not.
    func sees(_ topic: String) async -> Bool { await comesTrue { self.topics.contains(topic) } }
}

/// Waits for a condition of the outside world without holding a thread that others need.
func comesTrue(limit: Duration = .seconds(30), _ condition: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}

/// Bytes that are hard to mistake for others.
func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        let word: UInt64 = generator.next()
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
    }
    return Array(bytes.prefix(count))
}
