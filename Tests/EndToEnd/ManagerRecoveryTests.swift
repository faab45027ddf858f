import Foundation
import TestSupport
import Testing

/// The manager dies, as by kill -9, at many places; the next one finds everything as it should be.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class ManagerRecoveryTests {
    private let world = ManagerWorld()

    // A026
    @Test(arguments: ["create.intent", "create.snapshot", "create.files"])
    func aCreationThatWasInterruptedNeverWas(place: String) throws {
        try world.crash(at: place, doing: "create", "--name", "half", "busybox", "true")
        #expect(try world.state("half") == "gone")
        #expect(world.leftovers().isEmpty, "\(world.leftovers())")
        #expect(world.ctl("run", "--rm", "--name", "half", "busybox", "true").status == 0)
    }

    // A026
    @Test func aCreationThatWasWrittenDownStands() throws {
        try world.crash(at: "create.done", doing: "create", "--name", "whole", "busybox", "true")
        #expect(try world.state("whole") == "created")
        #expect(world.ctl("start", "whole").status == 0)
        #expect(world.ctl("wait", "whole").stdout.contains("0"))
    }

    // A026
    @Test(arguments: [
        "start.intent", "start.bundle", "start.shim", "start.task", "start.program", "start.done",
    ])
    func aStartThatWasInterruptedIsUndoneOrCompleted(place: String) throws {
        let created = world.ctl(
            "create", "--name", "x", "busybox", "sh", "-c", "echo on; sleep 1000")
        let id = created.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        try world.crash(at: place, doing: "start", "x")
        let state = try world.state("x")
        let isLate = ["start.program", "start.done"].contains(place)
        #expect(state == (isLate ? "running" : "created"), "after \(place)")
        if state == "created" { #expect(world.ctl("start", "x").status == 0) }
        #expect(world.ctl("exec", "x", "echo", "here").stdout == "here\n")
        #expect(eventually { self.world.ctl("logs", "x").stdout == "on\n" })
        #expect(world.ctl("rm", "-f", "x").status == 0)
        let actions = try world.actions(of: id).filter { !$0.hasPrefix("exec") && $0 != "kill" }
        #expect(actions == ["create", "start", "die", "destroy"], "after \(place)")
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    // A026 A044
    @Test(arguments: ["exit.seen", "exit.recorded", "exit.task-deleted"])
    func anEndIsToldOnceWithItsCode(place: String) throws {
        let created = world.ctl("create", "--name", "x", "busybox", "sh", "-c", "echo last; exit 7")
        let id = created.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        try world.crash(at: place, doing: "start", "x")
        #expect(world.ctl("wait", "x").stdout.contains("7"))
        #expect(world.ctl("logs", "x").stdout == "last\n")
        #expect(eventually { (try? self.world.state("x")) == "stopped" })
        let deaths = try world.events().filter { $0.subject == id && $0.action == "die" }
        #expect(deaths.map { $0.attributes["exitCode"] } == ["7"], "after \(place)")
        #expect(world.ctl("start", "x").status == 0)
        #expect(world.ctl("wait", "x").stdout.contains("7"))
        #expect(world.ctl("rm", "x").status == 0)
        #expect(world.leftovers().isEmpty, "\(world.leftovers())")
    }

    // A026 A053
    @Test(arguments: [
        "start.intent", "start.shim", "start.task", "exit.recorded", "exit.task-deleted",
        "remove.intent", "remove.snapshot",
    ])
    func aContainerThatRemovesItselfDoesSoLater(place: String) throws {
        try world.crash(at: place, doing: "run", "--rm", "--name", "x", "busybox", "true")
        #expect(eventually { (try? self.world.state("x")) == "gone" }, "after \(place)")
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    // A026 A043
    @Test(arguments: ["remove.intent", "remove.shim", "remove.snapshot", "remove.done"])
    func aRemovalThatWasInterruptedIsCompleted(place: String) throws {
        let id = try world.run("--name", "x", "busybox", "sleep", "1000")
        try world.crash(at: place, doing: "rm", "-f", "x")
        #expect(try world.state("x") == "gone")
        #expect(world.leftovers().isEmpty, "\(world.leftovers())")
        #expect(try world.actions(of: id).filter { $0 == "destroy" }.count == 1)
    }

    // A025 A026
    @Test func aContainerGoesOnWhileTheManagerIsDead() throws {
        let id = try world.run(
            "--name", "counter", "busybox", "sh", "-c",
            "i=0; while true; do i=$((i+1)); echo $i; sleep 0.02; done")
        let pid = try world.pid("counter")
        for _ in 0..<3 {
            world.daemon.kill()
            world.daemon.restart()
            #expect(try world.pid("counter") == pid)
            #expect(world.ctl("exec", "counter", "true").status == 0)
        }
        #expect(world.ctl("pause", "counter").status == 0)
        world.daemon.kill()
        world.daemon.restart()
        #expect(try world.state("counter") == "paused")
        #expect(world.ctl("unpause", "counter").status == 0)
        #expect(world.ctl("stop", "-t", "0", "counter").status == 0)
        let lines = world.ctl("logs", "counter").stdout.split(separator: "\n").map(String.init)
        #expect(lines == (1...max(1, lines.count)).map(String.init))
        let started = try world.actions(of: id).filter { $0 == "start" }
        #expect(started.count == 1)
    }

    // A026
    @Test func anEndThatNobodySawIsReported() throws {
        let id = try world.run(
            "--name", "short", "busybox", "sh", "-c",
            "while ! [ -e /go ]; do sleep 0.05; done; exit 7")
        let upper = try #require(
            try world.inspect("short").flatMap {
                ($0["upper_directory"] ?? $0["upperDirectory"]) as? String
            })
        let pid = try world.pid("short")
        world.daemon.stop()
        try Data().write(to: URL(fileURLWithPath: "/proc/\(pid)/root/go"))
        #expect(eventually { Process.name(of: pid) != "sh" }, "\(upper)")
        world.daemon.restart()
        #expect(world.ctl("wait", "short").stdout.contains("7"))
        let deaths = try world.events().filter { $0.subject == id && $0.action == "die" }
        #expect(deaths.map { $0.attributes["exitCode"] } == ["7"])
    }

    // A026
    @Test func aStartWhoseShimStillWorksOnItIsUndone() throws {
        let slow = world.daemon.directory.slowRuntime(over: Programs.runtime)
        let client = world.daemon.startCtl(
            "run", "-d", "--name", "slow", "--runtime", slow, "busybox", "sleep", "1000")
        let bundles = world.daemon.state + "/bundles"
        #expect(
            eventually {
                let names = (try? FileManager.default.subpathsOfDirectory(atPath: bundles)) ?? []
                return names.contains { $0.hasSuffix("/shim.json") }
            })
        world.daemon.kill()
        _ = client.finish()
        world.daemon.restart()
        #expect(try world.state("slow") == "created")
        try must("start", "slow")
        try must("exec", "slow", "true")
        try must("rm", "-f", "slow")
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    private func must(_ arguments: String...) throws {
        let output = world.daemon.ctl(arguments)
        try #require(output.status == 0, "\(arguments): \(output.stderr)")
    }

    @Test func killingAtRandomMomentsLosesNothing() throws {
        for round in 0..<6 {
            let child = world.daemon.startCtl(
                "run", "-d", "--name", "r\(round)", "busybox", "sleep", "1000")
            usleep(UInt32.random(in: 0..<250_000))
            world.daemon.kill()
            _ = child.finish()
            world.daemon.restart()
            let state = try world.state("r\(round)")
            #expect(["gone", "created", "running"].contains(state))
            if state == "created" { try must("start", "r\(round)") }
            if state != "gone" {
                try must("exec", "r\(round)", "true")
                try must("rm", "-f", "r\(round)")
            }
        }
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }
}
