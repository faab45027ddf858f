import Foundation
import TestSupport
import Testing

/// The chain manager, shim, runtime, process: who is whose parent, and who survives whom.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class ChainTests {
    private let daemon = Daemon()

    init() { daemon.importBusybox() }

    deinit { daemon.directory.remove() }

    /// Starts a container that sleeps; answers its id and its pid on the host.
    private func sleeper(_ name: String) throws -> (id: String, pid: Int32) {
        let run = daemon.ctl("run", "-d", "--name", name, "busybox", "sleep", "1000")
        try #require(run.status == 0, "\(run)")
        let inspected = daemon.ctl("--format", "json", "inspect", name)
        let document = try JSONSerialization.jsonObject(with: Data(inspected.stdoutBytes))
        let first = try #require(
            (document as? [[String: Any]])?.first ?? document as? [String: Any])
        let pid = try #require((first["pid"] as? NSNumber)?.int32Value)
        return (run.stdout.trimmingCharacters(in: .whitespacesAndNewlines), pid)
    }

    // A002 A018 A024
    @Test func aRunningContainerHasAShimForParentAndNoRuntimeBesideIt() throws {
        let (_, pid) = try sleeper("chain")
        let shim = try #require(Process.parent(of: pid))
        #expect(Process.name(of: shim) == "apus-shim")
        #expect(Process.parent(of: shim) == 1)
        #expect(!Process.all(under: daemon.directory.path).contains { $0.name == "apus-runtime" })
    }

    // A003 A024
    @Test func killingTheManagerKillsNeitherShimNorContainer() throws {
        let (_, pid) = try sleeper("survivor")
        let shim = try #require(Process.parent(of: pid))
        daemon.kill()
        #expect(Process.name(of: shim) == "apus-shim")
        #expect(Process.name(of: pid) == "sleep")
        daemon.restart()
        #expect(daemon.ctl("exec", "survivor", "true").status == 0)
    }

    // A006 A043
    @Test func oneRunPublishesItsEventsInOrder() throws {
        let run = daemon.ctl("run", "--rm", "--name", "once", "busybox", "true")
        try #require(run.status == 0, "\(run)")
        let seen = daemon.startCtl("--format", "json", "events", "--since", "1")
        #expect(seen.waits { $0.stdout.contains("\"destroy\"") }, "\(seen.output)")
        seen.send(signal: SIGKILL)
        let actions = seen.finish().stdout.split(separator: "\n").compactMap { line -> String? in
            let event = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return event?["type"] as? String == "container" ? event?["action"] as? String : nil
        }
        #expect(actions == ["create", "start", "die", "destroy"])
    }

    // A008 A018
    @Test func theRuntimeIsExecutedForEachOperation() throws {
        let wrapper = daemon.directory.write(
            "logging-runtime",
            "#!/bin/sh\necho \"$@\" >>'\(daemon.directory.file("argv"))'\nexec '\(Programs.runtime)' \"$@\"\n",
            mode: 0o755)
        let run = daemon.ctl(
            "run", "-d", "--name", "watched", "--runtime", wrapper, "busybox", "sleep", "1000")
        try #require(run.status == 0, "\(run)")
        #expect(daemon.ctl("exec", "watched", "true").status == 0)
        #expect(daemon.ctl("pause", "watched").status == 0)
        #expect(daemon.ctl("unpause", "watched").status == 0)
        #expect(daemon.ctl("kill", "watched").status == 0)
        #expect(daemon.ctl("wait", "watched").stdout.contains("137"))
        #expect(daemon.ctl("rm", "watched").status == 0)
        let verbs = ["create", "start", "exec", "pause", "resume", "kill", "delete"]
        let lines = try String(contentsOfFile: daemon.directory.file("argv"), encoding: .utf8)
        let called = lines.split(separator: "\n").compactMap { line in
            line.split(separator: " ").map(String.init).first { verbs.contains($0) }
        }
        for verb in verbs { #expect(called.contains(verb), "\(verb) in \(called)") }
    }

    // A009
    @Test(.needs("runc")) func theBundleRunsUnderAnyRuntime() throws {
        let run = daemon.ctl("run", "-d", "--name", "portable", "busybox", "sleep", "1000")
        try #require(run.status == 0, "\(run)")
        let bundles = daemon.state + "/bundles"
        let id = try #require(try FileManager.default.contentsOfDirectory(atPath: bundles).first)
        for runtime in [try #require(Programs.find("runc")), Programs.runtime] {
            let copy = daemon.directory.directory("copy-\((runtime as NSString).lastPathComponent)")
            var config = TestBundle.read("\(bundles)/\(id)/config.json")
            var process = config["process"] as! [String: Any]
            process["args"] = ["sh", "-c", "echo from the bundle; id -u"]
            process["terminal"] = false
            config["process"] = process
            var linux = config["linux"] as! [String: Any]
            linux["cgroupsPath"] = "/apus-test/portable-\(getpid())"
            config["linux"] = linux
            config["root"] = ["path": "\(bundles)/\(id)/rootfs"]
            try JSONSerialization.data(withJSONObject: config)
                .write(to: URL(fileURLWithPath: copy + "/config.json"))
            let output = Command.run(
                runtime, ["--root", daemon.directory.file("rt"), "run", "-b", copy, "portable"])
            #expect(output.stdout == "from the bundle\n0\n", "\(runtime): \(output)")
        }
        Command.shell("rmdir /sys/fs/cgroup/*/apus-test 2>/dev/null")
    }

    // A053
    @Test func nothingIsLeftOfAContainerThatWasRemoved() throws {
        let (id, _) = try sleeper("gone")
        #expect(daemon.ctl("rm", "-f", "gone").status == 0)
        #expect(
            eventually {
                Process.all(under: daemon.directory.path).allSatisfy { $0.name == "apusd" }
            })
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        #expect(!mounts.contains(id))
        let left = Command.shell("find '\(daemon.directory.path)' /sys/fs/cgroup -name '*\(id)*'")
        #expect(left.stdout.isEmpty, "\(left)")
    }
}
