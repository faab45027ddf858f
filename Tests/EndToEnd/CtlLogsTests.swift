import Foundation
import TestSupport
import Testing

/// Where a container's log goes, and how much of it is kept: --log-driver and --log-opt.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .needs("gzip"), .serialized)
final class CtlLogsTests {
    private let world = ManagerWorld()

    private func files(_ pattern: String) -> [String] {
        Command.shell("find '\(world.daemon.directory.path)' -name '\(pattern)'").stdout
            .split(separator: "\n").map(String.init)
    }

    // A022
    @Test func rotatedAndCompressedFilesAreReadAsOneLog() throws {
        _ = try world.run(
            "--name", "talk", "--log-opt", "max-size=4k", "--log-opt", "max-file=100", "--log-opt",
            "compress=true", "busybox", "sh", "-c",
            "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line $i; done; exec sleep 1000")
        let wanted = (1...400).map { "line \($0)\n" }.joined()
        #expect(eventually { self.world.ctl("logs", "talk").stdout == wanted })
        #expect(eventually { self.files("log.json.*.gz").count > 3 })
        #expect(world.ctl("logs", "talk").stdout == wanted)
        #expect(
            world.ctl("logs", "--tail", "200", "talk").stdout
                == (201...400).map { "line \($0)\n" }.joined())
        #expect(world.ctl("rm", "-f", "talk").status == 0)
        #expect(files("log.json*") == [])
    }

    @Test func onlyTheNewestFilesAreKept() throws {
        _ = try world.run(
            "--name", "talk", "--log-opt", "max-size=1k", "--log-opt", "max-file=2", "busybox",
            "sh", "-c",
            "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done; exec sleep 1000")
        #expect(eventually { self.world.ctl("logs", "talk").stdout.hasSuffix("line 100\n") })
        #expect(files("log.json*").count == 2)
        #expect(!world.ctl("logs", "talk").stdout.contains("line 1\n"))
    }

    @Test func whatTheJournalHasIsReadThere() throws {
        let created = world.ctl(
            "create", "--name", "talk", "--log-driver", "journald", "--log-opt", "tag=web",
            "busybox", "sleep", "1000")
        #expect(created.status == 0, "\(created)")
        let refused = world.ctl("logs", "talk")
        #expect(refused.status != 0)
        #expect(refused.stderr.contains("journalctl CONTAINER_ID_FULL="), "\(refused)")
        #expect(files("log.json*") == [])
    }

    @Test func whatIsKeptNowhereIsSeenByWhoIsAttachedAlone() throws {
        let ran = world.ctl(
            "run", "--name", "talk", "--log-driver", "none", "busybox", "sh", "-c",
            "echo out; echo err >&2")
        #expect(ran.status == 0 && ran.stdout == "out\n" && ran.stderr == "err\n", "\(ran)")
        let refused = world.ctl("logs", "talk")
        #expect(refused.status != 0 && refused.stdout == "")
        #expect(
            refused.stderr.contains("the log driver none does not support reading"), "\(refused)")
        #expect(files("log.json*") == [])
    }

    @Test(arguments: [
        ["--log-driver", "none", "--log-opt", "max-size=1m"], ["--log-driver", "syslog"],
        ["--log-opt", "max-size=lots"], ["--log-opt", "colour=red"], ["--log-opt", "=x"],
    ])
    func whatNoLogHasIsRefused(options: [String]) {
        let refused = world.daemon.ctl(["run", "-d"] + options + ["busybox", "true"])
        #expect(refused.status == 125, "\(refused)")
        #expect(world.ctl("ps", "-aq").stdout == "")
    }
}
