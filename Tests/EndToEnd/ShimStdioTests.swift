import AsyncRPC
import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// Standard streams: nothing is lost, nothing is changed, and nobody who is slow stops a container.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimStdioTests {
    private func logLines(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            let object = try JSONSerialization.jsonObject(with: Data($0.utf8))
            return try #require(object as? [String: Any])
        }
    }

    // A022
    @Test(arguments: OCIRuntime.allCases) func tenMegabytesOfRandomBytesComeBackUnchanged(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["cat"], runtime: runtime.program)
        defer { harness.remove() }
        _ = try await harness.create(stdin: "attach:", stdout: "attach:")
        let attachment = try await harness.attach()
        try await harness.start()
        let sent = randomBytes(10_000_000)
        for start in stride(from: 0, to: sent.count, by: 1 << 20) {
            try await harness.write(Array(sent[start..<min(start + 1 << 20, sent.count)]))
        }
        try await harness.closeInput()
        let received = try await attachment.all()
        #expect(received.stdout == sent)
        #expect(received.stderr.isEmpty)
        #expect(try await harness.wait() == 0)
        try await harness.delete()
    }

    // A022
    @Test func stderrIsKeptApartFromStdout() async throws {
        let harness = try await ShimHarness(["sh", "-c", "echo out; echo err >&2"])
        defer { harness.remove() }
        _ = try await harness.create(stdout: "attach:")
        try await harness.start()
        _ = try await harness.wait()
        // Nobody was attached; the first who comes gets what was kept.
        let output = try await harness.attach().all()
        #expect(output.stdoutText == "out\n")
        #expect(output.stderrText == "err\n")
    }

    // A022 A052
    @Test func aProcessThatClosesItsInputEarlyDoesNotHangItsWriter() async throws {
        let harness = try await ShimHarness(["head", "-c", "3"])
        defer { harness.remove() }
        _ = try await harness.create(stdin: "attach:", stdout: "attach:")
        let attachment = try await harness.attach()
        try await harness.start()
        try await harness.write(Array("abcdef".utf8))
        #expect(try await harness.wait() == 0)
        #expect(try await attachment.all().stdoutText == "abc")
        await #expect(throws: RPCError.self) { try await harness.write(randomBytes(1 << 20)) }
        try await harness.delete()
    }

    // A046
    @Test func severalAttachersGetTheSameAndASlowOneLosesNothing() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "read x; dd if=/dev/zero bs=1024 count=8192 2>/dev/null | tr '\\0' x",
        ])
        defer { harness.remove() }
        let log = harness.directory.file("log.json")
        _ = try await harness.create(stdin: "attach:", stdout: "json-file://" + log)
        let quick = try await harness.attach()
        let lazy = try await RPCClient.connect(to: harness.socket)
        let stream = try await lazy.stream(
            ShimAPI.StdioService.attach, .init(id: harness.id))
        try await harness.start()
        try await harness.write([10])
        // The process ends though one of its readers has not read a byte.
        #expect(try await harness.wait() == 0)
        #expect(try await quick.all().stdout.count == 8 << 20)
        #expect(try await Attachment(stream).all().stdout.count == 8 << 20)
        try await harness.delete()
    }

    // A046
    @Test func aLateAttacherSeesOnlyWhatComesLater() async throws {
        let harness = try await ShimHarness(["sh", "-c", "echo early; read x; echo late"])
        defer { harness.remove() }
        let log = harness.directory.file("log.json")
        _ = try await harness.create(stdin: "attach:", stdout: "json-file://" + log)
        let first = try await harness.attach()
        try await harness.start()
        #expect(await comesTrue { first.output.stdoutText == "early\n" })
        let second = try await harness.attach()
        try await harness.write([10])
        #expect(try await second.all().stdoutText == "late\n")
        #expect(try await first.all().stdoutText == "early\nlate\n")
    }

    // A025
    @Test func theLogIsInDockersFormat() async throws {
        let script =
            "echo hello; echo '<a>&\"\\'; printf '\\377\\t\\r\\n'; echo problem >&2; printf tail"
        let harness = try await ShimHarness(["sh", "-c", script])
        defer { harness.remove() }
        let path = harness.directory.file("logs/c1-json.log")
        #expect(try await harness.run(stdout: "json-file://" + path) == 0)
        try await harness.delete()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(
            lines.contains {
                $0.hasPrefix("{\"log\":\"hello\\n\",\"stream\":\"stdout\",\"time\":\"2")
            })
        #expect(text.contains("{\"log\":\"\\u003ca\\u003e\\u0026\\\"\\\\\\n\""))
        #expect(text.contains("{\"log\":\"\\ufffd\\u0009\\r\\n\""))
        let parsed = try logLines(path)
        #expect(parsed.contains { $0["log"] as? String == "tail" })
        #expect(
            parsed.contains {
                $0["log"] as? String == "problem\n" && $0["stream"] as? String == "stderr"
            })
        let format = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,8}[1-9]|\.[1-9])?Z$/
        for line in parsed { #expect((line["time"] as? String)?.contains(format) == true) }
    }

    // A025
    @Test func longLinesAreCutAt16KiBAndRotationKeepsEveryLine() async throws {
        let script = """
            dd if=/dev/zero bs=40000 count=1 2>/dev/null | tr '\\0' y; echo
            i=0; while [ $i -lt 2000 ]; do echo line-$i; i=$((i+1)); done
            """
        let harness = try await ShimHarness(["sh", "-c", script])
        defer { harness.remove() }
        let path = harness.directory.file("c1.log")
        #expect(
            try await harness.run(stdout: "json-file://\(path)?max-size=64k&max-file=9") == 0)
        try await harness.delete()
        var files: [String] = []
        for number in (1...8).reversed()
        where FileManager.default.fileExists(atPath: "\(path).\(number)") {
            files.append("\(path).\(number)")
        }
        #expect(!files.isEmpty)
        files.append(path)
        var lines: [String] = []
        for file in files {
            #expect(try FileStatus(path: file).size <= 64 << 10)
            lines += try logLines(file).compactMap { $0["log"] as? String }
        }
        #expect(lines.first?.utf8.count == 16384)
        #expect(lines.prefix(3).joined() == String(repeating: "y", count: 40000) + "\n")
        #expect(lines.dropFirst(3).map { $0 } == (0..<2000).map { "line-\($0)\n" })
    }

    // A025
    @Test func aFullDiskStopsNobodyAndIsToldInTheLog() async throws {
        let harness = try await ShimHarness([
            "sh", "-c",
            "dd if=/dev/zero bs=1024 count=2048 2>/dev/null | tr '\\0' x; read y; echo after",
        ])
        defer { harness.remove() }
        let small = harness.directory.directory("small")
        let mounted = Command.run("/bin/mount", ["-t", "tmpfs", "-o", "size=256k", "x", small])
        try #require(mounted.status == 0)
        defer { _ = Command.run("/bin/umount", ["-l", small]) }
        _ = try await harness.create(stdin: "attach:", stdout: "json-file://\(small)/log.json")
        let attachment = try await harness.attach()
        try await harness.start()
        #expect(await comesTrue { attachment.output.stdout.count == 2 << 20 })
        #expect(
            Command.run("/bin/mount", ["-o", "remount,size=8m", small]).status == 0)
        try await harness.write([10])
        #expect(try await harness.wait() == 0)
        try await harness.delete()
        let lines = try logLines(small + "/log.json").compactMap { $0["log"] as? String }
        #expect(lines.contains { $0.contains("bytes of output were lost here") })
        #expect(lines.last == "after\n" || lines.last?.hasSuffix("after\n") == true)
    }

    // A025
    @Test func outputGoesToAFileWithoutAnyStderr() async throws {
        let harness = try await ShimHarness(["sh", "-c", "echo one; echo two >&2"])
        defer { harness.remove() }
        let path = harness.directory.file("deep/er/out.txt")
        #expect(try await harness.run(stdout: "file://" + path) == 0)
        try await harness.delete()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(Set(text.split(separator: "\n")) == ["one", "two"])
    }

    @Test func aLoggingProgramReadsBothStreams() async throws {
        let harness = try await ShimHarness(["sh", "-c", "echo one; echo two >&2"])
        defer { harness.remove() }
        let out = harness.directory.file("logged")
        let logger = harness.directory.write(
            "logger",
            """
            #!/bin/sh
            exec 5>&-
            cat <&3 >'\(out).out' &
            cat <&4 >'\(out).err'
            wait
            echo "$CONTAINER_ID $CONTAINER_NAMESPACE $*" >'\(out).env.new'
            mv '\(out).env.new' '\(out).env'
            """, mode: 0o755)
        #expect(try await harness.run(stdout: "binary://\(logger)?key=value") == 0)
        #expect(await comesTrue { FileManager.default.fileExists(atPath: out + ".env") })
        #expect(try String(contentsOfFile: out + ".out", encoding: .utf8) == "one\n")
        #expect(try String(contentsOfFile: out + ".err", encoding: .utf8) == "two\n")
        #expect(
            try String(contentsOfFile: out + ".env", encoding: .utf8) == "c1 test key value\n")
        try await harness.delete()
    }

    // A052 A063
    @Test(arguments: OCIRuntime.allCases) func aTerminalHasItsSizeAndBothDirections(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(
            ["sh", "-c", "read x; stty size; tty; echo got $x"], runtime: runtime.program
        ) {
            $0.edit("process.terminal", true)
        }
        defer { harness.remove() }
        _ = try await harness.create(stdin: "attach:", stdout: "attach:", terminal: true)
        let attachment = try await harness.attach()
        _ = try await harness.shim.call(
            TaskAPI.TaskService.resizePty, .init(id: harness.id, width: 132, height: 43),
            timeout: .seconds(10))
        try await harness.start()
        try await harness.write(Array("hello\n".utf8))
        #expect(try await harness.wait() == 0)
        let text = try await attachment.all().stdoutText
        #expect(text.contains("43 132\r\n"))
        #expect(text.contains("/dev/pts/0\r\n") || text.contains("/dev/console\r\n"))
        #expect(text.contains("got hello\r\n"))
        try await harness.delete()
    }

    // A063
    @Test(arguments: OCIRuntime.allCases) func anExecGetsATerminalOfItsOwn(
        _ runtime: OCIRuntime
    ) async throws {
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime.program)
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        try await harness.exec(
            "shell", ["sh"], stdin: "attach:", stdout: "attach:", terminal: true)
        let attachment = try await harness.attach("shell")
        try await harness.start("shell")
        try await harness.write(Array("echo $((6*7)); exit 5\n".utf8), exec: "shell")
        #expect(try await harness.wait("shell") == 5)
        #expect(try await attachment.all().stdoutText.contains("42\r\n"))
        try await harness.delete("shell")
    }

    // A022
    @Test func whatABackgroundProcessOfAnExecHoldsOpenEndsInTime() async throws {
        let harness = try await ShimHarness(["sleep", "1000"])
        defer { harness.remove() }
        _ = try await harness.create()
        try await harness.start()
        try await harness.exec(
            "e1", ["sh", "-c", "sleep 1000 & echo started"], stdout: "attach:")
        let attachment = try await harness.attach("e1")
        try await harness.start("e1")
        #expect(try await harness.wait("e1") == 0)
        #expect(try await attachment.all().stdoutText == "started\n")
        try await harness.delete("e1")
        #expect(try await harness.state().status == .running)
    }

    // A023
    @Test func aShimThatIsKilledDoesNotKillItsContainer() async throws {
        let harness = try await ShimHarness([
            "sh", "-c", "while true; do echo tick; sleep 0.01; done",
        ])
        defer { harness.remove() }
        let log = harness.directory.file("c.log")
        let pid = try await harness.create(stdout: "json-file://" + log)
        try await harness.start()
        #expect(await comesTrue { (try? FileStatus(path: log).size) ?? 0 > 1000 })
        Foundation.kill(try await harness.shimPid(), SIGKILL)
        // A write without a reader would be SIGPIPE; there is a reader, the process itself.
        let target = "/proc/\(pid)/fd/1"
        let reader = try openFile(target, O_RDONLY | O_NONBLOCK)
        var chunk = [UInt8](repeating: 0, count: 4096)
        #expect(await comesTrue { ((try? reader.read(into: &chunk)) ?? 0) > 0 })
        #expect(await comesTrue { ((try? reader.read(into: &chunk)) ?? 0) > 0 })
        #expect(Process.name(of: pid) == "sh")
    }
}
