import Foundation
import Linux
import TestSupport
import Testing
import Wire

/// Streams that go to fifos, as containerd has them: whoever reads them, or does not, halts nobody.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimFifoTests {
    private func fifo(of harness: ShimHarness) -> String {
        let path = harness.directory.file("out")
        #expect(unsafe mkfifo(path, 0o600) == 0)
        return path
    }

    // A025
    @Test func aFifoThatNobodyReadsDoesNotFreezeTheContainer() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "dd if=/dev/zero bs=1048576 count=24 2>/dev/null; exit 3",
        ])
        defer { harness.remove() }
        let fifo = fifo(of: harness)
        #expect(try await harness.run(stdout: fifo) == 3)
        try await harness.delete()
    }

    // A022
    @Test func aFifoThatIsReadGetsEverythingAndAnEnd() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "dd if=/dev/zero bs=1048576 count=40 2>/dev/null",
        ])
        defer { harness.remove() }
        let fifo = fifo(of: harness)
        // Always behind, so that what waits for it is never empty; never so slow as to be given up.
        let reader = Child("/bin/sh", ["-c", "exec dd bs=512 2>/dev/null <'\(fifo)' | wc -c"])
        #expect(try await harness.run(stdout: fifo) == 0)
        try await harness.delete()
        let counted = reader.finish().stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(counted == String(40 << 20))
    }

    /// Much at once is moved through uncopied, by way of the backlog where the reader pauses.
    // A022, A025
    @Test(arguments: ["true", "sleep 0.2"]) func aTorrentReachesItsReaderUnchanged(
        _ pause: String
    ) async throws {
        let harness = try await ShimHarness(["dd", "if=/bytes", "bs=64k"])
        defer { harness.remove() }
        let sent = randomBytes(48 << 20)
        try Data(sent).write(to: URL(fileURLWithPath: harness.rootfs + "/bytes"))
        let fifo = fifo(of: harness)
        let taking = """
            exec <'\(fifo)'
            for _ in 1 2 3 4 5 6; do head -c 3000001; \(pause); done
            exec cat
            """
        let reader = Child("/bin/sh", ["-c", taking])
        #expect(try await harness.run(stdout: fifo) == 0)
        try await harness.delete()
        let received = reader.finish().stdoutBytes
        #expect(received.count == sent.count)
        // Not in one comparison: the difference would be printed.
        #expect(Bool(received == sent), "the same number of bytes, but others")
    }

    /// What a pipe holds counts as the container's memory.
    @Test(.needsCgroupV1, arguments: [(32 << 20, 64 << 10), (128 << 20, 1 << 20)])
    func onlyAContainerWithMuchMemoryGetsALargePipe(_ limit: Int, _ size: Int32) async throws {
        let harness = try await ShimHarness(["dd", "if=/dev/zero", "bs=64k"]) {
            $0.edit("linux.resources.memory", ["limit": limit])
        }
        defer { harness.remove() }
        let fifo = fifo(of: harness)
        let pid = try await harness.create(stdout: fifo)
        let reader = Child("/bin/sh", ["-c", "exec cat <'\(fifo)' >/dev/null"])
        let pipe = try openFile("/proc/\(pid)/fd/1", O_RDONLY | O_NONBLOCK)
        try await harness.start()
        let getPipeSize: Int32 = 1032
        #expect(await comesTrue { fcntl(pipe.raw, getPipeSize) == size })
        try await Task.sleep(for: .milliseconds(200))
        #expect(fcntl(pipe.raw, getPipeSize) == size)
        try await harness.kill()
        _ = try await harness.wait()
        try await harness.delete()
        #expect(reader.finish().status == 0)
    }

    // A025
    @Test func aSlowReaderOfAFifoHaltsNobodyAndLosesNothing() async throws {
        let harness = try await ShimHarness(["sh", "-c", "seq 1 1000000; exit 3"])
        defer { harness.remove() }
        let fifo = fifo(of: harness)
        _ = try await harness.create(stdout: fifo)
        let reader = try openFile(fifo, O_RDONLY | O_NONBLOCK)
        try await harness.start()
        var chunk = [UInt8](repeating: 0, count: 4096)
        var received: [UInt8] = []
        // A page at a time, and never a second without one.
        while try await harness.state().status != .stopped, received.count < 2 << 20 {
            if let count = try? reader.read(into: &chunk), count > 0 { received += chunk[..<count] }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(received.count < 2 << 20, "the process waited for its reader")
        #expect(try await harness.wait() == 3)
        let expected = (1...1_000_000).map { "\($0)\n" }.joined()
        while received.count < expected.utf8.count {
            guard let count = try? reader.read(into: &chunk) else {
                try await Task.sleep(for: .milliseconds(1))
                continue
            }
            guard count > 0 else { break }
            received += chunk[..<count]
        }
        #expect(received == Array(expected.utf8))
        try await harness.delete()
    }

    // A025
    @Test func aFullDiskBehindAFifoStopsNobodyAndTheLossIsTold() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "dd if=/dev/zero bs=1048576 count=4 2>/dev/null; exit 3",
        ])
        defer { harness.remove() }
        let work = harness.bundle + "/work"
        try FileManager.default.createDirectory(
            atPath: work, withIntermediateDirectories: true)
        let mounted = Command.run("/bin/mount", ["-t", "tmpfs", "-o", "size=1m", "x", work])
        try #require(mounted.status == 0)
        defer { _ = Command.run("/bin/umount", ["-l", work]) }
        let fifo = fifo(of: harness)
        #expect(try await harness.run(stdout: fifo) == 3)
        let log = {
            (try? String(contentsOfFile: harness.bundle + "/shim.log", encoding: .utf8)) ?? ""
        }
        #expect(await comesTrue { log().contains("no space left on device") }, "\(log())")
        let reader = Child("/bin/cat", [fifo])
        #expect(await comesTrue { log().contains("bytes were dropped meanwhile") }, "\(log())")
        try await harness.delete()
        let received = reader.finish().stdoutBytes.count
        #expect(received > 1 << 20 && received < 4 << 20)
    }
}
