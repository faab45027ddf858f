import Foundation
import TestSupport
import Testing

/// The life of containers under the manager.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class ManagerLifecycleTests {
    private let world = ManagerWorld()

    // A043
    @Test func creatingRunsNothingAndRemovingLeavesNothing() throws {
        let created = world.ctl("create", "--name", "idle", "busybox", "sleep", "1000")
        try #require(created.status == 0, "\(created)")
        let id = created.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try world.state("idle") == "created")
        #expect(
            !Process.all(under: world.daemon.directory.path).contains { $0.name == "apus-shim" })
        #expect(world.ctl("rm", "idle").status == 0)
        #expect(world.leftovers().isEmpty, "\(world.leftovers())")
        #expect(try world.actions(of: id) == ["create", "destroy"])
    }

    // A042 A050
    @Test func everyMoveIsMadeOnceAndNoOtherIs() throws {
        let id = try world.run("--name", "life", "busybox", "sleep", "1000")
        #expect(world.ctl("start", "life").status != 0)
        #expect(world.ctl("unpause", "life").status != 0)
        #expect(world.ctl("rm", "life").status != 0)
        #expect(world.ctl("pause", "life").status == 0)
        #expect(try world.state("life") == "paused")
        #expect(world.ctl("pause", "life").status != 0)
        let exec = world.ctl("exec", "life", "true")
        #expect(exec.status != 0)
        #expect(exec.stderr.contains("paused"), "\(exec)")
        #expect(world.ctl("unpause", "life").status == 0)
        #expect(world.ctl("stop", "-t", "0", "life").status == 0)
        #expect(try world.state("life") == "stopped")
        for verb in ["kill", "pause", "unpause"] {
            #expect(world.ctl(verb, "life").status != 0, "\(verb)")
        }
        #expect(world.ctl("exec", "life", "true").status != 0)
        #expect(world.ctl("start", "life").status == 0)
        #expect(try world.state("life") == "running")
        #expect(world.ctl("rm", "-f", "life").status == 0)
        #expect(
            try world.actions(of: id).filter { $0 != "kill" && $0 != "attach" } == [
                "create", "start", "pause", "unpause", "die", "stop", "start", "die", "destroy",
            ])
        #expect(world.leftovers().isEmpty, "\(world.leftovers())")
    }

    // A044 A007
    @Test func theEndOfAProgramHasItsCode() throws {
        for (script, code) in [("exit 0", "0"), ("exit 7", "7")] {
            let id = try world.run("busybox", "sh", "-c", script)
            let wait = world.ctl("wait", id)
            #expect(
                wait.stdout.trimmingCharacters(in: .whitespacesAndNewlines) == code, "\(script)")
            let deaths = try world.events().filter { $0.subject == id && $0.action == "die" }
            #expect(deaths.map { $0.attributes["exitCode"] } == [code])
        }
        let id = try world.run("--name", "shot", "busybox", "sleep", "1000")
        Glibc.kill(try world.pid("shot"), SIGKILL)
        #expect(world.ctl("wait", id).stdout.contains("137"))
    }

    // A044
    @Test(.needsCgroupV1) func runningOutOfMemoryIsSaid() throws {
        let id = try world.run(
            "-m", "16m", "busybox", "sh", "-c", "x=a; while true; do x=$x$x$x; done")
        _ = world.ctl("wait", id)
        let inspected = try #require(try world.inspect(id))
        #expect(inspected["oomKilled"] as? Bool == true || inspected["oom_killed"] as? Bool == true)
        let actions = try world.actions(of: id)
        #expect(actions.filter { $0 == "oom" }.count == 1, "\(actions)")
        #expect(actions.filter { $0 == "die" }.count == 1, "\(actions)")
    }

    // A054
    @Test func ofManyWhoWantANameOneGetsIt() throws {
        let children = (0..<8).map { _ in
            world.daemon.startCtl("create", "--name", "wanted", "busybox", "true")
        }
        let outputs = children.map { $0.finish() }
        let winners = outputs.filter { $0.status == 0 }
        #expect(winners.count == 1)
        let holder = try #require(winners.first).stdout.prefix(12)
        for loser in outputs where loser.status != 0 {
            #expect(loser.stderr.contains(holder), "\(loser)")
        }
        #expect(world.ctl("rm", "wanted").status == 0)
        #expect(world.ctl("create", "--name", "wanted", "busybox", "true").status == 0)
    }

    // A053
    @Test func aContainerRemovesItselfThoughItsClientIsDead() throws {
        let client = world.daemon.startCtl(
            "run", "--rm", "--name", "brief", "busybox", "sleep", "2")
        #expect(eventually { (try? self.world.state("brief")) == "running" })
        client.send(signal: SIGKILL)
        _ = client.finish()
        #expect(eventually { (try? self.world.state("brief")) == "gone" })
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    // A047
    @Test func execsJoinTheContainerAndHaveTheirOwnCodes() throws {
        let id = try world.run(
            "--name", "host", "-e", "A=1", "-w", "/tmp", "busybox", "sleep", "1000")
        let namespaces = "for n in mnt net pid ipc uts; do readlink /proc/$0/ns/$n; done"
        let own = world.ctl("exec", "host", "sh", "-c", namespaces, "self")
        let first = world.ctl("exec", "host", "sh", "-c", namespaces, "1")
        #expect(own.stdout == first.stdout)
        #expect(!own.stdout.isEmpty)
        #expect(world.ctl("exec", "host", "sh", "-c", "echo $A; pwd").stdout == "1\n/tmp\n")
        let both = (3...6).map { world.daemon.startCtl("exec", "host", "sh", "-c", "exit \($0)") }
        #expect(both.map { $0.finish().status } == [3, 4, 5, 6])
        #expect(world.ctl("exec", "-u", "1234", "host", "id", "-u").stdout == "1234\n")
        let deaths = try world.events().filter { $0.subject == id && $0.action == "exec_die" }
        #expect(Set(deaths.compactMap { $0.attributes["execID"] }).count == deaths.count)
        #expect(
            Set(deaths.compactMap { $0.attributes["exitCode"] }).isSuperset(of: [
                "3", "4", "5", "6",
            ]))
    }

    // A046
    @Test func severalClientsSeeTheSameOutput() throws {
        _ = try world.run(
            "--name", "talker", "busybox", "sh", "-c",
            "while ! [ -e /go ]; do sleep 0.05; done; for i in 1 2 3; do echo $i; done")
        let watchers = (0..<2).map { _ in world.daemon.startCtl("attach", "talker") }
        #expect(
            eventually {
                ((try? self.world.events()) ?? []).filter { $0.action == "attach" }.count == 2
            })
        // The container may end, and this process with it, before it has ended by itself.
        world.ctl("exec", "talker", "touch", "/go")
        for watcher in watchers { #expect(watcher.finish().stdout == "1\n2\n3\n") }
    }

    // A022
    @Test func bytesPassThroughUnchanged() throws {
        let bytes = (0..<3_000_000).map { _ in UInt8.random(in: 0...255) }
        let output = world.daemon.ctl(["run", "--rm", "-i", "busybox", "cat"], input: bytes)
        #expect(output.status == 0)
        // The difference of so much would take hours to show.
        let isWhole = output.stdoutBytes == bytes
        #expect(isWhole, "\(output.stdoutBytes.count) bytes of \(bytes.count)")
    }

    @Test func logsAreCompleteWhileItRunsAndAfterwards() throws {
        let id = try world.run(
            "busybox", "sh", "-c", "for i in $(seq 2000); do echo $i; done; echo end >&2")
        let follower = world.daemon.startCtl("logs", "-f", id)
        let expected = (1...2000).map { "\($0)\n" }.joined()
        let followed = follower.finish()
        #expect(followed.stdout == expected)
        #expect(followed.stderr == "end\n")
        #expect(world.ctl("logs", id).stdout == expected)
        #expect(world.ctl("logs", "--tail", "3", id).stdout == "1999\n2000\n")
        world.daemon.kill()
        world.daemon.restart()
        #expect(world.ctl("logs", id).stdout == expected)
    }

    // A009 A010
    @Test(.needs("runc")) func anyRuntimeRunsTheBundle() throws {
        let created = world.ctl(
            "create", "--name", "portable", "busybox", "sh", "-c", "echo $HOSTNAME; id -u; pwd")
        try #require(created.status == 0, "\(created)")
        let container = try #require(try world.inspect("portable"))
        let bundle = try #require(container["bundle"] as? String)
        let id = try #require(container["id"] as? String)
        let lower = try #require(
            (container["lower_directories"] ?? container["lowerDirectories"]) as? [String])
        let upper = try #require(
            (container["upper_directory"] ?? container["upperDirectory"]) as? String)
        let work = try #require(
            (container["work_directory"] ?? container["workDirectory"]) as? String)
        let options = "lowerdir=\(lower.joined(separator: ":")),upperdir=\(upper),workdir=\(work)"
        #expect(
            Command.run(
                "mount", ["-t", "overlay", "overlay", "-o", options, bundle + "/rootfs"]
            ).status == 0)
        defer { _ = Command.run("umount", [bundle + "/rootfs"]) }
        let state = world.daemon.directory.directory("runtimes")
        let outputs = [("runc", "/usr/sbin/runc"), ("apus", Programs.runtime)].map {
            name, program in
            Command.run(program, ["--root", "\(state)/\(name)", "run", "-b", bundle, "\(name)-x"])
        }
        for output in outputs {
            #expect(output.status == 0, "\(output)")
            #expect(output.stdout == "\(id.prefix(12))\n0\n/\n")
        }
    }

    // D12
    @Test(.needs("runc"), .needs("containerd-shim-runc-v2"))
    func otherShimsAndRuntimesDoTheSame() throws {
        let matrix: [(String, String)] = [
            ("/usr/bin/containerd-shim-runc-v2", "/usr/sbin/runc"),
            ("/usr/bin/containerd-shim-runc-v2", Programs.runtime),
            (Programs.shim, "/usr/sbin/runc"),
        ]
        for (shim, runtime) in matrix {
            let other = ManagerWorld(["--shim", shim, "--runtime", runtime])
            let run = other.daemon.ctl(
                ["run", "--rm", "-i", "busybox", "sh", "-c", "cat; echo err >&2; exit 7"],
                input: Array("through\n".utf8))
            #expect(run.status == 7, "\(shim) over \(runtime): \(run)")
            #expect(run.stdout == "through\n")
            #expect(run.stderr == "err\n")
            _ = try other.run("--name", "other", "busybox", "sh", "-c", "echo 1; sleep 1000")
            #expect(eventually { other.ctl("logs", "other").stdout == "1\n" })
            other.daemon.kill()
            other.daemon.restart()
            #expect(other.ctl("exec", "other", "echo", "still").stdout == "still\n")
            #expect(other.ctl("rm", "-f", "other").status == 0)
            #expect(other.leftovers().isEmpty, "\(other.leftovers())")
        }
    }
}
