import Foundation
import Linux
import TestSupport
import Testing

/// The shim is killed while containers run: another takes up what it had.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class ShimSurvivalTests {
    private let world = ManagerWorld()

    /// The living shim of a container.
    private func shim(of id: String) -> Int32? {
        Process.all(under: world.daemon.directory.path).first {
            let line = (try? String(contentsOfFile: "/proc/\($0.pid)/cmdline", encoding: .utf8))
            return $0.name == "apus-shim" && line?.contains(id) == true
                && ProcessStatus(pid: $0.pid)?.hasEnded == false
        }?.pid
    }

    /// Kills it, and waits until another has its place.
    private func replaceShim(of id: String) throws {
        let old = try #require(shim(of: id))
        kill(old, SIGKILL)
        #expect(eventually { self.shim(of: id).map { $0 != old } == true })
        #expect(eventually { self.world.ctl("exec", id, "true").status == 0 })
    }

    /// Says its line when a file appears, then ends.
    private static let counter = """
        i=0; while [ ! -e /go ]; do i=$((i+1)); echo $i; sleep 0.005; done; echo end; exit 7
        """

    private func touchGo(_ name: String) throws {
        try Data().write(to: URL(fileURLWithPath: "/proc/\(try world.pid(name))/root/go"))
    }

    // A023 A026
    @Test(arguments: ["apus-runtime", "runc"])
    func aContainerGoesOnUnderAnotherShim(runtime: String) throws {
        let id = try world.run(
            "--runtime", runtime == "runc" ? "runc" : Programs.runtime, "--name", "counter",
            "busybox", "sh", "-c", Self.counter)
        let pid = try world.pid("counter")
        for _ in 0..<3 { try replaceShim(of: id) }
        #expect(try world.state("counter") == "running")
        #expect(try world.pid("counter") == pid)
        #expect(world.ctl("pause", "counter").status == 0)
        try replaceShimOfPaused(id)
        #expect(world.ctl("unpause", "counter").status == 0)
        try touchGo("counter")
        #expect(world.ctl("wait", "counter").stdout.contains("7"))
        let lines = world.ctl("logs", "counter").stdout.split(separator: "\n").map(String.init)
        #expect(lines.last == "end")
        #expect(lines.dropLast() == (1..<max(1, lines.count)).map(String.init)[...])
        let actions = try world.actions(of: id).filter { ["start", "die"].contains($0) }
        #expect(actions == ["start", "die"])
        #expect(world.ctl("rm", "counter").status == 0)
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    private func replaceShimOfPaused(_ id: String) throws {
        let old = try #require(shim(of: id))
        kill(old, SIGKILL)
        #expect(eventually { self.shim(of: id).map { $0 != old } == true })
        #expect(eventually { (try? self.world.state("counter")) == "paused" })
    }

    @Test func aTerminalAndThoseAttachedToItGoOn() throws {
        let id = try world.run(
            "-it", "--name", "shell", "busybox", "sh", "-c",
            "while read x; do echo got $x; done; echo bye")
        let client = TerminalChild(
            Programs.ctl, ["--address", world.daemon.socket, "attach", "shell"])
        #expect(client.type("first\r", until: "got first"), "\(client)")
        try replaceShim(of: id)
        #expect(client.type("second\r", until: "got second"), "\(client)")
        #expect(try world.state("shell") == "running")
        client.type("\u{4}")
        #expect(client.finish() == 0, "\(client)")
        #expect(client.text.contains("bye"), "\(client)")
    }

    /// A shim that dies listens a little longer than it serves: of the two connections of an attachment
    /// the first may still get into its queue.
    @Test func anAttachmentThatIsHalfWayInADyingShimGoesOnUnderAnother() throws {
        let id = try world.run("-i", "--name", "cat", "busybox", "cat")
        let old = try #require(shim(of: id))
        let queue = ConnectionQueue(of: world.daemon, id)
        stop(old)
        let room = queue.fill()
        kill(old, SIGCONT)
        #expect(eventually { queue.isEmpty })
        stop(old)
        queue.fill(room - 1)
        let client = world.daemon.startCtl("attach", "cat", stdin: .pipe)
        #expect(eventually { queue.length == room })
        kill(old, SIGKILL)
        client.write(Array("through another shim\n".utf8))
        #expect(client.waits { $0.stdout.contains("through another shim") }, "\(client.output)")
        client.closeInput()
        let end = client.finish()
        #expect(end.status == 0, "\(end)")
    }

    private func stop(_ pid: Int32) {
        kill(pid, SIGSTOP)
        #expect(eventually { Process.isStopped(pid) })
    }

    @Test func anOpenInputStaysOpenAndCanBeEnded() throws {
        let id = try world.run("-i", "--name", "cat", "busybox", "cat")
        try replaceShim(of: id)
        #expect(try world.state("cat") == "running")
        let client = world.daemon.startCtl("attach", "cat", stdin: .pipe)
        client.write(Array("through another shim\n".utf8))
        #expect(client.waits { $0.stdout.contains("through another shim") }, "\(client.output)")
        client.closeInput()
        let end = client.finish()
        #expect(end.status == 0, "\(end)")
    }

    // A023
    @Test func whatWaitsForTheReaderOfAPipeArrivesOnceUnderAnotherShim() throws {
        let id = try world.run(
            "-i", "--name", "slow", "busybox", "sh", "-c",
            "while [ ! -e /go ]; do sleep 0.01; done; cat > /all; while :; do sleep 1; done")
        let client = world.daemon.startCtl("attach", "slow", stdin: .pipe)
        let lines = (0..<60_000).map { "line \($0)\n" }.joined()
        // More than the pipe takes: a write is cut off in its middle by the shim's death.
        let feeder = Thread {
            client.write(Array(lines.utf8))
            client.closeInput()
        }
        feeder.start()
        let given = URL(fileURLWithPath: "\(world.daemon.state)/bundles/\(id)/init.given")
        #expect(eventually { (try? Data(contentsOf: given))?.contains { $0 != 0 } == true })
        for _ in 0..<2 { try replaceShim(of: id) }
        try touchGo("slow")
        let copy = "/proc/\(try world.pid("slow"))/root/all"
        #expect(
            eventually {
                (try? FileManager.default.attributesOfItem(atPath: copy))?[.size] as? Int
                    == lines.utf8.count
            },
            "\(String(describing: try? FileManager.default.attributesOfItem(atPath: copy)[.size])) of \(lines.utf8.count): \(client.output.stderr)"
        )
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == lines)
    }

    @Test func anExecGoesOnAndAnswersItsStatus() throws {
        let id = try world.run("--name", "host", "busybox", "sleep", "1000")
        let client = world.daemon.startCtl(
            "exec", "host", "sh", "-c",
            "echo begun; while [ ! -e /go ]; do sleep 0.01; done; echo done; exit 5")
        #expect(client.waits { $0.stdout.contains("begun") }, "\(client.output)")
        try replaceShim(of: id)
        try touchGo("host")
        let end = client.finish()
        #expect(end.status == 5, "\(end)")
        #expect(end.stdout == "begun\ndone\n", "\(end)")
    }

    // A026
    @Test func anEndThatNoShimSawIsKnown() throws {
        let id = try world.run("--name", "counter", "busybox", "sh", "-c", Self.counter)
        let pid = try world.pid("counter")
        let manager = try #require(
            Process.all(under: world.daemon.directory.path).first { $0.name == "apusd" })
        // What the manager keeps is fetched beside the start.
        #expect(world.ctl("exec", "counter", "true").status == 0)
        kill(manager.pid, SIGSTOP)
        defer { kill(manager.pid, SIGCONT) }
        kill(try #require(shim(of: id)), SIGKILL)
        try Data().write(to: URL(fileURLWithPath: "/proc/\(pid)/root/go"))
        #expect(eventually { ProcessStatus(pid: pid)?.hasEnded ?? true })
        kill(manager.pid, SIGCONT)
        #expect(world.ctl("wait", "counter").stdout.contains("7"))
        #expect(world.ctl("logs", "counter").stdout.hasSuffix("\nend\n"))
        let deaths = try world.events().filter { $0.subject == id && $0.action == "die" }
        #expect(deaths.map { $0.attributes["exitCode"] } == ["7"])
    }

    @Test func theDeathOfManagerAndShimEndsNoContainer() throws {
        let id = try world.run("--name", "counter", "busybox", "sh", "-c", Self.counter)
        let pid = try world.pid("counter")
        let old = try #require(shim(of: id))
        world.daemon.kill()
        kill(old, SIGKILL)
        world.daemon.restart()
        #expect(try world.pid("counter") == pid)
        #expect(world.ctl("exec", "counter", "true").status == 0)
        try touchGo("counter")
        #expect(world.ctl("wait", "counter").stdout.contains("7"))
        let lines = world.ctl("logs", "counter").stdout.split(separator: "\n").map(String.init)
        #expect(lines.dropLast() == (1..<max(1, lines.count)).map(String.init)[...])
    }

    // A023
    @Test func aLogThatIsFloodedHasNeitherGapNorDouble() throws {
        let id = try world.run(
            "--name", "flood", "busybox", "sh", "-c",
            """
            i=0; while [ ! -e /go ]; do
            seq $((i*2000+1)) $((i*2000+2000)); i=$((i+1)); printf $((i*2000)); sleep 0.1; done
            """)
        for _ in 0..<5 { try replaceShim(of: id) }
        try touchGo("flood")
        #expect(world.ctl("wait", "flood").stdout.contains("0"))
        let text = world.ctl("logs", "flood").stdout
        // A line that is begun by one write and ended by another is as likely to be cut as any.
        var expected = 1
        for line in text.split(separator: "\n") {
            let wanted =
                expected % 2000 == 1 && expected > 1
                ? "\(expected - 1)\(expected)" : "\(expected)"
            guard line == wanted || line == "\(expected - 1)" && expected % 2000 == 1 else {
                Issue.record("\(line) where \(wanted) should be")
                break
            }
            expected += 1
        }
        #expect(expected > 2000)
    }

    // A023
    @Test func aShimGoesOnAsTheProgramThatReplacedIt() throws {
        let folder = TemporaryDirectory("renewed")
        defer { folder.remove() }
        let program = folder.file("apus-shim")
        try FileManager.default.copyItem(atPath: Programs.shim, toPath: program)
        let world = ManagerWorld(["--shim", program])
        let id = try world.run("--name", "counter", "busybox", "sh", "-c", Self.counter)
        _ = try world.run("-it", "--name", "terminal", "busybox", "sh")
        let shim = try #require(Process.parent(of: try world.pid("counter")))
        let exec = world.daemon.startCtl(
            "exec", "counter", "sh", "-c",
            "echo begun; while [ ! -e /go ]; do sleep 0.01; done; exit 5")
        #expect(exec.waits { $0.stdout.contains("begun") }, "\(exec.output)")
        try FileManager.default.removeItem(atPath: program)
        try FileManager.default.copyItem(atPath: Programs.shim, toPath: program)
        let wanted = try FileStatus(path: program).inode
        world.daemon.stop()
        world.daemon.restart()
        #expect(eventually { (try? FileStatus(path: "/proc/\(shim)/exe").inode) == wanted })
        // The same process: the container is still its child.
        #expect(Process.parent(of: try world.pid("counter")) == shim)
        #expect(eventually { world.ctl("exec", "counter", "true").status == 0 })
        #expect(try world.state("terminal") == "running")
        try Data().write(
            to: URL(fileURLWithPath: "/proc/\(try world.pid("counter"))/root/go"))
        #expect(world.ctl("wait", "counter").stdout.contains("7"))
        let lines = world.ctl("logs", "counter").stdout.split(separator: "\n").map(String.init)
        #expect(lines.dropLast() == (1..<max(1, lines.count)).map(String.init)[...])
        _ = exec.finish()
        #expect(world.ctl("rm", "-f", "counter", "terminal").status == 0)
        #expect(eventually { world.leftovers().isEmpty }, "\(id) \(world.leftovers())")
    }
}

/// The connections that a shim has not accepted yet.
private struct ConnectionQueue {
    private let path: String
    /// Those that it serves, and the socket that listens.
    private let others: Int

    init(of daemon: Daemon, _ id: String) {
        let file = "\(daemon.state)/bundles/\(id)/address"
        let address = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        path = address.replacingOccurrences(of: "unix://", with: "")
        others = Self.sockets(at: path)
    }

    var length: Int { Self.sockets(at: path) - others }
    var isEmpty: Bool { length == 0 }

    /// Puts connections into it that are given up at once; answers for how many there was room.
    @discardableResult
    func fill(_ count: Int = .max) -> Int {
        for done in 0..<count where (try? UnixSocket.connect(path, nonBlocking: true)) == nil {
            return done
        }
        return count
    }

    private static func sockets(at path: String) -> Int {
        let table = (try? readFile("/proc/net/unix", limit: 4 << 20)) ?? []
        return String(decoding: table, as: UTF8.self).split(separator: "\n")
            .count { $0.hasSuffix(" " + path) }
    }
}
