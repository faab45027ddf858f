import Foundation
import TestSupport
import Testing

/// What callers and people are told when something is wrong, and that nothing is left behind.
@Suite(.needsRoot, .needs("busybox"))
struct RuntimeErrorsTests {
    // A017
    @Test func aConfigurationThatMakesNoSenseIsRefusedWithThePathOfTheValue() {
        let cases: [(key: String, value: Any, message: String)] = [
            ("process.cwd", 5, "process.cwd: expected a string, found a number"),
            ("process.args", [String](), "process.args: must not be empty"),
            ("ociVersion", "2.0.0", "ociVersion: version 2.0.0 is not supported"),
            (
                "linux.namespaces", [["type": "foo"]],
                #"linux.namespaces[0].type: unknown namespace "foo""#
            ),
            (
                "linux.namespaces", [["type": "pid"], ["type": "pid"]],
                #"linux.namespaces[1].type: namespace "pid" is there twice"#
            ),
            ("linux.sysctl", ["kernel.core_pattern": "x"], "linux.sysctl.kernel.core_pattern: "),
        ]
        for (key, value, message) in cases {
            let runtime = RuntimeHarness()
            let id = RuntimeHarness.id()
            let bundle = runtime.bundle("true") {
                $0.edit("hostname", nil)
                $0.edit(key, value)
            }
            let output = runtime.run("create", "-b", bundle.path, id)
            #expect(output.status == 1)
            #expect(output.stderr.contains("config.json: " + message), "\(output)")
            #expect(output.stderr.split(separator: "\n").count == 1)
            #expect(runtime.leftovers(bundle, id).isEmpty)
        }
    }

    // A017
    @Test func anUnknownCapabilityIsAWarningAndTheContainerRuns() {
        let runtime = RuntimeHarness()
        let bundle = runtime.bundle("echo", "ran") {
            $0.edit("process.capabilities.bounding", ["CAP_KILL", "CAP_FLY"])
            $0.edit("process.capabilities.effective", ["CAP_KILL"])
            $0.edit("process.capabilities.permitted", ["CAP_KILL"])
            $0.edit("process.capabilities.ambient", nil)
        }
        let output = runtime.runLogged("run", "-b", bundle.path, RuntimeHarness.id())
        #expect(output.stdout == "ran\n", "\(output)")
        #expect(output.stderr.isEmpty)
        #expect(runtime.logged.first?["level"] as? String == "warning")
        #expect((runtime.logged.first?["msg"] as? String)?.contains("\"CAP_FLY\"") == true)
    }

    // A129 A130
    @Test func aLabelThatNobodyWouldEnforceIsRefused() throws {
        let cases: [(key: String, value: String, module: String, says: String)] = [
            (
                "process.apparmorProfile", "some-profile", "/sys/kernel/security/apparmor",
                "`/proc/self/attr/exec`: this machine runs without AppArmor"
            ),
            (
                "process.selinuxLabel", "system_u:system_r:container_t:s0", "/sys/fs/selinux",
                "selinux label is specified in config, but selinux is disabled or not supported"
            ),
            (
                "linux.mountLabel", "system_u:object_r:container_file_t:s0", "/sys/fs/selinux",
                "apply linux.mountLabel: selinux label is specified in config"
            ),
        ]
        for (key, value, module, says) in cases {
            guard !FileManager.default.fileExists(atPath: module) else { continue }
            let runtime = RuntimeHarness()
            let id = RuntimeHarness.id()
            let bundle = runtime.bundle("true") { $0.edit(key, value) }
            let output = runtime.run("create", "-b", bundle.path, id)
            #expect(output.status == 1)
            #expect(output.stderr.contains(says), "\(output)")
            #expect(runtime.leftovers(bundle, id).isEmpty)
        }
        // No profile at all is what a machine without AppArmor gives.
        let runtime = RuntimeHarness()
        let bundle = runtime.bundle("true") { $0.edit("process.apparmorProfile", "unconfined") }
        let output = runtime.run("run", "-b", bundle.path, RuntimeHarness.id())
        #expect(output.status == 0, "\(output)")
    }

    // A129
    @Test func anExecWithALabelThatNobodyWouldEnforceIsRefused() throws {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        guard !FileManager.default.fileExists(atPath: "/sys/fs/selinux") else { return }
        let output = runtime.run("exec", "--process-label", "a:b:c:s0", id, "true")
        #expect(output.status == 255)
        #expect(output.stderr.contains("selinux is disabled or not supported"), "\(output)")
    }

    // A058
    @Test(arguments: RuntimeHarness.all)
    func aMissingProgramIsNamed(program: String) throws {
        let runtime = RuntimeHarness(program)
        for (name, message) in [
            ("bash", #"exec: "bash": executable file not found in $PATH"#),
            ("/bin/bash", "/bin/bash: no such file or directory"),
            ("/etc/passwd", "permission denied"), ("/tmp", "is a directory"),
        ] {
            // runc 1.1 finds out about a directory only when it executes it.
            if name == "/tmp" && program != RuntimeHarness.ours { continue }
            let id = RuntimeHarness.id()
            let bundle = runtime.bundle(name)
            defer { runtime.remove(id) }
            let output = runtime.run("run", "-b", bundle.path, id)
            #expect(output.status == 1, "\(output)")
            #expect(output.stderr.contains(message), "\(output)")
            #expect(runtime.run("state", id).status == 1)
            #expect(runtime.leftovers(bundle, id).isEmpty)
        }
    }

    // A058
    @Test func createFindsAMissingProgramBeforeStart() {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("bash")
        let output = runtime.runLogged("create", "-b", bundle.path, id)
        #expect(output.status == 1)
        let message = runtime.logged.first?["msg"] as? String ?? ""
        #expect(message.contains(#"exec: "bash": executable file not found in $PATH"#))
        #expect(runtime.leftovers(bundle, id).isEmpty)
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func anExecThatCannotBeginAnswers255(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        let output = runtime.run("exec", id, "bash")
        #expect(output.status == 255, "\(output)")
        #expect(output.stderr.contains(#"exec: "bash": executable file not found in $PATH"#))
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func wrongMomentsAreRefused(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        func expect(
            _ arguments: String..., says text: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let output = runtime.run(arguments)
            #expect(output.status != 0, sourceLocation: sourceLocation)
            #expect(output.stderr.contains(text), "\(output)", sourceLocation: sourceLocation)
        }
        expect("start", id, says: "container does not exist")
        expect("kill", id, "KILL", says: "container does not exist")
        expect("delete", id, says: "container does not exist")
        #expect(runtime.run("delete", "--force", id).status == 0)
        try #require(runtime.run("create", "-b", bundle.path, id).status == 0)
        expect("create", "-b", bundle.path, id, says: "container with given ID already exists")
        let other = RuntimeHarness.id()
        if program == RuntimeHarness.ours {
            expect("create", "-b", bundle.path, other, says: "it belongs to another container")
        }
        #expect(runtime.status(id) == "created")
        #expect(runtime.run("start", id).status == 0)
        expect("start", id, says: "cannot start an already running container")
        expect("delete", id, says: "cannot delete container \(id) that is not stopped: running")
        #expect(runtime.run("kill", id, "0").status == 0)
        expect("kill", id, "BOGUS", says: "unknown signal")
        #expect(runtime.run("kill", id, "KILL").status == 0)
        #expect(eventually { runtime.status(id) == "stopped" })
        expect("kill", id, "TERM", says: "container not running")
        expect("start", id, says: "cannot start a container that has stopped")
        expect("exec", id, "true", says: "cannot exec in a stopped container")
    }

    // A017
    @Test(arguments: ["..", ".", "a/b", "../x", "a b", "", "é", "a\nb"])
    func anIDThatIsNotANameIsRefusedEverywhere(id: String) {
        let runtime = RuntimeHarness()
        let bundle = runtime.bundle("true")
        for arguments in [
            ["create", "-b", bundle.path], ["run", "-b", bundle.path], ["start"], ["state"],
            ["kill"], ["delete", "--force"], ["exec"], ["ps"], ["pause"], ["resume"], ["update"],
        ] {
            let words = arguments.first == "exec" ? ["--", id, "true"] : ["--", id]
            let output = runtime.run(arguments + words)
            #expect(output.status != 0, "\(arguments) \(id): \(output)")
            #expect(output.stdout.isEmpty)
        }
        #expect(runtime.run("list", "-q").stdout.isEmpty)
    }

    /// A user that is read in another way than it was meant is another user.
    // A017 A123
    @Test(arguments: [
        "0x3e8", "1000:", ":5", "4294967295", "4294967296", "-1", " 1", "1000foo", "", "1:2:3",
        "root", "+5",
    ])
    func usersAreStrictlyDecimal(user: String) throws {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        let output = runtime.run("exec", "--user=\(user)", id, "id")
        #expect(output.status == 255, "\(output)")
        #expect(output.stderr.contains("flag -user"), "\(output)")
        #expect(output.stdout.isEmpty)
    }

    // A017
    @Test func aMissingBundleIsNamed() {
        let runtime = RuntimeHarness()
        let empty = runtime.directory.directory("empty")
        let nowhere = runtime.run("run", "-b", runtime.directory.file("none"), "x")
        #expect(
            nowhere.stderr.contains("open bundle \(runtime.directory.file("none")): no such file"))
        let bare = runtime.run("run", "-b", empty, "x")
        #expect(bare.stderr.contains("\(empty)/config.json: no such file or directory"))
        #expect(bare.stderr.contains("apus-runtime spec"))
        let bundle = runtime.bundle("true") { $0.edit("root.path", "elsewhere") }
        let rootless = runtime.run("run", "-b", bundle.path, "x")
        #expect(rootless.status == 1)
        #expect(rootless.stderr.contains("elsewhere"), "\(rootless)")
    }

    // A017
    @Test func aFailureIsOneLineInTheLogAndItsMessageOnStandardError() throws {
        let runtime = RuntimeHarness()
        let output = runtime.runLogged("state", "nobody")
        #expect(output.status == 1)
        #expect(output.stdout.isEmpty)
        try #require(runtime.logged.count == 1)
        let line = runtime.logged[0]
        #expect(line["level"] as? String == "error")
        let message = try #require(line["msg"] as? String)
        #expect(message.contains("container does not exist"))
        #expect(output.stderr == message + "\n")
        let time = try #require(line["time"] as? String)
        #expect(ISO8601DateFormatter().date(from: time) != nil)
    }
}
