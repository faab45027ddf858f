import AsyncRPC
import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// The shim is killed before one of its system calls, whichever: during Create, Start, Exec and
/// Delete. What comes after it is what its manager would do: containerd lets `delete` clear up, ours
/// lets another shim take up the container.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimKillTests {
    // A025
    @Test(arguments: OCIRuntime.allCases) func aShimThatIsKilledAnywhereLeavesALifeOrNothing(
        _ runtime: OCIRuntime
    ) async throws {
        let world = try ShimKillWorld(runtime)
        defer { world.remove() }
        let whole = await world.run(killingAt: nil)
        #expect(whole.reached == .done, "\(whole)")
        #expect(world.residue() == [])
        // Before it listens there is nothing that could be left.
        let names = whole.traced.calls.map(SystemCallNames.name)
        let first = try #require(names.firstIndex(of: "accept4"), "\(names)")
        let count = names.count - first
        try #require(count > 100)
        let sample = KillSample.calls(of: count, most: 6)
        var hits = 0
        for (number, call) in sample.enumerated() {
            let ended = await world.run(killingAt: first + call)
            guard ended.traced.hasInterfered else { continue }
            hits += 1
            let name = SystemCallNames.name(ended.traced.calls.last ?? -1)
            let place: Comment = "\(name) at \(call) of \(count), after \(ended.reached)"
            #expect(!ended.traced.hasTimedOut, place)
            if number.isMultiple(of: 2) {
                #expect(world.clearAway().status == 0, place)
            } else {
                await world.takeUp(after: ended.reached, place)
            }
            #expect(world.residue() == [], place)
        }
        #expect(hits > sample.count / 3, "\(hits) of \(sample.count)")
    }
}

/// One bundle, in which a container is made again and again under a shim that is traced.
private final class ShimKillWorld: Sendable {
    /// How far the story has come: the last call that was answered.
    enum Reached: Int, Comparable {
        case nothing, created, started, execAdded, execStarted, execDeleted, killed, ended, deleted
        case done

        static func < (left: Reached, right: Reached) -> Bool { left.rawValue < right.rawValue }
    }

    struct Ended {
        var reached: Reached
        var traced: TracedRun.Outcome
    }

    private static let id = "victim"
    private let directory = TemporaryDirectory("shimkill")
    private let bundle: String
    private let image: String
    private let socket: String
    private let group = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    private let runtime: OCIRuntime

    init(_ runtime: OCIRuntime) throws {
        self.runtime = runtime
        var made = TestBundle(
            in: directory, "bundle", args: ["sh", "-c", "echo begun; exec sleep 1000"])
        made.edit("linux.cgroupsPath", "/" + group)
        made.save()
        bundle = made.path
        image = directory.file("image")
        try FileManager.default.moveItem(atPath: made.rootfs, toPath: image)
        _ = directory.directory("s")
        socket = directory.file("s/shim.sock")
    }

    func remove() { directory.remove() }

    // MARK: The story

    /// The whole life of a container, as far as the shim lives.
    func run(killingAt call: Int?) async -> Ended {
        prepare()
        let target = call.map { TracedRun.Target(process: 0, call: $0, .kill) }
        async let traced = traceShim(target)
        let reached = await tell()
        return Ended(reached: reached, traced: await traced)
    }

    /// The bundle as it is before the first call.
    private func prepare() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: bundle)) ?? []
        where name != "config.json" {
            try? FileManager.default.removeItem(atPath: bundle + "/" + name)
        }
        unsafe unlink(socket)
    }

    private func traceShim(_ target: TracedRun.Target?) async -> TracedRun.Outcome {
        let words = [
            "-namespace", "test", "-id", Self.id, "-bundle", bundle, "-socket", socket,
        ]
        return await withCheckedContinuation { continuation in
            // ptrace(2) is a thread's own.
            Thread {
                continuation.resume(
                    returning: TracedRun.run(Programs.shim, words, target: target, limit: 60))
            }.start()
        }
    }

    private func tell() async -> Reached {
        guard await comesTrue(limit: .seconds(20), { (try? UnixSocket.connect(socket)) != nil }),
            let shim = try? await RPCClient.connect(to: socket)
        else { return .nothing }
        var reached = Reached.nothing
        do {
            try await create(shim)
            reached = .created
            try await start(shim, "")
            reached = .started
            try await addExec(shim)
            reached = .execAdded
            try await start(shim, "e1")
            reached = .execStarted
            try await end(shim, "e1")
            reached = .execDeleted
            _ = try await shim.call(
                TaskAPI.TaskService.kill, .init(id: Self.id, signal: 9), timeout: limit)
            reached = .killed
            _ = try await shim.call(TaskAPI.TaskService.wait, .init(id: Self.id), timeout: limit)
            reached = .ended
            _ = try await shim.call(TaskAPI.TaskService.delete, .init(id: Self.id), timeout: limit)
            reached = .deleted
            _ = try await shim.call(
                TaskAPI.TaskService.shutdown, .init(id: Self.id), timeout: limit)
            reached = .done
        } catch {}
        return reached
    }

    private let limit = Duration.seconds(20)

    private func create(_ shim: RPCClient) async throws {
        let options = RuncAPI.Options(binaryName: runtime.program, root: directory.file("runtime"))
        _ = try await shim.call(
            TaskAPI.TaskService.create,
            TaskAPI.CreateTaskRequest(
                id: Self.id, bundle: bundle,
                rootfs: [.init(type: "bind", source: image, options: ["rbind", "rw"])],
                stdout: "json-file://" + bundle + "/c.log", options: try AnyMessage(options)),
            timeout: limit)
    }

    private func start(_ shim: RPCClient, _ exec: String) async throws {
        _ = try await shim.call(
            TaskAPI.TaskService.start, .init(id: Self.id, execID: exec), timeout: limit)
    }

    private func addExec(_ shim: RPCClient) async throws {
        let process: [String: Any] = [
            "args": ["sleep", "1000"], "cwd": "/", "env": ["PATH=/bin"],
            "user": ["uid": 0, "gid": 0],
        ]
        let spec = AnyMessage(
            typeURL: "types.containerd.io/opencontainers/runtime-spec/1/Process",
            value: Array(try JSONSerialization.data(withJSONObject: process)))
        _ = try await shim.call(
            TaskAPI.TaskService.exec, .init(id: Self.id, execID: "e1", spec: spec), timeout: limit)
    }

    /// Kill, Wait and Delete of one process.
    private func end(_ shim: RPCClient, _ exec: String) async throws {
        _ = try await shim.call(
            TaskAPI.TaskService.kill, .init(id: Self.id, execID: exec, signal: 9), timeout: limit)
        _ = try await shim.call(
            TaskAPI.TaskService.wait, .init(id: Self.id, execID: exec), timeout: limit)
        _ = try await shim.call(
            TaskAPI.TaskService.delete, .init(id: Self.id, execID: exec), timeout: limit)
    }

    // MARK: After it

    /// What containerd does.
    func clearAway() -> Output {
        Command.run(
            Programs.shim,
            [
                "-namespace", "test", "-id", Self.id, "-address", "", "-publish-binary", "",
                "-bundle", bundle, "delete",
            ], environment: environment, directory: bundle)
    }

    private var environment: [String: String] {
        ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "APUS_SOCKET_DIR": directory.file("s")]
    }

    /// What our manager does: another shim, which goes on; where that cannot be, it clears up.
    func takeUp(after reached: Reached, _ place: Comment) async {
        let started = Command.run(
            Programs.shim,
            ["-namespace", "test", "-id", Self.id, "-address", "", "-publish-binary", "", "start"],
            environment: environment, directory: bundle)
        let path = started.stdout.replacingOccurrences(of: "unix://", with: "")
        guard started.status == 0, let shim = try? await RPCClient.connect(to: path) else {
            Issue.record("\(place): \(started)")
            return
        }
        do {
            _ = try await shim.call(
                ShimAPI.LifeService.adopt, .init(id: Self.id, bundle: bundle), timeout: limit)
        } catch {
            // Not where somebody was told that there is a container.
            #expect(reached < .created || reached >= .ended, "\(place): \(error)")
            _ = try? await shim.call(
                TaskAPI.TaskService.shutdown, .init(id: Self.id), timeout: limit)
            #expect(clearAway().status == 0, place)
            return
        }
        do {
            try await finish(shim, after: reached, place)
        } catch {
            Issue.record("\(place): taken up, and then: \(error)")
        }
        _ = try? await shim.call(TaskAPI.TaskService.shutdown, .init(id: Self.id), timeout: limit)
    }

    private func finish(_ shim: RPCClient, after reached: Reached, _ place: Comment) async throws {
        let state = try await shim.call(
            TaskAPI.TaskService.state, .init(id: Self.id), timeout: limit)
        switch reached {
        case .nothing: #expect(state.status == .created, place)
        // The next was under way: it was done or it was not.
        case .created: #expect([.created, .running].contains(state.status), place)
        case .started, .execAdded, .execStarted: #expect(state.status == .running, place)
        case .execDeleted: #expect([.running, .stopped].contains(state.status), place)
        case .killed: break
        case .ended, .deleted, .done: #expect(state.status == .stopped, place)
        }
        if state.status != .stopped {
            #expect(ProcessStatus(pid: Int32(state.pid))?.hasEnded == false, place)
            // It may end meanwhile where it was killed before.
            _ = try? await shim.call(
                TaskAPI.TaskService.kill, .init(id: Self.id, signal: 9), timeout: limit)
            let ended = try await shim.call(
                TaskAPI.TaskService.wait, .init(id: Self.id), timeout: limit)
            #expect(ended.exitStatus == 137, place)
        }
        _ = try await shim.call(TaskAPI.TaskService.delete, .init(id: Self.id), timeout: limit)
    }

    // MARK: The judge

    /// What is left on the machine, in words.
    func residue() -> [String] {
        var found: [String] = []
        let isQuiet = eventually(limit: 10) {
            found = TestSupport.Process.all(under: directory.path)
                .filter { ProcessStatus(pid: $0.pid)?.hasEnded == false }
                .map { "process \($0.pid) \($0.name)" }
            return found.isEmpty
        }
        if isQuiet { found = [] }
        found += Command.shell("find /sys/fs/cgroup -type d -path '*\(group)*'").stdout
            .split(separator: "\n").map(String.init)
        let mounts = (try? String(contentsOfFile: "/proc/mounts", encoding: .utf8)) ?? ""
        found += mounts.split(separator: "\n").map(String.init)
            .filter { $0.contains(directory.path) }
        let state = try? FileManager.default.contentsOfDirectory(
            atPath: directory.file("runtime/test"))
        found += (state ?? []).filter { !$0.hasPrefix(".") }.map { "state of \($0)" }
        return found
    }
}
