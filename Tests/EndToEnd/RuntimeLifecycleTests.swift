import Foundation
import TestSupport
import Testing

/// The life of a container as callers of runc drive it. What is said with a runtime as argument is
/// true of runc, and must be true of ours.
@Suite(.needsRoot, .needs("busybox"))
struct RuntimeLifecycleTests {
    // A017 A020
    @Test(arguments: RuntimeHarness.all)
    func aContainerGoesFromCreatedToRunningToStopped(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        let pidFile = runtime.directory.file("pid")
        let made = runtime.run("create", "--bundle", bundle.path, "--pid-file", pidFile, id)
        try #require(made.status == 0, "\(made)")
        #expect(runtime.status(id) == "created")
        let pid = runtime.pid(id)
        #expect(try String(contentsOfFile: pidFile, encoding: .utf8) == "\(pid)")
        #expect(runtime.run("start", id).status == 0)
        #expect(runtime.status(id) == "running")
        #expect(runtime.pid(id) == pid)
        #expect(runtime.run("kill", id, "KILL").status == 0)
        #expect(eventually { runtime.status(id) == "stopped" })
        #expect(runtime.pid(id) == 0)
        #expect(runtime.run("delete", id).status == 0)
        #expect(runtime.run("state", id).status == 1)
        #expect(runtime.leftovers(bundle, id).isEmpty)
    }

    // A017
    @Test(.needs("runc")) func stateHasTheMembersOfRunc() throws {
        let ours = RuntimeHarness()
        let peer = RuntimeHarness(try #require(Programs.find("runc")))
        var texts: [String] = []
        for runtime in [ours, peer] {
            let id = RuntimeHarness.id()
            let bundle = runtime.bundle("sleep", "1000") { $0.edit("annotations", ["a.b": "c"]) }
            defer { runtime.remove(id) }
            let made = runtime.run("create", "-b", bundle.path, id)
            try #require(made.status == 0, "\(made)")
            #expect(runtime.state(id)["rootfs"] as? String == bundle.rootfs)
            #expect(runtime.state(id)["bundle"] as? String == bundle.path)
            texts.append(runtime.run("state", id).stdout)
        }
        #expect(keys(texts[0]) == keys(texts[1]))
        #expect(texts.allSatisfy { !$0.hasSuffix("\n") })
    }

    /// The lines of indented JSON without their values: order, indentation and names.
    private func keys(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func laterEditsOfTheBundleHaveNoEffect(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        var bundle = runtime.bundle("sh", "-c", "echo first >/tmp/word; sleep 1000") {
            $0.edit("root.readonly", false)
        }
        defer { runtime.remove(id) }
        try #require(runtime.run("create", "-b", bundle.path, id).status == 0)
        bundle.edit("process.args", ["sh", "-c", "echo second >/tmp/word; sleep 1000"])
        bundle.save()
        #expect(runtime.run("start", id).status == 0)
        let word = bundle.rootfs + "/tmp/word"
        #expect(eventually { (try? String(contentsOfFile: word, encoding: .utf8)) == "first\n" })
    }

    // A020
    @Test(arguments: RuntimeHarness.all)
    func aForegroundRunPrintsAndAnswersTheExitCode(program: String) {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sh", "-c", "echo $$ $(hostname); echo oops >&2; exit 7") {
            $0.edit("hostname", "greeter")
        }
        let output = runtime.run("run", "-b", bundle.path, id)
        #expect(output.status == 7, "\(output)")
        #expect(output.stdout == "1 greeter\n")
        #expect(output.stderr == "oops\n")
        #expect(runtime.leftovers(bundle, id).isEmpty)
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func aForegroundRunPassesSignalsOn(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle(
            "sh", "-c", "trap 'echo got it; exit 3' TERM; echo ready; while :; do sleep 0.01; done")
        defer { runtime.remove(id) }
        let child = runtime.start("run", "-b", bundle.path, id)
        try #require(child.waits { $0.stdout == "ready\n" }, "\(child.output)")
        child.send(signal: SIGTERM)
        let output = child.finish()
        #expect(output.status == 3)
        #expect(output.stdout == "ready\ngot it\n")
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func aProgramThatASignalEndsAnswers128AndTheSignal(program: String) {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        let child = runtime.start("run", "-b", bundle.path, id)
        #expect(eventually { runtime.status(id) == "running" })
        #expect(runtime.run("kill", id, "9").status == 0)
        #expect(child.finish().status == 137)
    }

    // A018
    @Test func noRuntimeStaysBesideADetachedContainer() throws {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        let output = runtime.run("run", "-d", "-b", bundle.path, id)
        try #require(output.status == 0, "\(output)")
        #expect(runtime.status(id) == "running")
        let names = TestSupport.Process.all(under: runtime.directory.path).map(\.name)
        #expect(!names.contains("apus-runtime"), "\(names)")
    }

    // A016
    @Test(.needs("strace")) func nobodyElseIsExecuted() throws {
        let runtime = RuntimeHarness()
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("true")
        let trace = runtime.directory.file("trace")
        let output = Command.run(
            "strace",
            [
                "-f", "-q", "-e", "trace=execve,execveat", "-e", "signal=none", "-o", trace,
                runtime.program, "--root", runtime.root, "run", "-b", bundle.path, id,
            ])
        try #require(output.status == 0, "\(output)")
        let executed = try String(contentsOfFile: trace, encoding: .utf8)
            .split(separator: "\n").filter { $0.contains("exec") && $0.contains(" = 0") }
        // Before it makes anything it goes on from a protected copy of itself.
        #expect(executed.dropLast().allSatisfy { $0.contains("\"--root\"") }, "\(executed)")
        #expect(executed.last?.contains("[\"true\"]") == true, "\(executed)")
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func execRunsOneMoreProcess(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        let shown = runtime.run(
            "exec", "--env", "COLOR=red", "--cwd", "/tmp", "--user", "1000:29", id, "sh", "-c",
            "echo $COLOR $(pwd) $(id -u):$(id -g); exit 5")
        #expect(shown.status == 5, "\(shown)")
        #expect(shown.stdout == "red /tmp 1000:29\n")
        let killed = runtime.run("exec", id, "sh", "-c", "kill -TERM $$")
        #expect(killed.status == 143)
        let file = runtime.directory.write(
            "process.json",
            #"{"args":["sh","-c","cat; echo $WORD"],"cwd":"/","env":["PATH=/bin","WORD=w"]}"#)
        let whole = runtime.run(["exec", "--process", file, id], input: Array("in\n".utf8))
        #expect(whole.stdout == "in\nw\n", "\(whole)")
    }

    // A017
    @Test(arguments: RuntimeHarness.all)
    func aDetachedExecWritesItsPid(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("create", "-b", bundle.path, id).status == 0)
        let file = runtime.directory.file("exec.pid")
        // Into a container that only was created, as sandboxes need it.
        let output = runtime.run("exec", "-d", "--pid-file", file, id, "sleep", "1000")
        #expect(output.status == 0, "\(output)")
        let pid = try #require(Int32(String(contentsOfFile: file, encoding: .utf8)))
        #expect(TestSupport.Process.name(of: pid) == "sleep")
        let listed = runtime.run("ps", "--format", "json", id).stdout
        let pids = try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [Int32]
        #expect(pids?.contains(pid) == true, "\(listed)")
    }

    // A017 A060
    @Test(arguments: RuntimeHarness.all)
    func listAndPsShowWhatIsThere(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        let pid = runtime.pid(id)
        #expect(runtime.run("list", "-q").stdout == id + "\n")
        let table = runtime.run("list").stdout.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        #expect(table.first == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
        #expect(table.last?.prefix(4) == [id, "\(pid)", "running", bundle.path])
        #expect(table.last?.last == "root")
        let json = runtime.run("list", "--format", "json").stdout
        let entries = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
        #expect(entries?.first?["owner"] as? String == "root")
        #expect(entries?.first?["id"] as? String == id)
        #expect(runtime.run("ps", "-f", "json", id).stdout == "[\(pid)]\n")
        let processes = runtime.run("ps", id, "-o", "pid,comm").stdout.split(separator: "\n")
        #expect(processes.count == 2 && processes.last?.contains("sleep") == true)
    }

    // A017 A050
    @Test(.needsCgroupV1, arguments: RuntimeHarness.all)
    func aContainerIsPausedAndUpdated(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000")
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        #expect(runtime.run("pause", id).status == 0)
        #expect(runtime.status(id) == "paused")
        #expect(runtime.run("exec", id, "true").stderr.contains("paused container"))
        #expect(runtime.run("resume", id).status == 0)
        #expect(runtime.status(id) == "running")
        #expect(runtime.run("update", "--pids-limit", "77", "--memory", "64m", id).status == 0)
        let name = (bundle.path as NSString).lastPathComponent
        let cgroup = { (controller: String, file: String) in
            Command.shell("cat /sys/fs/cgroup/\(controller)/\(name)/\(file)").stdout
        }
        #expect(cgroup("pids", "pids.max") == "77\n")
        #expect(cgroup("memory", "memory.limit_in_bytes") == "67108864\n")
        let resources = Array(#"{"pids":{"limit":78}}"#.utf8)
        #expect(runtime.run(["update", "--resources", "-", id], input: resources).status == 0)
        #expect(cgroup("pids", "pids.max") == "78\n")
    }

    // A017
    @Test(.needsCgroupV1, arguments: RuntimeHarness.all)
    func eventsTellWhatAContainerUses(program: String) throws {
        let runtime = RuntimeHarness(program)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("sleep", "1000") {
            $0.edit("linux.resources.pids", ["limit": 50])
        }
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "-d", "-b", bundle.path, id).status == 0)
        let output = runtime.run("events", "--stats", id)
        let line = try #require(
            JSONSerialization.jsonObject(with: Data(output.stdoutBytes)) as? [String: Any])
        #expect(line["type"] as? String == "stats")
        #expect(line["id"] as? String == id)
        let data = try #require(line["data"] as? [String: Any])
        #expect(data["pids"] as? [String: Int] == ["current": 1, "limit": 50])
        let usage = (data["memory"] as? [String: Any])?["usage"] as? [String: Any]
        #expect((usage?["usage"] as? NSNumber)?.intValue ?? 0 > 0)
        let cpu = (data["cpu"] as? [String: Any])?["usage"] as? [String: Any]
        #expect((cpu?["total"] as? NSNumber)?.intValue ?? 0 > 0)
    }

    // A067
    @Test(arguments: RuntimeHarness.all)
    func namespacesAreMadeJoinedOrInherited(program: String) throws {
        let runtime = RuntimeHarness(program)
        let (first, second) = (RuntimeHarness.id(), RuntimeHarness.id())
        let host = runtime.bundle("sleep", "1000")
        defer { runtime.remove(first) }
        try #require(runtime.run("run", "-d", "-b", host.path, first).status == 0)
        let pid = runtime.pid(first)
        let joining = runtime.bundle("sleep", "1000") {
            $0.namespace("ipc", "/proc/\(pid)/ns/ipc")
            $0.namespace("network", nil)
        }
        defer { runtime.remove(second) }
        let output = runtime.run("run", "-d", "-b", joining.path, second)
        try #require(output.status == 0, "\(output)")
        let other = runtime.pid(second)
        for kind in ["mnt", "pid", "uts", "ipc", "net"] {
            #expect(namespace(kind, of: pid) != namespace(kind, of: getpid()), "\(kind)")
        }
        #expect(namespace("ipc", of: other) == namespace("ipc", of: pid))
        #expect(namespace("uts", of: other) != namespace("uts", of: pid))
        #expect(namespace("net", of: other) == namespace("net", of: getpid()))
        #expect(namespace("user", of: other) == namespace("user", of: getpid()))
    }

    private func namespace(_ kind: String, of pid: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)")
    }

    // A004 A021
    @Test(.needs("containerd"), .needs("ctr"))
    func containerdDrivesItUnderTheNameOfRunc() throws {
        let runtime = RuntimeHarness()
        let link = runtime.directory.file("runc")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: runtime.program)
        let containerd = Containerd(in: TemporaryDirectory("containerd"))
        defer {
            containerd.stop()
            containerd.directory.remove()
        }
        let rootfs = runtime.directory.directory("rootfs")
        TestRootfs.make(at: rootfs)
        let id = RuntimeHarness.id()
        let namespace = (runtime.directory.path as NSString).lastPathComponent
        defer { Command.shell("rmdir /sys/fs/cgroup/*/'\(namespace)'") }
        let output = containerd.ctr(
            "-n", namespace, "run", "--rm", "--runc-binary", link, "--runc-root", runtime.root,
            "--rootfs", rootfs, id, "/bin/sh", "-c", "echo hello from $$; exit 9")
        #expect(output.stdout == "hello from 1\n", "\(output)")
        #expect(output.status == 9)
        let left = Command.shell("ls -d '\(runtime.root)'/*/*")
        #expect(left.stdout.isEmpty, "\(left)")
    }
}
