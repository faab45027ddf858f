import Foundation
import TestSupport
import Testing

/// Two managers, two shims, three runtimes: each works with each.
struct LayerChoice: CustomTestStringConvertible, Sendable {
    enum Manager: CaseIterable { case apusd, containerd }
    enum Shim: CaseIterable { case apus, debian }

    var manager: Manager
    var shim: Shim
    var runtime: Runtime

    enum Runtime: CaseIterable {
        case apus, runc, crun

        /// What a shim executes; made in the directory where it has to be made.
        func program(in directory: TemporaryDirectory) -> String {
            switch self {
            case .apus: Programs.runtime
            case .runc: "runc"
            case .crun: directory.write("crun", Self.crunScript, mode: 0o755)
            }
        }

        /// It refuses cgroup v1 with a cgroup2 mount beside it, so it does not get to see that one.
        private static let crunScript = """
            #!/bin/sh
            exec unshare -m sh -c \
              'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec crun "$@"' crun "$@"
            """
    }

    static let all = Manager.allCases.flatMap { manager in
        Shim.allCases.flatMap { shim in
            Runtime.allCases.map { LayerChoice(manager: manager, shim: shim, runtime: $0) }
        }
    }

    var testDescription: String { "\(manager), \(shim) shim, \(runtime) runtime" }
}

@Suite(
    .needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .needs("runc"), .needs("crun"),
    .needs("containerd"), .needs("ctr"), .needs("containerd-shim-runc-v2"), .serialized)
struct ShimMatrixTests {
    // ctr loses the output of what ends before its streams are open, or before it has read them.
    private static let script = "sleep 0.3; echo out; echo err >&2; sleep 0.3; exit 7"

    // A022 A051
    @Test(arguments: LayerChoice.all) func aContainerLivesItsWholeLife(choice: LayerChoice) throws {
        switch choice.manager {
        case .apusd: try underApusd(choice)
        case .containerd: try underContainerd(choice)
        }
    }

    private func underApusd(_ choice: LayerChoice) throws {
        let world = ManagerWorld(
            choice.shim == .apus ? [] : ["--shim", "containerd-shim-runc-v2"])
        let directory = TemporaryDirectory("matrix")
        defer { directory.remove() }
        let runtime = ["--runtime", choice.runtime.program(in: directory)]
        let once = world.daemon.ctl(
            ["run", "--rm"] + runtime + ["busybox", "sh", "-c", Self.script])
        #expect(once.status == 7, "\(once)")
        #expect(once.stdout == "out\n" && once.stderr == "err\n", "\(once)")
        let started = world.daemon.ctl(
            ["run", "-d", "--name", "life"] + runtime + ["busybox", "sleep", "1000"])
        try #require(started.status == 0, "\(started)")
        let exec = world.ctl("exec", "life", "sh", "-c", "echo in; exit 3")
        #expect(exec.stdout == "in\n" && exec.status == 3, "\(exec)")
        #expect(world.ctl("pause", "life").status == 0)
        #expect(try world.state("life") == "paused")
        #expect(world.ctl("unpause", "life").status == 0)
        #expect(world.ctl("kill", "-s", "KILL", "life").status == 0)
        #expect(world.ctl("wait", "life").stdout.contains("137"))
        #expect(world.ctl("rm", "life").status == 0)
        #expect(eventually { world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    private func underContainerd(_ choice: LayerChoice) throws {
        let directory = TemporaryDirectory("matrix")
        defer { directory.remove() }
        let rootfs = directory.file("rootfs")
        TestRootfs.make(at: rootfs)
        let bin = directory.directory("bin")
        if choice.shim == .apus {
            // containerd finds io.containerd.runc.v2 in PATH under this name.
            try FileManager.default.createSymbolicLink(
                atPath: bin + "/containerd-shim-runc-v2", withDestinationPath: Programs.shim)
        }
        let daemon = Containerd(
            in: directory,
            environment: [
                "PATH": bin + ":/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
                "APUS_SOCKET_DIR": directory.file("s"),
            ])
        defer { daemon.stop() }
        let options = [
            "--runc-binary", choice.runtime.program(in: directory), "--env", "PATH=/bin",
            "--rootfs", rootfs,
        ]
        let once = daemon.ctr(
            ["run", "--rm"] + options + ["once", "/bin/sh", "-c", Self.script])
        #expect(once.status == 7, "\(once)")
        #expect(once.stdout == "out\n" && once.stderr.contains("err\n"), "\(once)")
        let started = daemon.ctr(["run", "-d"] + options + ["life", "/bin/sleep", "1000"])
        try #require(started.status == 0, "\(started)")
        let exec = daemon.ctr(
            "task", "exec", "--exec-id", "e1", "life", "/bin/sh", "-c",
            "sleep 0.3; echo in; exit 3")
        #expect(exec.stdout == "in\n" && exec.status == 3, "\(exec)")
        #expect(daemon.ctr("task", "pause", "life").status == 0)
        #expect(daemon.ctr("task", "ls").stdout.contains("PAUSED"))
        #expect(daemon.ctr("task", "resume", "life").status == 0)
        #expect(daemon.ctr("task", "metrics", "life").status == 0)
        #expect(daemon.ctr("task", "kill", "-s", "9", "life").status == 0)
        #expect(eventually { daemon.ctr("task", "ls").stdout.contains("STOPPED") })
        // Its status is the task's.
        let removed = daemon.ctr("task", "rm", "life")
        #expect(daemon.ctr("task", "ls", "-q").stdout == "", "\(removed)")
        #expect(daemon.ctr("container", "rm", "life").status == 0)
        #expect(
            eventually {
                !Process.all(under: directory.path).contains { $0.name.contains("shim") }
            })
    }
}
