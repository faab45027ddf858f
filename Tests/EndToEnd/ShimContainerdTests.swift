import Foundation
import TestSupport
import Testing

/// Debian's containerd and ctr with our shim in the place of theirs.
@Suite(
    .needsRoot, .needs("containerd"), .needs("ctr"), .needs("runc"), .needs("busybox"), .serialized)
final class ShimContainerdTests {
    private let directory = TemporaryDirectory("containerd")
    private let daemon: Containerd
    private let rootfs: String

    init() throws {
        rootfs = directory.file("rootfs")
        TestRootfs.make(at: rootfs)
        let bin = directory.directory("bin")
        // containerd finds io.containerd.runc.v2 in PATH under this name.
        try FileManager.default.createSymbolicLink(
            atPath: bin + "/containerd-shim-runc-v2", withDestinationPath: Programs.shim)
        daemon = Containerd(
            in: directory,
            environment: [
                "PATH": bin + ":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
                "APUS_SOCKET_DIR": directory.file("s"),
            ])
    }

    deinit {
        for task in ctr("task", "ls", "-q").stdout.split(separator: "\n") {
            _ = ctr("task", "rm", "-f", String(task))
        }
        daemon.stop()
        directory.remove()
    }

    private func ctr(_ arguments: String..., input: [UInt8] = []) -> Output {
        daemon.ctr(arguments, input: input)
    }

    private func run(_ id: String, _ args: [String], input: [UInt8] = []) -> Output {
        daemon.ctr(
            ["run", "--rm", "--runc-binary", "runc", "--rootfs", rootfs, id] + args, input: input)
    }

    private func startSleeper(_ id: String) -> Output {
        ctr("run", "-d", "--runc-binary", "runc", "--rootfs", rootfs, id, "/bin/sleep", "1000")
    }

    // A022 A051
    @Test func runPassesOutputAndExitStatus() {
        let output = run("one", ["/bin/sh", "-c", "echo out; echo err >&2; exit 7"])
        #expect(output.stdout == "out\n")
        #expect(output.stderr.contains("err\n"))
        #expect(output.status == 7)
        let missing = run("two", ["/nonexistent"])
        #expect(missing.status != 0)
        #expect(missing.stderr.contains("/nonexistent"))
        #expect(ctr("task", "ls", "-q").stdout == "")
    }

    // A022
    @Test func tenMegabytesGoThroughContainerdsFifosUnchanged() {
        var generator = SystemRandomNumberGenerator()
        let sent = (0..<1_250_000).flatMap { _ in
            let word: UInt64 = generator.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        // It lives on for a moment: of one that ends ctr may lose the end when the machine is busy,
        // whichever shim is below it. That ours loses nothing then is for the tests of its streams.
        let output = run("cat", ["/bin/sh", "-c", "cat; sleep 2"], input: sent)
        #expect(output.status == 0)
        // The difference of so much would take hours to show.
        let isWhole = output.stdoutBytes == sent
        #expect(isWhole, "\(output.stdoutBytes.count) bytes of \(sent.count)")
    }

    // A052 A063
    @Test(.needs("script")) func aTerminalWorks() {
        let command =
            "ctr -a \(directory.file("sock")) run --rm -t --runc-binary runc --rootfs \(rootfs) "
            + "tty /bin/tty"
        let output = Command.run(Programs.find("script")!, ["-qec", command, "/dev/null"])
        #expect(output.status == 0)
        #expect(output.stdout.contains("/dev/pts/0"))
    }

    // A044 A047 A050
    @Test func aTaskIsExecutedIntoPausedKilledAndDeleted() {
        #expect(startSleeper("life").status == 0)
        let exec = ctr(
            "task", "exec", "--exec-id", "e1", "life", "/bin/sh", "-c", "echo in; exit 3")
        #expect(exec.stdout == "in\n")
        #expect(exec.status == 3)
        #expect(ctr("task", "pause", "life").status == 0)
        #expect(ctr("task", "ls").stdout.contains("PAUSED"))
        #expect(ctr("task", "resume", "life").status == 0)
        #expect(ctr("task", "ls").stdout.contains("RUNNING"))
        let metrics = ctr("task", "metrics", "life")
        #expect(metrics.status == 0)
        #expect(metrics.stdout.contains("pids.current"))
        #expect(metrics.stdout.contains("memory.usage"))
        #expect(ctr("task", "ps", "life").stdout.contains("PID"))
        #expect(ctr("task", "kill", "-s", "9", "life").status == 0)
        #expect(eventually { self.ctr("task", "ls").stdout.contains("STOPPED") })
        // ctr answers with the task's own status.
        #expect(
            ctr("task", "rm", "life").status == 137 % 256 || ctr("task", "ls", "-q").stdout == "")
        #expect(ctr("container", "rm", "life").status == 0)
        #expect(
            eventually {
                !Process.all(under: self.directory.path).contains { $0.name.contains("shim") }
            })
    }

    // A006 A043
    @Test func containerdPublishesOurEvents() {
        let events = Child(
            Programs.find("ctr")!, ["-a", directory.file("sock"), "events"])
        defer { events.send(signal: SIGTERM) }
        // The subscription is there when an event of ours comes through.
        var number = 0
        #expect(
            eventually {
                number += 1
                _ = self.ctr("namespace", "create", "n\(number)")
                return events.output.stdout.contains("/namespaces/create")
            })
        #expect(run("seen", ["/bin/true"]).status == 0)
        #expect(events.waits { $0.stdout.contains("/tasks/delete") })
        let topics = events.output.stdout.split(separator: "\n").compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix("/tasks/") }.map(String.init)
        }
        #expect(topics == ["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"])
    }

    // A003 A025
    @Test func aContainerOutlivesContainerdAndIsFoundAgain() {
        #expect(startSleeper("survivor").status == 0)
        daemon.kill()
        daemon.restart()
        #expect(ctr("task", "ls").stdout.contains("RUNNING"))
        #expect(
            ctr("task", "exec", "--exec-id", "e1", "survivor", "/bin/true").status == 0)
        #expect(ctr("task", "rm", "-f", "survivor").status >= 0)
    }
}
