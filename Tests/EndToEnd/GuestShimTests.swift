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
        func count() -> Int { numberWritten(in: harness.rootfs + "/count") }
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

    /// The same by way of containerd: the checkpoint becomes an image, and the image a container.
    @Test(.needs("containerd"), .needs("ctr")) func containerdKeepsACheckpointAsAnImage() throws {
        let directory = TemporaryDirectory("containerd")
        defer { directory.remove() }
        let bin = directory.directory("bin")
        try FileManager.default.createSymbolicLink(
            atPath: bin + "/containerd-shim-runc-v2", withDestinationPath: Programs.shim)
        let daemon = Containerd(
            in: directory,
            environment: [
                "PATH": bin + ":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
                "APUS_SOCKET_DIR": directory.file("s"),
            ])
        defer {
            for name in ["one", "two"] { daemon.ctr("task", "rm", "-f", name) }
            daemon.stop()
        }
        func ctr(_ arguments: String...) throws {
            let output = daemon.ctr(arguments)
            try #require(output.status == 0, "ctr \(arguments): \(output)")
        }
        func count(_ name: String) -> Int {
            let pids = daemon.ctr("task", "ls").stdout.split(separator: "\n")
                .map { $0.split(separator: " ") }.filter { $0.first == name[...] }
            guard let pid = pids.first?.dropFirst().first else { return -1 }
            return numberWritten(in: "/proc/\(pid)/root/count")
        }
        try ctr("image", "import", Self.image(in: directory))
        try ctr(
            "run", "-d", "--null-io", "--runc-binary", Programs.runtime, Self.imageName, "one",
            "/bin/sh", "-c", "n=0; while :; do n=$((n+1)); echo $n >/count; sleep 0.1; done")
        #expect(eventually { count("one") > 3 })
        try ctr("container", "checkpoint", "--rw", "--image", "--task", "one", "kept.local/one:1")
        let reached = count("one")
        // It was not told to end.
        #expect(eventually { count("one") > reached })
        try ctr("task", "rm", "-f", "one")
        try ctr("container", "restore", "--rw", "--live", "two", "kept.local/one:1")
        #expect(eventually { count("two") > reached })
    }

    private static let imageName = "test.local/busybox:latest"

    /// An image of one layer in docker's archive format.
    private static func image(in directory: TemporaryDirectory) throws -> String {
        TestRootfs.make(at: directory.file("rootfs"))
        let made = Command.shell(
            """
            set -e
            cd '\(directory.path)'
            tar -C rootfs -cf layer.tar .
            sum=$(sha256sum layer.tar | cut -d' ' -f1)
            printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$sum" >config.json
            printf '[{"Config":"config.json","RepoTags":["\(imageName)"],"Layers":["layer.tar"]}]' >manifest.json
            tar -cf image.tar config.json manifest.json layer.tar
            """)
        try #require(made.status == 0, "\(made)")
        return directory.file("image.tar")
    }
}
