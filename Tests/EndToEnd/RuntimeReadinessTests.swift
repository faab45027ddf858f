import Foundation
import Linux
import Synchronization
import TestSupport
import Testing

/// A container tells the service manager that it is ready (sd_notify(3)).
@Suite(.needsRoot, .needs("busybox"), .needs("python3"))
struct RuntimeReadinessTests {
    /// A service manager's end: a datagram socket that is read until there is no more of this.
    private final class Manager: Sendable {
        let path: String
        private let heard = Mutex<[String]>([])

        var lines: [String] { heard.withLock { $0 } }

        init(_ directory: TemporaryDirectory) throws {
            path = directory.file("manager.sock")
            let raw = try UnixSocket.bindDatagram(path).release()
            let thread = Thread { [weak self] in
                let socket = OwnedDescriptor(owning: raw)
                while self != nil {
                    guard (try? socket.poll(.readable, milliseconds: 50)) == true else { continue }
                    var buffer = [UInt8](repeating: 0, count: 4096)
                    guard let (count, sent) = try? UnixSocket.receive(into: &buffer, on: socket)
                    else { return }
                    // Which lifts a barrier.
                    for descriptor in sent { close(descriptor) }
                    let words = String(decoding: buffer[..<count], as: UTF8.self)
                    guard words != "BARRIER=1" else { continue }
                    let lines = words.split(separator: "\n").map(String.init)
                    self?.heard.withLock { $0 += lines }
                }
            }
            thread.start()
        }
    }

    /// Says two things to the socket of its environment, then stays.
    private static let program = """
        import os, socket, time
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for words in (b"STATUS=soon", b"READY=1\\nMAINPID=77"):
            manager.sendto(words, os.environ["NOTIFY_SOCKET"])
        print("told", flush=True)
        time.sleep(1000)
        """

    private func bundle(_ runtime: RuntimeHarness, user: UInt32 = 0) -> TestBundle {
        runtime.bundle("/usr/bin/python3", "-c", Self.program) { bundle in
            bundle.edit("process.user", ["uid": user, "gid": user])
            let mounts = bundle.config["mounts"] as! [[String: Any]]
            let binds = ["/usr", "/lib", "/lib64"].map { path in
                ["destination": path, "source": path, "options": ["rbind", "ro"]] as [String: Any]
            }
            bundle.edit("mounts", mounts + binds)
            bundle.edit("root.readonly", false)
        }
    }

    // A021
    @Test(arguments: RuntimeHarness.all)
    func whatStartsAContainerReturnsWhenItIsReadyAndPassesThatOn(_ program: String) throws {
        let runtime = RuntimeHarness(program)
        let manager = try Manager(runtime.directory)
        let id = RuntimeHarness.id()
        let bundle = bundle(runtime, user: 1000)
        defer { runtime.remove(id) }
        let environment = ["NOTIFY_SOCKET": manager.path]
        let made = runtime.run(["create", "--bundle", bundle.path, id], environment: environment)
        try #require(made.status == 0, "\(made)")
        let started = runtime.run(["start", id], environment: environment)
        #expect(started.status == 0, "\(started)")
        let pid = runtime.pid(id)
        #expect(
            eventually { manager.lines == ["READY=1", "MAINPID=\(pid)"] }, "\(manager.lines)")
    }

    // A021
    @Test func aContainerInTheForegroundIsHeardToo() throws {
        let runtime = RuntimeHarness()
        let manager = try Manager(runtime.directory)
        let id = RuntimeHarness.id()
        let bundle = bundle(runtime)
        defer { runtime.remove(id) }
        let run = Child(
            runtime.program, ["--root", runtime.root, "run", "--bundle", bundle.path, id],
            environment: ["NOTIFY_SOCKET": manager.path, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
        #expect(eventually { manager.lines.count == 2 }, "\(manager.lines) \(run.output)")
        #expect(manager.lines == ["READY=1", "MAINPID=\(runtime.pid(id))"])
        #expect(runtime.status(id) == "running")
        #expect(runtime.run("kill", id, "KILL").status == 0)
        #expect(run.finish().status == 137)
    }

    // A021
    @Test func aContainerThatEndsUnreadyKeepsNobodyWaiting() throws {
        let runtime = RuntimeHarness()
        let manager = try Manager(runtime.directory)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sh", "-c", "test -S \"$NOTIFY_SOCKET\"") {
            $0.edit("root.readonly", false)
        }
        defer { runtime.remove(id) }
        let environment = ["NOTIFY_SOCKET": manager.path]
        let run = runtime.run(
            ["run", "--detach", "--bundle", bundle.path, id], environment: environment)
        #expect(run.status == 0, "\(run)")
        #expect(eventually { runtime.status(id) == "stopped" })
        #expect(runtime.run("delete", id).status == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(runtime.root)/\(id)"))
    }
}
