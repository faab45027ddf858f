import AsyncRPC
import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// One shim for a long time: what comes and goes leaves nothing. `make soak` gives it ten minutes.
@Suite(.needsRoot, .needs("busybox"), .serialized)
struct ShimSoakTests {
    private static let seconds =
        Double(ProcessInfo.processInfo.environment["APUS_SOAK_SECONDS"] ?? "") ?? 15

    /// What a shim has at a moment.
    private struct Footprint {
        var descriptors: Int
        var children: [String]
        var anonymousKiB: Int

        init(_ pid: Int32) throws {
            let files = FileManager.default
            descriptors = try files.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
            children = try String(
                contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8
            ).split(separator: " ").map(String.init)
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon") }
            anonymousKiB = line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
        }
    }

    // A023 A025
    @Test func containersThatComeAndGoLeaveNothing() async throws {
        let harness = try await ShimHarness(["true"], runtime: Programs.runtime) {
            $0.edit("annotations", ["io.containerd.runc.v2.group": "soak"])
        }
        defer { harness.remove() }
        let pid = try await harness.shimPid()
        var made = 0
        for _ in 0..<10 {
            made += 1
            try await live(harness, "w\(made)")
        }
        let before = try Footprint(pid)
        let end = Date().addingTimeInterval(Self.seconds)
        while Date() < end {
            let first = made + 1
            made += 4
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in first...made {
                    group.addTask { try await live(harness, "w\(number)") }
                }
                try await group.waitForAll()
            }
        }
        // Every end is told once: of each container, and of its exec.
        let wanted = Set((1...made).flatMap { ["exit w\($0) 137", "exit e\($0) 3"] })
        #expect(await comesTrue { Set(harness.receiver.topics).isSuperset(of: wanted) })
        let exits = harness.receiver.topics.filter { $0.hasPrefix("exit ") }
        #expect(exits.count == wanted.count, "\(exits.count) of \(wanted.count)")
        #expect(
            await comesTrue {
                guard let now = try? Footprint(pid) else { return false }
                return now.children.isEmpty && now.descriptors <= before.descriptors
                    && now.anonymousKiB <= before.anonymousKiB + 256
            }, "\(before) \(String(describing: try? Footprint(pid))) after \(made) containers")
        // What it keeps in bundles goes with what it is about.
        let left = try FileManager.default.subpathsOfDirectory(atPath: harness.directory.path)
            .filter { $0.hasSuffix(".carry") || $0.hasSuffix("shim.json") || $0.hasSuffix(".tty") }
        #expect(left.isEmpty, "\(left)")
    }

    /// Create, start, an exec with its own end, a flood into the log, kill, delete.
    private func live(_ harness: ShimHarness, _ id: String) async throws {
        var bundle = TestBundle(
            in: harness.directory, id,
            args: ["sh", "-c", "seq 1 20000; exec sleep 1000"])
        bundle.edit("linux.cgroupsPath", "/apus-test-\(getpid())-\(id)")
        bundle.edit("annotations", ["io.containerd.runc.v2.group": "soak"])
        bundle.save()
        defer { try? FileManager.default.removeItem(atPath: bundle.path) }
        let exec = "e" + id.dropFirst()
        let options = RuncAPI.Options(
            binaryName: harness.runtime, root: harness.directory.file("runtime"))
        let log = bundle.path + "/log.txt"
        let limit = Duration.seconds(60)
        typealias Service = TaskAPI.TaskService
        _ = try await harness.shim.call(
            Service.create,
            .init(
                id: id, bundle: bundle.path, stdout: "json-file://" + log,
                options: try AnyMessage(options)), timeout: limit)
        _ = try await harness.shim.call(Service.start, .init(id: id), timeout: limit)
        let process: [String: Any] = [
            "args": ["sh", "-c", "exit 3"], "cwd": "/", "env": ["PATH=/bin"],
            "user": ["uid": 0, "gid": 0],
        ]
        let spec = AnyMessage(
            typeURL: "types.containerd.io/opencontainers/runtime-spec/1/Process",
            value: Array(try JSONSerialization.data(withJSONObject: process)))
        do {
            _ = try await harness.shim.call(
                Service.exec, .init(id: id, execID: exec, spec: spec), timeout: limit)
        } catch {
            let state = try await harness.shim.call(Service.state, .init(id: id), timeout: limit)
            let shimLog = try? String(
                contentsOfFile: harness.bundle + "/shim.log", encoding: .utf8)
            let output = try? String(contentsOfFile: log, encoding: .utf8)
            Issue.record(
                "\(id): \(error); \(state); \(shimLog?.suffix(2000) ?? "-"); \(output?.suffix(300) ?? "-")"
            )
            throw error
        }
        _ = try await harness.shim.call(
            Service.start, .init(id: id, execID: exec), timeout: limit)
        let ended = try await harness.shim.call(
            Service.wait, .init(id: id, execID: exec), timeout: limit)
        #expect(ended.exitStatus == 3)
        _ = try await harness.shim.call(
            Service.delete, .init(id: id, execID: exec), timeout: limit)
        #expect(
            await comesTrue {
                (try? String(contentsOfFile: log, encoding: .utf8))?
                    .contains("\"20000\\n\"") == true
            })
        _ = try await harness.shim.call(
            Service.kill, .init(id: id, signal: 9), timeout: limit)
        let status = try await harness.shim.call(Service.wait, .init(id: id), timeout: limit)
        #expect(status.exitStatus == 137)
        _ = try await harness.shim.call(Service.delete, .init(id: id), timeout: limit)
    }

    /// Whatever is sent to it, the shim goes on with what it has. The seed is told, to try again.
    @Test func noBytesOnItsSocketHarmTheShim() async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: Programs.runtime)
        defer { harness.remove() }
        _ = try await harness.create(stdout: "attach:")
        try await harness.start()
        let pid = try await harness.shimPid()
        let before = try Footprint(pid)
        let seed = UInt64(ProcessInfo.processInfo.environment["APUS_FUZZ_SEED"] ?? "")
        var bytes = FrameNoise(seed: seed ?? .random(in: 0 ... .max))
        for round in 0..<400 {
            let socket = try UnixSocket.connect(harness.socket)
            try socket.setNonBlocking()
            for _ in 0..<25 {
                // Whoever is told that his frame is wrong may find the connection closed.
                guard (try? socket.write(bytes.frame()[...])) != nil else { break }
            }
            var answer = [UInt8](repeating: 0, count: 1 << 16)
            _ = try? socket.read(into: &answer)
            guard round % 50 == 49 else { continue }
            #expect(try await harness.shimPid() == pid, "seed \(bytes.seed)")
            #expect(try await harness.state().status == .running, "seed \(bytes.seed)")
        }
        #expect(
            await comesTrue {
                (try? Footprint(pid)).map { $0.descriptors <= before.descriptors + 1 } == true
            }, "seed \(bytes.seed): \(before) \(String(describing: try? Footprint(pid)))")
        try await harness.kill()
        #expect(try await harness.wait() == 137)
        try await harness.delete()
    }
}

/// Frames that are nearly right: real services and methods with real and broken messages. None of
/// them can end the container, which would be no fault.
struct FrameNoise {
    let seed: UInt64
    private var state: UInt64
    private var stream: UInt32 = 1

    private static let harmless = [
        "State", "Pids", "Stats", "Connect", "Exec", "ResizePty", "CloseIO", "Update", "Wait",
        "Checkpoint", "Attach", "Write", "ReopenLog", "Timeline", "Holdings", "Adopt", "Nothing",
    ]
    private static let services = [
        "containerd.task.v2.Task", "containerd.task.v3.Task", "apus.shim.v1.Stdio",
        "apus.shim.v1.Inspect", "apus.shim.v1.Life", "no.such.Service", "",
    ]

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    private mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    private mutating func noise(_ most: Int) -> [UInt8] {
        (0..<next(most)).map { _ in UInt8(next(256)) }
    }

    mutating func frame() -> [UInt8] {
        var message: [UInt8] =
            switch next(4) {
            case 0: noise(200)
            case 1: (try? TaskAPI.StateRequest(id: "c1", execID: "x").serialized()) ?? []
            case 2: [0x0a, 0x02, 0x63, 0x31] + noise(64)
            default: (try? ShimAPI.WriteRequest(id: "c1", data: noise(300)).serialized()) ?? []
            }
        if next(3) == 0, !message.isEmpty { message[next(message.count)] = UInt8(next(256)) }
        let request = Envelope.Request(
            service: Self.services[next(Self.services.count)],
            method: Self.harmless[next(Self.harmless.count)], payload: message,
            timeoutNano: next(4) == 0 ? Int64(next(1_000_000)) : 0)
        var data = (try? request.serialized()) ?? []
        if next(6) == 0, !data.isEmpty { data[next(data.count)] = UInt8(next(256)) }
        stream &+= next(8) == 0 ? UInt32(next(5)) : 2
        var header: [UInt8] = []
        let length = next(12) == 0 ? UInt32(truncatingIfNeeded: next(5 << 20)) : UInt32(data.count)
        for number in [length, stream] {
            for shift in [24, 16, 8, 0] as [UInt32] {
                header.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        header.append(next(10) == 0 ? UInt8(next(256)) : 1)
        header.append(next(10) == 0 ? UInt8(next(256)) : 0)
        return header + data
    }
}
