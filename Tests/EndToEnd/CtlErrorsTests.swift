import Foundation
import TestSupport
import Testing

/// What apusctl says when something is wrong: one line, with what to try.
@Suite(.serialized)
struct CtlErrorsTests {
    private let directory = TemporaryDirectory("errors")

    private func ctl(_ arguments: String...) -> Output { Command.run(Programs.ctl, arguments) }

    private func expectOneLine(
        _ output: Output, _ parts: String..., status: Int32 = 125,
        at location: SourceLocation = #_sourceLocation
    ) {
        #expect(output.status == status, "\(output)", sourceLocation: location)
        #expect(output.stderr.hasPrefix("apusctl: "), "\(output)", sourceLocation: location)
        #expect(
            output.stderr.filter { $0 == "\n" }.count == 1, "\(output)", sourceLocation: location)
        for part in parts {
            #expect(output.stderr.contains(part), "\(part) in \(output)", sourceLocation: location)
        }
    }

    // A027
    @Test func aSocketThatIsNotThereIsNamed() {
        let path = directory.file("none.sock")
        expectOneLine(
            ctl("--address", path, "ps"), path, "no such file or directory", "is apusd running")
        directory.remove()
    }

    // A027
    @Test func aSocketThatNobodyListensOnIsNamed() {
        let path = directory.file("dead.sock")
        let made = Command.run(
            "/usr/bin/python3",
            ["-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path])
        #expect(made.status == 0)
        expectOneLine(ctl("--address", path, "ps"), path, "connection refused", "is apusd running")
        directory.remove()
    }

    // A027
    @Test func theAddressMayComeFromTheEnvironment() {
        let output = Command.run(Programs.ctl, ["ps"], environment: ["APUS_ADDRESS": "/nowhere"])
        expectOneLine(output, "/nowhere")
        directory.remove()
    }

    @Test func aPathTooLongForASocketIsNamed() {
        let path = "/" + String(repeating: "x", count: 200)
        expectOneLine(ctl("--address", path, "ps"), "file name too long")
        directory.remove()
    }

    // A028
    @Test func theClientsHalfOfTheVersionWorksWithTheManagerDown() throws {
        let text = ctl("--address", directory.file("x"), "version")
        expectOneLine(text, "is apusd running")
        for part in ["Client:", "Version:", "API version:", "Git commit:", "Built:", "OS/Arch:"] {
            #expect(text.stdout.contains(part))
        }
        let output = ctl("--address", directory.file("x"), "--format", "json", "version")
        let document =
            try JSONSerialization.jsonObject(with: Data(output.stdoutBytes)) as? [String: Any]
        let client = try #require(document?["client"] as? [String: Any])
        #expect(output.status != 0 && client["apiVersion"] as? String == "1.0")
        #expect(document?["manager"] is NSNull)
        directory.remove()
    }

    @Test(arguments: [
        ["run", "-cpu=.5", "busybox"], ["run", "--cpus", "half", "busybox"], ["run"], ["frob"],
        ["run", "-v", "x", "busybox"], ["run", "-m", "12q", "busybox"],
        ["logs", "--tail", "x", "c"],
        ["logs", "--since", "yesterday", "c"], ["run", "--detach-keys", "ctrl-1", "busybox"],
        ["run", "--network", "bridge", "busybox"], ["ps", "--filter", "color=red"], ["stop"],
        ["run", "-it", "busybox"],
    ])
    func aWrongCommandLineIsOneLineBeforeAnythingIsAsked(_ words: [String]) {
        let output = Command.run(Programs.ctl, ["--address", "/nowhere"] + words)
        expectOneLine(output)
        #expect(!output.stderr.contains("/nowhere"), "\(output)")
        directory.remove()
    }

    @Test func helpGoesToStdout() {
        for words in [
            ["--help"], ["run", "--help"], ["help", "exec"], ["content"], ["--version"],
        ] {
            let output = Command.run(Programs.ctl, words)
            #expect(output.status == 0 && output.stderr == "" && !output.stdout.isEmpty, "\(words)")
        }
        directory.remove()
    }
}

/// The same, beside a manager.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class CtlRefusalsTests {
    private let daemon = Daemon()

    deinit { daemon.directory.remove() }

    private func expectOneLine(
        _ output: Output, _ parts: String..., at location: SourceLocation = #_sourceLocation
    ) {
        #expect(output.status == 125, "\(output)", sourceLocation: location)
        #expect(output.stderr.hasPrefix("apusctl: cannot "), "\(output)", sourceLocation: location)
        #expect(
            output.stderr.filter { $0 == "\n" }.count == 1, "\(output)", sourceLocation: location)
        for part in parts {
            #expect(output.stderr.contains(part), "\(part) in \(output)", sourceLocation: location)
        }
    }

    @Test func whatIsNotThereIsNamedWithAHint() {
        expectOneLine(daemon.ctl("run", "nowhere"), "nowhere", "apusctl import")
        for words in [
            ["start", "x1"], ["stop", "x1"], ["kill", "x1"], ["rm", "x1"], ["exec", "x1", "true"],
            ["logs", "x1"], ["wait", "x1"], ["attach", "x1"], ["pause", "x1"], ["inspect", "x1"],
            ["rmi", "x1"], ["tag", "x1", "y1"], ["history", "x1"], ["top", "x1"],
        ] { expectOneLine(daemon.ctl(words), "x1") }
    }

    @Test func anImageThatCannotBeReadIsNamed() {
        expectOneLine(daemon.ctl("import", "/nowhere.tar"), "/nowhere.tar")
        let path = daemon.directory.write("noise.tar", String(repeating: "noise", count: 1000))
        expectOneLine(daemon.ctl("import", path), "noise.tar")
        #expect(daemon.ctl("content", "ls", "-q").stdout == "")
    }

    // A027
    @Test func anotherUserMayNotConnect() {
        let output = Command.run(
            "setpriv",
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", Programs.ctl, "--address",
                daemon.socket, "ps",
            ])
        expectOneLine(
            output, "connect to the manager at \(daemon.socket)", "permission denied", "root")
    }

    // A028
    @Test func theVersionNamesAllParts() throws {
        let output = daemon.ctl("version", "--format", "json")
        #expect(output.status == 0)
        let document =
            try JSONSerialization.jsonObject(with: Data(output.stdoutBytes)) as? [String: Any]
        let manager = try #require(document?["manager"] as? [String: Any])
        for key in [
            "version", "gitCommit", "buildTime", "platform", "apiVersion", "minimumApiVersion",
        ] { #expect((manager[key] as? String)?.isEmpty == false, "\(key)") }
        let components = try #require(manager["components"] as? [[String: Any]])
        #expect(components.count == 2)
        for component in components {
            #expect((component["version"] as? String)?.isEmpty == false, "\(component)")
            #expect((component["path"] as? String)?.hasPrefix("/") == true, "\(component)")
        }
    }

    // A027
    @Test func everyListIsOneJSONDocument() throws {
        daemon.importBusybox()
        #expect(daemon.ctl("create", "--name", "c1", "busybox").status == 0)
        for words in [
            ["ps", "-a"], ["images"], ["content", "ls"], ["content", "check"], ["snapshots", "ls"],
            ["snapshots", "tree"], ["inspect", "c1", "busybox"], ["history", "busybox"],
            ["rm", "c1"],
        ] {
            let output = daemon.ctl(["--format", "json"] + words)
            #expect(output.status == 0, "\(words) \(output)")
            let document = try JSONSerialization.jsonObject(with: Data(output.stdoutBytes))
            #expect((document as? [Any])?.isEmpty == false, "\(words) \(output)")
        }
    }

    @Test func severalThingsAreDoneWhereOneFails() {
        daemon.importBusybox()
        for name in ["a1", "b1"] {
            #expect(daemon.ctl("create", "--name", name, "busybox").status == 0)
        }
        let output = daemon.ctl("rm", "a1", "missing", "b1")
        #expect(output.stdout == "a1\nb1\n")
        expectOneLine(output, "missing")
    }
}
