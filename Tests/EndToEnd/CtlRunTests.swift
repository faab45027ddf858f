import Foundation
import TestSupport
import Testing

/// `apusctl run` and `exec`, as docker's users know them.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class CtlRunTests {
    private let daemon = Daemon()

    init() { daemon.importBusybox() }

    deinit { daemon.directory.remove() }

    private func inspect(_ name: String) throws -> [String: Any] {
        let document = try JSONSerialization.jsonObject(
            with: Data(daemon.ctl("inspect", name).stdoutBytes))
        return try #require((document as? [[String: Any]])?.first)
    }

    /// No container, no file tree of one, no bundle.
    private func expectNothingLeft() {
        #expect(daemon.ctl("ps", "-aq").stdout == "")
        #expect(!daemon.ctl("snapshots", "ls").stdout.contains("active"))
        let bundles = try? FileManager.default.contentsOfDirectory(
            atPath: daemon.state + "/bundles")
        #expect(bundles ?? [] == [])
    }

    @Test func theExitCodeIsTheCommands() {
        for code: Int32 in [0, 7, 255] {
            #expect(daemon.ctl("run", "--rm", "busybox", "sh", "-c", "exit \(code)").status == code)
        }
        expectNothingLeft()
    }

    @Test func stdoutAndStderrStayApart() {
        let output = daemon.ctl("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2")
        #expect(output.stdout == "out\n" && output.stderr == "err\n")
    }

    @Test func nothingIsLostAtTheEnd() {
        let output = daemon.ctl("run", "--rm", "busybox", "seq", "1", "200000")
        #expect(output.status == 0)
        #expect(output.stdout == (1...200_000).map { "\($0)\n" }.joined())
    }

    // A052
    @Test func stdinIsCarriedOverByteForByteWithItsEnd() {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let output = daemon.ctl("run", "--rm", "-i", "busybox", "cat", input: bytes)
        #expect(output.status == 0 && output.stderr == "")
        // The difference of so much would take hours to show.
        let isWhole = output.stdoutBytes == bytes
        #expect(isWhole, "\(output.stdoutBytes.count) bytes of \(bytes.count)")
    }

    // A052
    @Test func withoutInteractiveStdinIsEmpty() {
        let output = daemon.ctl("run", "--rm", "busybox", "cat", input: Array("hi\n".utf8))
        #expect(output.status == 0 && output.stdout == "")
    }

    @Test func aClosedStdoutEndsTheClientQuietly() {
        let output = Command.shell(
            "'\(Programs.ctl)' --address '\(daemon.socket)' run --rm busybox seq 1 100000 | head -n 1"
        )
        #expect(output.status == 0 && output.stdout == "1\n" && output.stderr == "")
        // The container goes its own way.
        #expect(eventually { daemon.ctl("ps", "-aq").stdout.isEmpty })
    }

    @Test func signalsAreForwarded() {
        let client = daemon.startCtl(
            "run", "--rm", "busybox", "sh", "-c",
            "trap 'exit 42' TERM; trap 'exit 43' INT; echo ready; while :; do sleep 0.05; done")
        #expect(client.waits { $0.stdout.contains("ready") }, "\(client.output)")
        client.send(signal: SIGTERM)
        #expect(client.finish().status == 42)
    }

    // A051
    @Test func detachedItPrintsTheIdAndRunsOn() throws {
        let output = daemon.ctl("run", "-d", "--name", "bg", "busybox", "sleep", "1000")
        let id = output.stdout.trimmingCharacters(in: .newlines)
        #expect(output.status == 0 && id.count == 64)
        #expect(try inspect("bg")["id"] as? String == id)
        #expect(try inspect("bg")["status"] as? String == "running")
        #expect(daemon.ctl("ps", "-q", "--no-trunc").stdout == id + "\n")
    }

    // A023
    @Test func itOutlivesTheShellItWasStartedFrom() {
        let shell = Child(
            "/bin/sh",
            [
                "-c",
                "'\(Programs.ctl)' --address '\(daemon.socket)' run -d --name bg busybox "
                    + "sh -c 'while :; do echo tick; sleep 0.02; done'; sleep 1000",
            ])
        #expect(shell.waits { $0.stdout.count >= 64 }, "\(shell.output)")
        shell.send(signal: SIGHUP)
        shell.send(signal: SIGKILL)
        _ = shell.finish()
        let before = daemon.ctl("logs", "bg").stdout.count
        #expect(eventually { daemon.ctl("logs", "bg").stdout.count > before })
    }

    // A051 A058
    @Test func aProgramThatDoesNotExistLeavesNothing() {
        for flags in [[], ["-d"], ["--rm"]] {
            let output = daemon.ctl(["run"] + flags + ["busybox", "bash"])
            #expect(output.status == 127)
            #expect(output.stdout == "")
            #expect(
                output.stderr.contains("exec: \"bash\": executable file not found in $PATH"),
                "\(output)")
            #expect(output.stderr.filter { $0 == "\n" }.count == 1)
            expectNothingLeft()
        }
    }

    // A058
    @Test func aProgramThatCannotBeExecutedGives126() {
        let output = daemon.ctl("run", "--rm", "busybox", "/etc")
        #expect(output.status == 126, "\(output)")
        expectNothingLeft()
    }

    // A053
    @Test func withRmItGoesAlsoWhenTheClientIsKilled() {
        let client = daemon.startCtl(
            "run", "--rm", "--name", "gone", "busybox", "sh", "-c", "echo ready; sleep 0.3")
        #expect(client.waits { $0.stdout.contains("ready") }, "\(client.output)")
        client.send(signal: SIGKILL)
        _ = client.finish()
        #expect(eventually { daemon.ctl("ps", "-aq").stdout.isEmpty })
        expectNothingLeft()
    }

    // A054
    @Test func aNameIsTakenOnceAndWorksLikeAnId() throws {
        #expect(daemon.ctl("run", "-d", "--name", "one", "busybox", "sleep", "1000").status == 0)
        let again = daemon.ctl("run", "-d", "--name", "one", "busybox", "true")
        let holder = try #require(try inspect("one")["id"] as? String)
        #expect(again.status == 125 && again.stderr.contains("one"))
        #expect(again.stderr.contains(holder.prefix(12)), "\(again)")
        #expect(daemon.ctl("exec", String(holder.prefix(10)), "true").status == 0)
        #expect(daemon.ctl("rm", "-f", "one").stdout == "one\n")
        expectNothingLeft()
    }

    // A054
    @Test func ofManyWhoWantANameExactlyOneGetsIt() {
        let clients = (0..<8).map { _ in
            daemon.startCtl("create", "--name", "wanted", "busybox", "true")
        }
        #expect(clients.map { $0.finish().status }.filter { $0 == 0 }.count == 1)
        #expect(daemon.ctl("ps", "-aq").stdout.filter { $0 == "\n" }.count == 1)
    }

    // A055
    @Test func labelsAreKeptAndFiltered() throws {
        for (name, label) in [("a", "role=web"), ("b", "role=db")] {
            let made = daemon.ctl("create", "--name", name + "-x", "--label", label, "busybox")
            #expect(made.status == 0, "\(made)")
        }
        let listed = daemon.ctl("ps", "-a", "--filter", "label=role=web", "--format", "json")
        #expect(listed.stdout.contains("\"a-x\"") && !listed.stdout.contains("\"b-x\""))
        let labels = (try inspect("b-x")["spec"] as? [String: Any])?["labels"] as? [String: String]
        #expect(labels == ["role": "db"])
    }

    // A056
    @Test func theEnvironmentIsTheImagesThenOurs() {
        let output = Command.run(
            Programs.ctl,
            [
                "--address", daemon.socket, "run", "--rm", "-e", "A=1", "-eB=x=y", "-e",
                "FROM_HERE",
                "-e", "MISSING", "-e", "A=2", "busybox", "env",
            ], environment: ["FROM_HERE": "yes", "PATH": "/usr/bin:/bin"])
        let lines = output.stdout.split(separator: "\n").map(String.init)
        for line in ["A=2", "B=x=y", "FROM_HERE=yes", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"] {
            #expect(lines.contains(line), "\(line) in \(output)")
        }
        #expect(!lines.contains("A=1") && !lines.contains { $0.hasPrefix("MISSING") })
    }

    // A057
    @Test func wordsBehindTheImageReplaceItsCommandOnly() {
        let layout = TestImage.busybox(in: daemon.directory)
        let combinations = [
            ("ec", "--config.entrypoint echo --config.entrypoint e --config.cmd c"),
            ("e", "--config.entrypoint echo --config.entrypoint e --clear config.cmd"),
            ("c", "--config.cmd echo --config.cmd c"),
        ]
        for (tag, config) in combinations {
            let made = Command.shell(
                """
                set -e; cp -r '\(layout)' '\(layout)-\(tag)'
                reference=$(umoci ls --layout '\(layout)-\(tag)' | head -n 1)
                umoci config --image '\(layout)-\(tag)':"$reference" \(config)
                """)
            #expect(made.status == 0, "\(made)")
            let imported = daemon.ctl("import", "--name", "combo-\(tag)", layout + "-" + tag)
            #expect(imported.status == 0, "\(imported)")
        }
        #expect(run("combo-ec") == "e c\n" && run("combo-ec", "x", "y") == "e x y\n")
        #expect(run("combo-e") == "e\n" && run("combo-e", "x") == "e x\n")
        #expect(run("combo-c") == "c\n" && run("combo-c", "echo", "x") == "x\n")
        #expect(run("--entrypoint", "echo", "combo-ec") == "\n")
        #expect(run("--entrypoint", "echo", "combo-ec", "z") == "z\n")
        #expect(run("--entrypoint", "", "combo-ec", "echo", "w") == "w\n")
    }

    private func run(_ words: String...) -> String {
        let output = daemon.ctl(["run", "--rm"] + words)
        return output.status == 0 ? output.stdout : "\(output)"
    }

    // A047
    @Test func execJoinsTheContainerWithItsOwnStreamsAndExitCode() {
        #expect(daemon.ctl("run", "-d", "--name", "host", "busybox", "sleep", "1000").status == 0)
        let spaces = ["mnt", "uts", "ipc", "net", "pid", "cgroup", "user"]
        for space in spaces {
            let own = daemon.ctl("exec", "host", "readlink", "/proc/self/ns/\(space)").stdout
            let first = daemon.ctl("exec", "host", "readlink", "/proc/1/ns/\(space)").stdout
            #expect(!own.isEmpty && own == first, "\(space)")
        }
        let failing = daemon.ctl("exec", "host", "sh", "-c", "echo out; echo err >&2; exit 9")
        #expect(failing.status == 9 && failing.stdout == "out\n" && failing.stderr == "err\n")
        let fed = daemon.ctl("exec", "-i", "host", "cat", input: Array("abc".utf8))
        #expect(fed.stdout == "abc")
        let placed = daemon.ctl(
            "exec", "-w", "/tmp", "-e", "A=1", "host", "sh", "-c", "pwd; echo $A")
        #expect(placed.stdout == "/tmp\n1\n")
        let missing = daemon.ctl("exec", "host", "no-such-program")
        #expect(missing.status == 127, "\(missing)")
    }

    // A047
    @Test func severalExecsRunAtATimeAndAfterARestartOfTheManager() {
        #expect(daemon.ctl("run", "-d", "--name", "host", "busybox", "sleep", "1000").status == 0)
        let clients = (0..<6).map { number in
            daemon.startCtl("exec", "host", "sh", "-c", "sleep 0.1; exit \(number)")
        }
        #expect(clients.map { $0.finish().status } == [0, 1, 2, 3, 4, 5])
        daemon.kill()
        daemon.restart()
        #expect(daemon.ctl("exec", "host", "cat", "/proc/1/comm").stdout == "sleep\n")
    }

    // A047
    @Test func aDetachedExecRunsOn() {
        #expect(daemon.ctl("run", "-d", "--name", "host", "busybox", "sleep", "1000").status == 0)
        let exec = daemon.ctl("exec", "-d", "host", "sh", "-c", "sleep 0.1; touch /tmp/done")
        #expect(exec.status == 0 && exec.stdout.count > 12)
        #expect(eventually { daemon.ctl("exec", "host", "test", "-e", "/tmp/done").status == 0 })
    }

    // A029
    @Test func anInitReapsForwardsSignalsAndEndsAsTheProgramDoes() throws {
        let output = daemon.ctl(
            "run", "--rm", "--init", "busybox", "sh", "-c",
            "tr '\\0' ' ' </proc/1/cmdline; echo; exit 5")
        #expect(output.status == 5, "\(output)")
        #expect(output.stdout.hasPrefix("/dev/apus-init -- sh -c "), "\(output)")
        // A program that does not mind signals as pid 1 would ignore this one for ever.
        let started = daemon.ctl(
            "run", "-d", "--init", "--name", "sleeper", "busybox", "sleep", "1000")
        #expect(started.status == 0, "\(started)")
        // An orphan ends, and nobody but the first process can have waited for it.
        let orphan = daemon.ctl(
            "exec", "sleeper", "sh", "-c", "(sleep 0.01 & echo $! >/tmp/orphan)")
        #expect(orphan.status == 0, "\(orphan)")
        #expect(
            eventually {
                daemon.ctl(
                    "exec", "sleeper", "sh", "-c", "[ ! -e /proc/$(cat /tmp/orphan) ]"
                ).status == 0
            })
        #expect(daemon.ctl("kill", "-s", "TERM", "sleeper").status == 0)
        #expect(daemon.ctl("wait", "sleeper").stdout.contains("143"))
        let missing = daemon.ctl("run", "--rm", "--init", "busybox", "no-such-program")
        #expect(missing.status == 127, "\(missing)")
        // The copy cannot be written to, whoever one is in there.
        let attack = daemon.ctl(
            "run", "--rm", "--init", "busybox", "sh", "-c", "echo x >/dev/apus-init")
        #expect(attack.status != 0 && attack.stderr.contains("ead-only"), "\(attack)")
    }

    // A046
    @Test func allAttachersSeeWhatComes() {
        let started = daemon.ctl(
            "run", "-di", "--name", "echo", "busybox", "sh", "-c",
            "echo early; while read line; do echo got $line; done")
        #expect(started.status == 0, "\(started)")
        #expect(eventually { daemon.ctl("logs", "echo").stdout == "early\n" })
        let first = daemon.startCtl("attach", "echo", stdin: .pipe)
        let second = daemon.startCtl("attach", "--no-stdin", "echo")
        // Each line reaches whoever is there; both are, once both have seen one.
        #expect(
            eventually {
                first.write(Array("a\n".utf8))
                return first.output.stdout.contains("got a")
                    && second.output.stdout.contains("got a")
            }, "\(first.output) \(second.output)")
        #expect(!second.output.stdout.contains("early"))
        #expect(daemon.ctl("stop", "-t", "0", "echo").status == 0)
        #expect(first.finish().status == 137)
        #expect(second.finish().status == 137)
    }

    @Test func theTimelineGoesThroughAllFourPrograms() {
        let output = daemon.ctl("run", "--rm", "--timeline", "busybox", "true")
        #expect(output.status == 0)
        let programs = Set(
            output.stderr.split(separator: "\n").dropFirst().compactMap {
                $0.split(separator: " ").first.map(String.init)
            })
        #expect(programs == ["apusctl", "apusd", "apus-shim", "apus-runtime"], "\(output)")
    }

    @Test func logsAreCutByTailAndTime() throws {
        let made = daemon.ctl(
            "run", "--name", "talk", "busybox", "sh", "-c", "seq 1 5; echo bad >&2")
        #expect(made.status == 0)
        #expect(daemon.ctl("logs", "--tail", "2", "talk").stdout == "5\n")
        let all = daemon.ctl("logs", "talk")
        #expect(all.stdout == "1\n2\n3\n4\n5\n" && all.stderr == "bad\n")
        #expect(daemon.ctl("logs", "--until", "1h", "talk").stdout == "")
        #expect(daemon.ctl("logs", "--since", "1h", "talk").stdout == all.stdout)
        let stamped = daemon.ctl("logs", "-t", "--tail", "all", "talk").stdout
        let stamp = try #require(stamped.split(separator: " ").first)
        #expect(stamp.hasSuffix("Z") && stamp.contains("T"))
        #expect(daemon.ctl("rm", "talk").status == 0)
    }

    @Test func aFollowedLogEndsWithTheContainer() {
        let started = daemon.ctl(
            "run", "-d", "--name", "follow", "busybox", "sh", "-c",
            "for i in $(seq 1 20); do echo $i; sleep 0.01; done")
        #expect(started.status == 0)
        let followed = daemon.ctl("logs", "-f", "follow")
        #expect(followed.status == 0)
        #expect(followed.stdout == (1...20).map { "\($0)\n" }.joined())
        #expect(daemon.ctl("wait", "follow").stdout == "0\n")
    }

    @Test func aPausedContainerStandsStill() throws {
        #expect(daemon.ctl("run", "-d", "--name", "still", "busybox", "sleep", "1000").status == 0)
        #expect(daemon.ctl("pause", "still").stdout == "still\n")
        #expect(daemon.ctl("ps").stdout.contains("(Paused)"))
        #expect(daemon.ctl("exec", "still", "true").status == 125)
        #expect(daemon.ctl("unpause", "still").status == 0)
        #expect(daemon.ctl("exec", "still", "true").status == 0)
        #expect(daemon.ctl("top", "still").stdout.hasPrefix("PID"))
    }
}
