import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// The command line that runc's callers know, and what ours adds to it.
@Suite(.needsRoot, .needs("busybox"))
struct RuntimeCommandLineTests {
    // A001
    @Test func everyVerbExplainsItself() {
        let runtime = RuntimeHarness()
        #expect(Command.run(runtime.program, ["--help"]).stdout.contains("OCI containers"))
        for verb in [
            "create", "run", "start", "state", "kill", "delete", "exec", "list", "ps", "pause",
            "resume", "update", "events", "spec", "features",
        ] {
            let output = Command.run(runtime.program, [verb, "--help"])
            #expect(output.status == 0)
            #expect(output.stdout.hasPrefix("apus-runtime \(verb): "), "\(output)")
            #expect(output.stderr.isEmpty)
        }
    }

    // A001 A021
    @Test func theVersionIsWhatCallersParse() throws {
        let runtime = RuntimeHarness()
        let link = runtime.directory.file("runc")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: runtime.program)
        for program in [runtime.program, link] {
            let output = Command.run(program, ["--version"])
            #expect(output.status == 0)
            let lines = output.stdout.split(separator: "\n")
            #expect(lines.first?.hasPrefix("apus-runtime version ") == true)
            let names = lines.dropFirst().map { $0.prefix { $0 != ":" } }
            #expect(names == ["commit", "spec", "libseccomp"])
        }
    }

    // A001
    @Test func itIsStaticAndNeedsNobody() {
        let output = Command.run("ldd", [RuntimeHarness.ours])
        #expect((output.stdout + output.stderr).contains("not a dynamic executable"))
    }

    // A017
    @Test func mistakesAreToldApart() {
        let runtime = RuntimeHarness()
        #expect(runtime.run("fly").status == 3)
        for (words, text) in [
            (["state"], "requires exactly 1 argument(s)"),
            (["state", "--wings", "x"], "flag provided but not defined: -wings"),
            (["create", "x", "--bundle"], "flag needs an argument: -bundle"),
            (["list", "--format", "xml"], "invalid format option \"xml\""),
        ] {
            let output = runtime.run(words)
            #expect(output.status == 1)
            #expect(output.stderr.contains(text), "\(output)")
            #expect(output.stdout.isEmpty)
        }
    }

    // A017
    @Test(.needs("runc")) func featuresSayAtLeastWhatRuncSays() throws {
        let output = RuntimeHarness().run("features")
        #expect(output.stderr.isEmpty)
        let ours = try #require(
            JSONSerialization.jsonObject(with: Data(output.stdoutBytes)) as? [String: Any])
        let runc = try #require(
            JSONSerialization.jsonObject(with: Data(Command.run("runc", ["features"]).stdoutBytes))
                as? [String: Any])
        #expect(Set(ours.keys).isSuperset(of: runc.keys))
        for key in ["hooks", "mountOptions"] {
            // There is nothing to mount again in a new mount namespace.
            let known = Set(ours[key] as? [String] ?? []).union(["remount"])
            #expect(known.isSuperset(of: runc[key] as? [String] ?? []), "\(key)")
        }
        let linux = ours["linux"] as? [String: Any]
        #expect((linux?["namespaces"] as? [String])?.contains("user") == true)
        let extensions = linux?["mountExtensions"] as? [String: [String: Bool]]
        #expect(extensions?["idmap"]?["enabled"] == true)
    }

    // A017
    @Test func specWritesAConfigurationThatEveryRuntimeRuns() throws {
        for program in RuntimeHarness.all {
            let runtime = RuntimeHarness(program)
            let bundle = runtime.directory.directory("bundle")
            TestRootfs.make(at: bundle + "/rootfs")
            let made = Command.run(RuntimeHarness.ours, ["spec"], directory: bundle)
            try #require(made.status == 0, "\(made)")
            var config = TestBundle.read(bundle + "/config.json")
            var process = config["process"] as! [String: Any]
            process["args"] = ["hostname"]
            process["terminal"] = false
            config["process"] = process
            try JSONSerialization.data(withJSONObject: config)
                .write(to: URL(fileURLWithPath: bundle + "/config.json"))
            let output = runtime.run("run", "-b", bundle, RuntimeHarness.id())
            #expect(output.stdout == "apus\n", "\(program): \(output)")
            let again = Command.run(RuntimeHarness.ours, ["spec", "--bundle", bundle])
            #expect(again.status == 1)
            #expect(again.stderr.contains("config.json: file exists"))
        }
    }

    /// The calls of containerd's shim under dockerd, one container's life, in their order.
    // A004 A008 A021
    @Test func theCallsOfContainerdAreUnderstood() throws {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        let process = runtime.directory.write(
            "runc-process1",
            #"{"user":{"uid":0,"gid":0},"args":["true"],"env":["PATH=/bin"],"cwd":"/"}"#)
        let global = ["--log", bundle.path + "/log.json", "--log-format", "json"]
        let calls: [(words: String, input: String)] = [
            ("create --bundle BUNDLE --pid-file BUNDLE/init.pid ID", ""),
            ("start ID", ""),
            ("exec --process \(process) --detach --pid-file BUNDLE/exec.pid ID", ""),
            ("pause ID", ""), ("resume ID", ""), ("ps --format json ID", ""),
            ("update --resources - ID", "{}"), ("state ID", ""), ("kill ID 9", ""),
        ]
        for call in calls {
            let output = runtime.run(
                global + words(call.words, bundle, id), input: Array(call.input.utf8))
            #expect(output.status == 0, "\(call.words): \(output)")
            #expect(output.stderr.isEmpty, "\(call.words)")
        }
        #expect(eventually { runtime.status(id) == "stopped" })
        for call in ["delete ID", "delete --force ID"] {
            let output = runtime.run(global + words(call, bundle, id))
            #expect(output.status == 0, "\(output)")
        }
        let pid = try String(contentsOfFile: bundle.path + "/init.pid", encoding: .utf8)
        #expect(Int32(pid) != nil)
    }

    private func words(_ call: String, _ bundle: TestBundle, _ id: String) -> [String] {
        call.split(separator: " ").map {
            $0 == "ID" ? id : $0.replacingOccurrences(of: "BUNDLE", with: bundle.path)
        }
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func aTerminalIsSentToTheConsoleSocket(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sh", "-c", "tty; read word; echo got $word") {
            $0.edit("process.terminal", true)
        }
        defer { runtime.remove(id) }
        let path = runtime.directory.file("console")
        let listener = try UnixSocket.listen(path)
        let made = runtime.run("create", "-b", bundle.path, "--console-socket", path, id)
        try #require(made.status == 0, "\(made)")
        let connection = try UnixSocket.accept(listener)
        var name = [UInt8](repeating: 0, count: 4096)
        let received = try UnixSocket.receive(into: &name, on: connection)
        try #require(received.descriptors.count == 1)
        let master = OwnedDescriptor(owning: received.descriptors[0])
        #expect(runtime.run("start", id).status == 0)
        try master.writeAll(Array("hello\n".utf8))
        var shown = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !shown.contains("got hello"), try master.poll(.readable, milliseconds: 20_000),
            let count = try? master.read(into: &chunk), count > 0
        {
            shown += String(decoding: chunk[..<count], as: UTF8.self)
        }
        #expect(shown.contains("/dev/pts/0"), "\(shown)")
        #expect(shown.contains("got hello"), "\(shown)")
    }

    // A017
    @Test(.needs("python3"), arguments: RuntimeHarness.all)
    func aForegroundTerminalIsCarriedThrough(program: String) throws {
        let runtime = RuntimeHarness(program)
        let bundle = runtime.bundle(
            "sh", "-c",
            "until stty size | grep '33 99'; do sleep 0.01; done; read word; echo got $word; exit 4"
        ) {
            $0.edit("process.terminal", true)
        }
        let script = runtime.directory.write(
            "terminal.py",
            """
            import fcntl, os, pty, struct, sys, termios
            pid, master = pty.fork()
            if pid == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
                os.execv(sys.argv[1], sys.argv[1:])
            shown, sent = b"", False
            while True:
                try:
                    chunk = os.read(master, 4096)
                except OSError:
                    break
                if not chunk:
                    break
                shown += chunk
                if b"33 99" in shown and not sent:
                    os.write(master, b"hello\\n")
                    sent = True
            sys.stdout.buffer.write(shown)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """)
        let output = Command.run(
            "python3",
            [
                script, program, "--root", runtime.root, "run", "-b", bundle.path,
                RuntimeHarness.id(),
            ])
        #expect(output.status == 4, "\(output)")
        #expect(output.stdout.contains("33 99"), "\(output)")
        #expect(output.stdout.contains("got hello"))
    }

    // A017
    @Test func aTerminalThatNobodyWouldOwnIsRefused() {
        let runtime = RuntimeHarness()
        let bundle = runtime.bundle("true") { $0.edit("process.terminal", true) }
        let output = runtime.run("create", "-b", bundle.path, RuntimeHarness.id())
        #expect(output.status == 1)
        #expect(output.stderr.contains("--console-socket"), "\(output)")
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func onlyPreservedDescriptorsReachTheContainer(program: String) {
        let runtime = RuntimeHarness(program)
        let bundle = runtime.bundle("sh", "-c", "cat <&3; test -e /proc/self/fd/4 || echo no 4")
        let file = runtime.directory.write("word", "inherited\n")
        let output = Command.shell(
            "exec 3<'\(file)' 4<'\(file)'; exec '\(program)' --root '\(runtime.root)' "
                + "run --preserve-fds 1 -b '\(bundle.path)' \(RuntimeHarness.id())")
        #expect(output.stdout == "inherited\nno 4\n", "\(output)")
    }

    // A017
    @Test func theReportTellsPhasesAndThePidfd() throws {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        let made = try report(runtime, "create", "-b", bundle.path, id)
        #expect(made.outcome.operation == "create")
        #expect(made.outcome.id == id)
        #expect(made.outcome.pid == runtime.pid(id))
        #expect(made.outcome.problem == nil)
        #expect(!made.outcome.phases.isEmpty)
        #expect(made.outcome.phases.allSatisfy { $0.program == "apus-runtime" && $0.startNS > 0 })
        try #require(made.descriptors.count == 1)
        let pidfd = Pidfd(OwnedDescriptor(owning: made.descriptors[0]))
        try pidfd.send(signal: SIGKILL)
        #expect(eventually { runtime.status(id) == "stopped" })

        let failed = try report(runtime, "start", "nobody")
        #expect(failed.outcome.problem?.cause == "container does not exist")
        #expect(failed.outcome.problem?.message.isEmpty == false)
        #expect(failed.descriptors.isEmpty)
    }

    /// Calls ours with a report socket and answers what came there.
    private func report(
        _ runtime: RuntimeHarness, _ arguments: String...
    ) throws -> (outcome: RuntimeAPI.Outcome, descriptors: [Int32]) {
        let script = runtime.directory.write(
            "report.py",
            """
            import array, os, socket, subprocess, sys
            ours, theirs = socket.socketpair()
            os.dup2(theirs.fileno(), 9)
            subprocess.run([sys.argv[1], "--root", sys.argv[2], "--report-fd", "9"] + sys.argv[4:], pass_fds=[9])
            data, rights, _, _ = ours.recvmsg(65536, 4096)
            to = socket.socket(socket.AF_UNIX)
            to.connect(sys.argv[3])
            to.sendmsg([data], [(l, t, d) for l, t, d in rights])
            """)
        let path = runtime.directory.file("report.\(RuntimeHarness.id())")
        let listener = try UnixSocket.listen(path)
        let output = Command.run(
            "python3", [script, runtime.program, runtime.root, path] + arguments)
        try #require(output.status == 0, "\(output)")
        let connection = try UnixSocket.accept(listener)
        var bytes = [UInt8](repeating: 0, count: 65536)
        let received = try UnixSocket.receive(into: &bytes, on: connection)
        // A frame's header is 10 bytes; its payload is ttrpc's request.
        let request = try Envelope.Request(serialized: Array(bytes[10..<received.count]))
        #expect(request.service == RuntimeAPI.ReportService.name)
        #expect(request.method == "Deliver")
        return (try RuntimeAPI.Outcome(serialized: request.payload), received.descriptors)
    }
}
