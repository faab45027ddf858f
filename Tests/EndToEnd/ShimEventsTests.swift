import AsyncRPC
import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// What the shim tells the manager: everything, in order, once, even if the manager was away.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimEventsTests {
    // A043 A044
    @Test(arguments: OCIRuntime.allCases) func eventsComeInTheOrderOfTheContract(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        let pid = try await harness.create()
        try await harness.start()
        try await harness.exec("e1", ["true"])
        try await harness.start("e1")
        _ = try await harness.wait("e1")
        try await harness.exec("e2", ["sleep", "1000"])
        try await harness.start("e2")
        for call in [TaskAPI.TaskService.pause.name, TaskAPI.TaskService.resume.name] {
            let method = UnaryMethod<TaskAPI.PauseRequest, Empty>(
                service: TaskAPI.TaskService.name, name: call)
            _ = try await harness.shim.call(method, .init(id: harness.id), timeout: .seconds(20))
        }
        try await harness.kill(9)
        _ = try await harness.wait()
        try await harness.delete()
        #expect(await harness.receiver.sees("delete"))
        #expect(
            harness.receiver.topics == [
                "create", "start", "exec-added", "exec-started", "exit e1 0", "exec-added",
                "exec-started", "paused", "resumed", "exit e2 137", "exit c1 137", "delete",
            ])
        for envelope in harness.receiver.envelopes {
            #expect(envelope.namespace == "test")
            #expect(envelope.event?.typeURL.hasPrefix("containerd.events.Task") == true)
            #expect((envelope.timestamp?.seconds ?? 0) > 1_700_000_000)
        }
        let created: TaskEvents.TaskCreate? = try harness.receiver.envelopes.first?.event?.unwrap()
        #expect(created?.pid == UInt32(pid))
        #expect(created?.bundle == harness.bundle)
    }

    // A044
    @Test(arguments: OCIRuntime.allCases) func theExitOfAQuickProgramComesAfterItsStart(
        _ runtime: OCIRuntime
    ) async throws {
        for _ in 0..<5 {
            let harness = try await ShimHarness(["true"], runtime: runtime.program)
            defer { harness.remove() }
            _ = try await harness.run()
            #expect(await harness.receiver.sees("exit c1 0"))
            #expect(harness.receiver.topics == ["create", "start", "exit c1 0"])
            try await harness.delete()
        }
    }

    // A025 A044
    @Test func anExitWhileTheManagerIsAwayIsToldWhenItIsBack() async throws {
        let harness = try await ShimHarness(["sh", "-c", "exit 4"], receivesEvents: false)
        defer { harness.remove() }
        #expect(try await harness.run() == 4)
        // On disk before anybody heard of it.
        #expect(TestBundle.read(harness.bundle + "/exit-c1.json")["exit_status"] as? Int == 4)
        try harness.receiver.listen()
        #expect(await harness.receiver.sees("exit c1 4"))
        #expect(harness.receiver.topics == ["create", "start", "exit c1 4"])
        harness.receiver.close()
        #expect(await harness.receiver.gone())
        try await harness.delete()
        try harness.receiver.listen()
        #expect(await harness.receiver.sees("delete"))
    }

    // A064
    // A026
    @Test func anEventThatADeadShimCouldNotDeliverIsToldByTheNext() async throws {
        let harness = try await ShimHarness(["sh", "-c", "exit 7"], receivesEvents: false)
        defer { harness.remove() }
        #expect(try await harness.run() == 7)
        Foundation.kill(try await harness.shimPid(), SIGKILL)
        await harness.shim.closed()
        try harness.receiver.listen()
        let again = ShimHarness.start(
            id: harness.id, bundle: harness.bundle, directory: harness.directory)
        #expect(again.status == 0, "\(again)")
        #expect(await harness.receiver.sees("exit c1 7"))
        #expect(harness.receiver.topics == ["create", "start", "exit c1 7"])
        #expect(await comesTrue { (try? FileStatus(path: harness.bundle + "/events").size) == 0 })
    }

    @Test(.needsCgroupV1) func memoryBeyondTheLimitEndsOnlyTheContainerAndIsTold() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "head -c 200000000 /dev/zero | tail",
        ]) { $0.edit("linux.resources.memory", ["limit": 20 << 20]) }
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        _ = try await harness.wait()
        #expect(await comesTrue { harness.receiver.topics.contains { $0.hasPrefix("exit") } })
        let oom = try #require(harness.receiver.topics.firstIndex(of: "oom"))
        let exit = try #require(harness.receiver.topics.firstIndex { $0.hasPrefix("exit") })
        #expect(oom < exit)
        let record = TestBundle.read(harness.bundle + "/exit-c1.json")
        #expect(record["oom"] as? Bool == true)
        try await harness.delete()
    }

    // A064
    @Test func aForkBombStaysInItsLimit() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done; wait",
        ]) { $0.edit("linux.resources.pids", ["limit": 16]) }
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        let stats = try await harness.shim.call(
            TaskAPI.TaskService.stats, .init(id: harness.id), timeout: .seconds(10)
        ).stats
        let limit: UInt64?
        if let metrics: CgroupV1.Metrics = try stats?.unwrap() {
            limit = metrics.pids?.limit
        } else {
            let metrics: CgroupV2.Metrics? = try stats?.unwrap()
            limit = metrics?.pids?.limit
        }
        #expect(limit == 16)
        _ = try await harness.wait()
        try await harness.delete()
    }

    // A044
    @Test(arguments: OCIRuntime.allCases)
    func leftoversOfASharedPidNamespaceAreEndedBeforeTheInitsExitIsTold(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(
            ["sh", "-c", "sleep 1000 & echo $!"], runtime: runtime.program
        ) {
            $0.namespace("pid", nil)
        }
        defer { harness.remove() }
        _ = try await harness.create(stdout: "attach:")
        let attachment = try await harness.attach()
        try await harness.start()
        #expect(try await harness.wait() == 0)
        let text = try await attachment.all().stdoutText
        let left = try #require(Int32(text.trimmingCharacters(in: .newlines)))
        #expect(await comesTrue { Process.name(of: left) == nil })
        try await harness.delete()
    }

    @Test func aTimelineTellsWhereCreateAndStartWent() async throws {
        let harness = try await ShimHarness(["true"])
        defer { harness.remove() }
        _ = try await harness.run()
        let phases = try await harness.shim.call(
            ShimAPI.InspectService.timeline, .init(id: harness.id), timeout: .seconds(10)
        ).phases
        #expect(phases.map(\.name).contains("runtime create"))
        #expect(phases.map(\.name).contains("runtime start"))
        for phase in phases { #expect(phase.startNS <= phase.endNS && phase.startNS > 0) }
        try await harness.delete()
    }

    @Test func ourOwnRuntimeReportsItsPhasesToo() async throws {
        let harness = try await ShimHarness(["true"], runtime: Programs.runtime)
        defer { harness.remove() }
        _ = try await harness.run()
        let phases = try await harness.shim.call(
            ShimAPI.InspectService.timeline, .init(id: harness.id), timeout: .seconds(10)
        ).phases
        let shim = try #require(phases.first { $0.name == "runtime create" })
        let inside = phases.filter { $0.program == "apus-runtime" && $0.endNS <= shim.endNS }
        #expect(!inside.isEmpty)
        for phase in inside { #expect(phase.startNS >= shim.startNS) }
        try await harness.delete()
    }
}
