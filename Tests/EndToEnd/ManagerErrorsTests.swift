import Foundation
import TestSupport
import Testing

/// What is wrong is said, with the right code, and nothing is left of it.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class ManagerErrorsTests {
    private let world = ManagerWorld()

    private func expectNothing(_ comment: String) {
        #expect(world.ctl("ps", "-a", "-q").stdout == "", "\(comment)")
        #expect(eventually { self.world.leftovers().isEmpty }, "\(comment): \(world.leftovers())")
    }

    // A058 A051
    @Test(arguments: [["run", "--rm"], ["run", "-d"], ["run"]])
    func aProgramThatIsNotThereIs127(verb: [String]) {
        for program in ["bash", "/no/such/program"] {
            let run = world.daemon.ctl(verb + ["busybox", program])
            #expect(run.status == 127, "\(run)")
            #expect(run.stderr.contains(program), "\(run)")
        }
        expectNothing("\(verb)")
    }

    @Test func aProgramThatCannotBeExecutedIs126() {
        let run = world.ctl("run", "--rm", "busybox", "/etc/passwd")
        #expect(run.status == 126, "\(run)")
        expectNothing("126")
    }

    @Test func theDaemonsOwnRefusalsAre125() {
        for arguments in [
            ["run", "--rm", "nosuchimage"],
            ["run", "--rm", "-v", "/no/such/path:/x", "busybox", "true"],
            ["run", "--rm", "-u", "nobodyknows", "busybox", "true"],
            ["run", "--rm", "--name", "-bad-", "busybox", "true"],
            ["run", "--rm", "--runtime", "/no/such/runtime", "busybox", "true"],
        ] {
            let run = world.daemon.ctl(arguments)
            #expect(run.status == 125, "\(arguments): \(run)")
            #expect(run.stderr.split(separator: "\n").count >= 1)
        }
        expectNothing("125")
    }

    @Test func whoIsNotThereIsSaidToBeSo() {
        for verb in ["start", "stop", "kill", "pause", "rm", "wait", "logs", "top"] {
            let output = world.ctl(verb, "nobody")
            #expect(output.status != 0, "\(verb)")
            #expect(output.stderr.contains("nobody"), "\(verb): \(output)")
        }
    }

    @Test func theBeginningOfSeveralIDsIsNotEnough() throws {
        var ids: [String] = []
        for _ in 0..<17 {
            let created = world.ctl("create", "busybox", "true")
            ids.append(created.stdout.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        // Of 17 ids two begin with the same digit.
        let digit = try #require(
            Dictionary(grouping: ids, by: { $0.first! }).first { $0.value.count > 1 }?.key)
        let output = world.ctl("start", String(digit))
        #expect(output.status != 0)
        #expect(output.stderr.contains("begins"), "\(output)")
        #expect(try world.inspect(String(ids[0].prefix(20)))?["id"] as? String == ids[0])
    }

    @Test func aSecondDaemonIsRefused() {
        let second = Command.run(
            Programs.manager,
            ["--root", world.daemon.directory.file("other"), "--state", world.daemon.state],
            limit: 20)
        #expect(second.status == 1, "\(second)")
        #expect(second.stderr.contains("another daemon answers"), "\(second)")
        let third = Command.run(
            Programs.manager,
            ["--root", world.daemon.root, "--state", world.daemon.directory.file("other-state")],
            limit: 20)
        #expect(third.status == 1, "\(third)")
        #expect(third.stderr.contains("process"), "\(third)")
        #expect(world.ctl("version").status == 0)
    }

    // A015
    @Test func theSocketIsForItsOwnerOnly() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: world.daemon.socket)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func aSocketThatADeadDaemonLeftIsReplaced() {
        world.daemon.kill()
        #expect(FileManager.default.fileExists(atPath: world.daemon.socket))
        world.daemon.restart()
        #expect(world.ctl("version").status == 0)
        #expect(world.daemon.stop().status == 0)
        #expect(!FileManager.default.fileExists(atPath: world.daemon.socket))
        world.daemon.restart()
    }

    @Test func aServiceManagerIsTold() throws {
        world.daemon.stop()
        let path = world.daemon.directory.file("notify")
        let listener = Child(
            "python3",
            [
                "-c",
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
                print("bound", flush=True)
                while True: print(s.recv(1000).decode(), flush=True)
                """, path,
            ])
        try #require(listener.waits { $0.stdout.contains("bound") })
        var environment = ProcessInfo.processInfo.environment
        environment["NOTIFY_SOCKET"] = path
        let manager = Child(
            Programs.manager, ["--root", world.daemon.root, "--state", world.daemon.state],
            environment: environment)
        #expect(listener.waits { $0.stdout.contains("READY=1") })
        manager.send(signal: SIGTERM)
        #expect(manager.finish().status == 0)
        #expect(listener.waits { $0.stdout.contains("STOPPING=1") })
        listener.send(signal: SIGKILL)
        _ = listener.finish()
    }
}
