import AsyncRPC
import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// The shim's side of containerd's contract, driven over its socket. runc does the runtime's part.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimContractTests {
    // A018 A044
    @Test(arguments: OCIRuntime.allCases) func aContainerLivesThroughItsStatesUnderTheShim(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sh", "-c", "exit 7"], runtime: runtime.program)
        defer { harness.remove() }
        let pid = try await harness.create()
        let shim = try await harness.shimPid()
        #expect(Process.parent(of: pid) == shim)
        var state = try await harness.state()
        #expect(state.status == .created)
        #expect(state.pid == UInt32(pid))
        #expect(state.exitedAt?.seconds == -62_135_596_800)
        #expect(try await harness.start() == pid)
        #expect(try await harness.wait() == 7)
        state = try await harness.state()
        #expect(state.status == .stopped)
        #expect(state.exitStatus == 7)
        // Wait answers again until Delete.
        #expect(try await harness.wait() == 7)
        let record = TestBundle.read(harness.bundle + "/exit-c1.json")
        #expect(record["exit_status"] as? Int == 7)
        #expect(record["pid"] as? Int == Int(pid))
        #expect(record["oom"] as? Bool == false)
        #expect(record["signal"] as? Int == 0 && record["reason"] as? String == "exited")
        let deleted = try await harness.delete()
        #expect(deleted.exitStatus == 7)
        #expect(deleted.pid == UInt32(pid))
        await #expect(throws: RPCError.self) { try await harness.state() }
    }

    // A044
    @Test(arguments: OCIRuntime.allCases) func aSignalIsAnExitStatusAbove128(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        try await harness.kill(9)
        #expect(try await harness.wait() == 137)
        #expect(await harness.receiver.sees("exit c1 137"))
        #expect(harness.receiver.topics.filter { $0.hasPrefix("exit") }.count == 1)
        let record = TestBundle.read(harness.bundle + "/exit-c1.json")
        #expect(record["signal"] as? Int == 9 && record["reason"] as? String == "signal")
        #expect(try await harness.delete().exitStatus == 137)
    }

    @Test func errorsHaveTheCodesOfTheirKinds() async throws {
        let harness = try await ShimHarness(["sleep", "1000"])
        defer { harness.remove() }
        func code(_ body: () async throws -> Void) async -> StatusCode? {
            do {
                try await body()
                return nil
            } catch {
                return (error as? RPCError)?.code
            }
        }
        #expect(await code { _ = try await harness.state() } == .notFound)
        #expect(
            await code { _ = try await harness.create(stdout: "gopher://x") } == .invalidArgument)
        _ = try await harness.create()
        #expect(await code { _ = try await harness.create() } == .alreadyExists)
        try await harness.start()
        #expect(await code { try await harness.start() } == .failedPrecondition)
        #expect(await code { try await harness.delete() } == .failedPrecondition)
        #expect(await code { _ = try await harness.state("e9") } == .notFound)
        try await harness.exec("e1", ["true"])
        #expect(await code { try await harness.exec("e1", ["true"]) } == .alreadyExists)
        #expect(await code { try await harness.exec("../x", ["true"]) } == .invalidArgument)
        #expect(await code { try await harness.kill(9, exec: "e1") } == .failedPrecondition)
        #expect(
            await code {
                _ = try await harness.shim.call(
                    TaskAPI.TaskService.checkpoint, .init(id: harness.id), timeout: .seconds(5))
            } == .invalidArgument)
        try await harness.kill(9)
        _ = try await harness.wait()
        #expect(await code { try await harness.kill(9) } == .notFound)
        try await harness.delete()
        #expect(await code { try await harness.delete() } == .notFound)
    }

    // A051
    @Test(arguments: OCIRuntime.allCases) func aCreateThatFailsLeavesNothing(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["/nonexistent"], runtime: runtime.program)
        defer { harness.remove() }
        let lower = harness.rootfs
        let mount = TaskAPI.Mount(
            type: "bind", source: lower, options: ["rbind", "ro"])
        let failure = await #expect(throws: RPCError.self) {
            _ = try await harness.create(rootfs: [mount])
        }
        #expect(failure?.message.contains("/nonexistent") == true)
        #expect(failure?.message.contains("no such file") == true)
        let mounts = try mountTable()
        #expect(!mounts.contains(harness.bundle))
        #expect(!FileManager.default.fileExists(atPath: harness.bundle + "/shim.json"))
        await #expect(throws: RPCError.self) { try await harness.state() }
        // The id is free again: another attempt gets as far as the first.
        await #expect(throws: RPCError.self) { try await harness.create() }
    }

    // A047
    @Test(arguments: OCIRuntime.allCases) func execsRunBesideEachOtherWithTheirOwnStatus(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        let pid = try await harness.create()
        try await harness.start()
        for number in 1...5 {
            try await harness.exec("e\(number)", ["sh", "-c", "exit \(number)"])
        }
        try await withThrowingTaskGroup { group in
            for number in 1...5 {
                group.addTask {
                    let client = try await RPCClient.connect(to: harness.socket)
                    _ = try await client.call(
                        TaskAPI.TaskService.start, .init(id: harness.id, execID: "e\(number)"),
                        timeout: .seconds(30))
                    let ended = try await client.call(
                        TaskAPI.TaskService.wait, .init(id: harness.id, execID: "e\(number)"),
                        timeout: .seconds(30))
                    #expect(ended.exitStatus == UInt32(number))
                }
            }
            try await group.waitForAll()
        }
        try await harness.exec("ns", ["readlink", "/proc/self/ns/mnt"], stdout: "attach:")
        let attachment = try await harness.attach("ns")
        try await harness.start("ns")
        let inside = try await attachment.all().stdoutText
        let expected = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(pid)/ns/mnt")
        #expect(inside.trimmingCharacters(in: .newlines) == expected)
        for number in 1...5 { try await harness.delete("e\(number)") }
        #expect(await harness.receiver.sees("exit e5 5"))
    }

    // A047
    @Test(arguments: OCIRuntime.allCases) func anExecThatCannotRunFailsWithItsReasonAndDoesNotHang(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        try await harness.exec("e1", ["/nonexistent"])
        let failure = await #expect(throws: RPCError.self) { try await harness.start("e1") }
        #expect(failure?.message.contains("no such file") == true)
        #expect(try await harness.wait("e1") == 255)
        try await harness.delete("e1")
    }

    // A050
    @Test(arguments: OCIRuntime.allCases) func pauseFreezesAndResumeThaws(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        _ = try await harness.shim.call(
            TaskAPI.TaskService.pause, .init(id: harness.id), timeout: .seconds(20))
        #expect(try await harness.state().status == .paused)
        await #expect(throws: RPCError.self) { try await harness.exec("e1", ["true"]) }
        _ = try await harness.shim.call(
            TaskAPI.TaskService.resume, .init(id: harness.id), timeout: .seconds(20))
        #expect(try await harness.state().status == .running)
        // SIGKILL ends what is frozen too.
        _ = try await harness.shim.call(
            TaskAPI.TaskService.pause, .init(id: harness.id), timeout: .seconds(20))
        try await harness.kill(9)
        #expect(try await harness.wait() == 137)
        try await harness.delete()
    }

    @Test(arguments: OCIRuntime.allCases) func metricsAndPidsComeFromTheCgroup(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        let pid = try await harness.create()
        try await harness.start()
        try await harness.exec("e1", ["sleep", "1000"])
        let other = try await harness.start("e1")
        let pids = try await harness.shim.call(
            TaskAPI.TaskService.pids, .init(id: harness.id), timeout: .seconds(10)
        ).processes
        #expect(Set(pids.map(\.pid)) == [UInt32(pid), UInt32(other)])
        let named = try #require(pids.first { $0.pid == UInt32(other) })
        let details: RuncAPI.ProcessDetails? = try named.info?.unwrap()
        #expect(details?.execID == "e1")
        let stats = try await harness.shim.call(
            TaskAPI.TaskService.stats, .init(id: harness.id), timeout: .seconds(10)
        ).stats
        if let v1: CgroupV1.Metrics = try stats?.unwrap() {
            #expect(v1.pids?.current == 2)
            #expect((v1.memory?.usage?.usage ?? 0) > 0)
            #expect((v1.cpu?.usage?.total ?? 0) > 0)
        } else {
            let v2: CgroupV2.Metrics = try #require(try stats?.unwrap())
            #expect(v2.pids?.current == 2)
        }
    }

    @Test func bothVersionsOfTheServiceAnswer() async throws {
        let harness = try await ShimHarness(["true"])
        defer { harness.remove() }
        let answer = try await harness.shim.call(
            TaskAPIv3.TaskService.connect, .init(id: harness.id), timeout: .seconds(10))
        #expect(answer.shimPid > 1)
        #expect(answer.taskPid == 0)
        #expect(!answer.version.isEmpty)
    }

    @Test func aRootfsOfManyLayersIsMountedAndTakenAway() async throws {
        let harness = try await ShimHarness(["true"])
        defer { harness.remove() }
        // Together longer than the page that mount(2) takes.
        let base = harness.directory.directory(String(repeating: "layer-", count: 20))
        var lower: [String] = []
        for number in 0..<60 {
            let path = "\(base)/\(number)"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            lower.append(path)
        }
        try FileManager.default.moveItem(
            atPath: harness.rootfs, toPath: harness.directory.file("bottom"))
        try FileManager.default.createDirectory(
            atPath: harness.rootfs, withIntermediateDirectories: true)
        lower.append(harness.directory.file("bottom"))
        let mount = TaskAPI.Mount(
            type: "overlay", source: "overlay",
            options: [
                "lowerdir=" + lower.joined(separator: ":"),
                "upperdir=" + harness.directory.directory("upper"),
                "workdir=" + harness.directory.directory("work"),
            ])
        _ = try await harness.create(rootfs: [mount])
        try await harness.start()
        #expect(try await harness.wait() == 0)
        var mounts = try mountTable()
        #expect(mounts.contains(harness.rootfs))
        try await harness.delete()
        mounts = try mountTable()
        #expect(!mounts.contains(harness.rootfs))
    }

    @Test(arguments: OCIRuntime.allCases) func deleteOfADeadShimAnswersTheRecordedExitOr137(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        let pid = try await harness.create()
        try await harness.start()
        Foundation.kill(try await harness.shimPid(), SIGKILL)
        let cleaned = Command.run(
            Programs.shim,
            [
                "-namespace", "test", "-address", harness.directory.file("manager.sock"), "-id",
                harness.id, "-bundle", harness.bundle, "delete",
            ], environment: ShimHarness.environment(harness.directory), directory: harness.bundle)
        #expect(cleaned.status == 0, "\(cleaned)")
        let response = try TaskAPI.DeleteResponse(serialized: cleaned.stdoutBytes)
        #expect(response.exitStatus == 137)
        #expect(response.pid == UInt32(pid))
        #expect(await comesTrue { Process.name(of: pid) == nil })
        #expect(!FileManager.default.fileExists(atPath: harness.socket))
    }

    @Test func shutdownEndsAnEmptyShimOnly() async throws {
        let harness = try await ShimHarness(["true"])
        defer { harness.remove() }
        let pid = try await harness.shimPid()
        _ = try await harness.create()
        _ = try await harness.shim.call(
            TaskAPI.TaskService.shutdown, .init(id: harness.id), timeout: .seconds(10))
        #expect(try await harness.state().status == .created)
        try await harness.delete()
        _ = try await harness.shim.call(
            TaskAPI.TaskService.shutdown, .init(id: harness.id), timeout: .seconds(10))
        #expect(await comesTrue { Process.name(of: pid) == nil })
        #expect(!FileManager.default.fileExists(atPath: harness.socket))
    }

    @Test func badCommandLinesAreExplained() {
        let unknown = Command.run(Programs.shim, ["-colour", "red", "start"])
        #expect(unknown.status == 2)
        #expect(unknown.stderr.contains("unknown flag -colour"))
        let name = Command.run(Programs.shim, ["-namespace", "a/b", "-id", "x", "start"])
        #expect(name.status == 2)
        #expect(name.stderr.contains("\"a/b\""))
        #expect(Command.run(Programs.shim, ["--help"]).stdout.contains("start | delete"))
        #expect(Command.run(Programs.shim, ["-v"]).stdout.contains("Version"))
    }
}

/// Foundation takes the kernel's first short answer for the end of the file.
private func mountTable() throws -> String {
    String(decoding: try readFile("/proc/self/mountinfo", limit: 1 << 20), as: UTF8.self)
}
