import AsyncRPC
import Foundation
import TestSupport
import Testing
import Wire

/// Checkpoints through the shim: criu works in the guest alone.
@Suite(.needsRoot, .needs("busybox"), .needsCheckpoint, .serialized)
struct GuestShimTests {
    // A064
    @Test func aContainerGoesIntoACheckpointAndComesBackFromIt() async throws {
        let harness = try await ShimHarness(
            ["sh", "-c", "n=0; while :; do n=$((n+1)); echo $n >/count; echo $n; sleep 0.1; done"],
            runtime: Programs.runtime
        ) { $0.edit("root.readonly", false) }
        defer { harness.remove() }
        let log = "cri://" + harness.directory.file("c.log")
        func count() -> Int {
            let text = try? String(contentsOfFile: harness.rootfs + "/count", encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
        }
        _ = try await harness.create(stdout: log)
        try await harness.start()
        #expect(await comesTrue { count() > 3 })
        let images = harness.directory.directory("images")
        _ = try await harness.shim.call(
            TaskAPI.TaskService.checkpoint,
            .init(
                id: harness.id, path: images,
                options: try AnyMessage(RuncAPI.CheckpointOptions(exit: true))),
            timeout: .seconds(300))
        _ = try await harness.wait()
        try await harness.delete()
        let reached = count()
        #expect(await harness.receiver.sees("checkpointed"))
        let options = RuncAPI.Options(
            binaryName: harness.runtime, root: harness.directory.file("runtime"))
        let created = try await harness.shim.call(
            TaskAPI.TaskService.create,
            .init(
                id: harness.id, bundle: harness.bundle, stdout: log, checkpoint: images,
                options: try AnyMessage(options)), timeout: .seconds(60))
        #expect(created.pid == 0)
        #expect(try await harness.state().status == .created)
        let pid = try await harness.start()
        #expect(pid > 0)
        #expect(try await harness.state().status == .running)
        #expect(await comesTrue { count() > reached + 3 })
        try await harness.kill()
        #expect(try await harness.wait() == 137)
        try await harness.delete()
        // It went on counting where it was, and its output came through the new pipe.
        let lines = try String(contentsOfFile: String(log.dropFirst(6)), encoding: .utf8)
            .split(separator: "\n").compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(lines == Array(1...max(1, lines.count)))
        #expect(lines.count > reached)
    }
}
