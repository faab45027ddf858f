import Foundation
import Linux
import TestSupport
import Testing

/// Verbs and options that callers of runc and crun count on, beyond a container's plain life.
@Suite(.needsRoot, .needs("busybox"))
struct RuntimeCommandsTests {
    private let runtime = RuntimeHarness()

    private func sleeper(
        _ id: String, _ change: (inout TestBundle) -> Void = { _ in }
    ) throws {
        let bundle = runtime.bundle("sleep", "1000", change: change)
        let made = runtime.run("run", "--detach", "--bundle", bundle.path, id)
        try #require(made.status == 0, "\(made)")
    }

    // A017 A021
    @Test func containersAreKilledAndDeletedByPattern() throws {
        let prefix = RuntimeHarness.id()
        let ids = ["\(prefix)-one", "\(prefix)-two", "\(prefix)-other"]
        defer { ids.forEach(runtime.remove) }
        for id in ids { try sleeper(id) }
        #expect(runtime.run("kill", "--regex", "^\(prefix)-(one|two)$", "KILL").status == 0)
        #expect(eventually { ids.prefix(2).allSatisfy { runtime.status($0) == "stopped" } })
        #expect(runtime.status(ids[2]) == "running")
        #expect(runtime.run("delete", "--regex", "(-one|-two)$").status == 0)
        #expect(runtime.run("list", "-q").stdout == "\(ids[2])\n")
        // One that cannot be deleted is an error, and is still there.
        let refused = runtime.run("delete", "-r", "[-]other$")
        #expect(refused.status == 1)
        #expect(refused.stderr.contains("that is not stopped: running"))
        #expect(runtime.run("delete", "-r", "-f", "[-]other$").status == 0)
        #expect(runtime.run("list", "-q").stdout.isEmpty)
        #expect(runtime.run("delete", "-r", "no-such").status == 0)
        #expect(runtime.run("kill", "--regex", "(", "TERM").status == 1)
    }

    // A021
    @Test func mountsAreAddedAndRemovedWhileItRuns() throws {
        let id = RuntimeHarness.id()
        try sleeper(id) { $0.edit("root.readonly", false) }
        defer { runtime.remove(id) }
        let source = runtime.directory.directory("added")
        runtime.directory.write("added/word", "here")
        let file = runtime.directory.write("one-file", "single")
        let list = """
            [{"destination": "/tmp/added", "source": "\(source)", "options": ["bind", "ro"]},
             {"destination": "/tmp/file", "type": "bind", "source": "\(file)"},
             {"destination": "/tmp/small", "type": "tmpfs", "options": ["size=64k"]}]
            """
        let path = runtime.directory.write("mounts.json", list)
        let added = runtime.run("mounts", "add", id, path)
        try #require(added.status == 0, "\(added)")
        let words =
            "cat /tmp/added/word /tmp/file; grep -c /tmp/small /proc/mounts; touch /tmp/added/x"
        let seen = runtime.run("exec", id, "sh", "-c", words)
        #expect(seen.stdout == "heresingle1\n")
        #expect(seen.stderr.contains("Read-only file system"))
        #expect(!Command.shell("cat /proc/mounts").stdout.contains("/tmp/small "))

        let object = Array("{\"mounts\": \(list)}".utf8)
        let removed = runtime.run("mounts", "remove", id, "-", input: object)
        #expect(removed.status == 0, "\(removed)")
        #expect(runtime.run("exec", id, "grep", "-c", "/tmp/", "/proc/mounts").stdout == "0\n")
        let again = runtime.run("mounts", "remove", id, path)
        #expect(again.status == 1)
        #expect(again.stderr.contains("no mount begins there"), "\(again)")
    }

    // A021
    @Test func mountsThatCannotAllBeAddedLeaveNone() throws {
        let id = RuntimeHarness.id()
        try sleeper(id) { $0.edit("root.readonly", false) }
        defer { runtime.remove(id) }
        func add(_ list: String) -> Output {
            runtime.run("mounts", "add", id, "-", input: Array(list.utf8))
        }
        let broken = add(
            #"[{"destination": "/tmp/a", "type": "tmpfs"}, {"destination": "/proc/self", "type": "tmpfs"}]"#
        )
        #expect(broken.status == 1)
        #expect(broken.stderr.contains("/proc"), "\(broken)")
        #expect(runtime.run("exec", id, "grep", "-c", "/tmp/a", "/proc/mounts").stdout == "0\n")
        #expect(add(#"[{"destination": "/", "type": "tmpfs"}]"#).stderr.contains("root"))
        #expect(add(#"[{"type": "tmpfs"}]"#).stderr.contains("mounts: [0].destination: is missing"))
        #expect(runtime.run("mounts", "swap", id, "-").stderr.contains("add or remove"))
        #expect(runtime.run("kill", id, "KILL").status == 0)
        #expect(eventually { runtime.status(id) == "stopped" })
        #expect(add("[]").stderr.contains("container not running"))
    }

    // A017
    @Test func sharesOfTheCacheNeedAResctrl() throws {
        guard !FileManager.default.fileExists(atPath: "/sys/fs/resctrl/schemata") else { return }
        let id = RuntimeHarness.id()
        try sleeper(id)
        defer { runtime.remove(id) }
        for option in ["--l3-cache-schema=L3:0=f", "--mem-bw-schema=MB:0=20"] {
            let refused = runtime.run("update", option, id)
            #expect(refused.status == 1)
            #expect(refused.stderr.contains("no resctrl"), "\(refused)")
        }
    }

    // A099
    @Test(.needs("runc")) func eventsHaveTheShapeOfRunc() throws {
        var shapes: [Set<String>] = []
        for program in RuntimeHarness.all {
            let runtime = RuntimeHarness(program)
            let id = RuntimeHarness.id()
            let bundle = runtime.bundle("sh", "-c", "exec sleep 1000") {
                $0.edit("linux.resources.memory", ["limit": 64 << 20])
                $0.edit("linux.resources.pids", ["limit": 50])
            }
            defer { runtime.remove(id) }
            let made = runtime.run("run", "--detach", "--bundle", bundle.path, id)
            try #require(made.status == 0, "\(made)")
            let output = runtime.run("events", "--stats", id)
            let object = try JSONSerialization.jsonObject(with: Data(output.stdoutBytes))
            shapes.append(Self.paths(object))
        }
        // Left out where it is nothing, in both.
        let missing = shapes[1].subtracting(shapes[0]).subtracting([".data.memory.cache"])
        #expect(missing.isEmpty, "\(missing)")
    }

    /// The names of all members, with those above them; what the kernel counts by name is left out.
    private static func paths(_ value: Any, _ prefix: String = "") -> Set<String> {
        guard let object = value as? [String: Any], !prefix.hasSuffix(".raw") else {
            return [prefix]
        }
        return object.reduce(into: [prefix]) { names, member in
            names.formUnion(paths(member.value, prefix + "." + member.key))
        }
    }

    // A064 A099
    @Test(.needsCgroupV1) func anOutOfMemoryIsToldAtOnce() throws {
        let id = RuntimeHarness.id()
        try sleeper(id) {
            $0.edit("linux.resources.memory", ["limit": 16 << 20, "swap": 16 << 20])
        }
        defer { runtime.remove(id) }
        let events = runtime.start("events", "--interval", "1h", id)
        defer { events.send(signal: SIGKILL) }
        #expect(events.waits { $0.stdout.contains(#""type":"stats""#) })
        let hog = runtime.run("exec", id, "dd", "if=/dev/zero", "of=/dev/null", "bs=50M", "count=1")
        #expect(hog.status == 137, "\(hog)")
        #expect(events.waits { $0.stdout.contains("{\"type\":\"oom\",\"id\":\"\(id)\"}\n") })
        #expect(runtime.run("kill", id, "KILL").status == 0)
        #expect(events.finish(limit: 30).status == 0)
        #expect(runtime.run("events", "--stats", id).stderr.contains("container not running"))
    }

    // A099
    @Test(.needs("nsenter")) func statsCountTheContainersNetwork() throws {
        let id = RuntimeHarness.id()
        try sleeper(id)
        defer { runtime.remove(id) }
        let added = Command.run(
            "nsenter",
            ["-t", "\(runtime.pid(id))", "--net", "ip", "link", "add", "bridge7", "type", "bridge"])
        try #require(added.status == 0, "\(added)")
        let output = runtime.run("events", "--stats", id)
        #expect(output.stdout.contains(#"{"Name":"bridge7","RxBytes":0,"#), "\(output)")
    }

    // A082 A098
    @Test func updateChangesDevices() throws {
        let id = RuntimeHarness.id()
        try sleeper(id) { $0.edit("root.readonly", false) }
        defer { runtime.remove(id) }
        func opens() -> Bool { runtime.run("exec", id, "sh", "-c", ": </loop-control").status == 0 }
        func update(_ rules: String) -> Output {
            runtime.run("update", "-r", "-", id, input: Array(#"{"devices":[\#(rules)]}"#.utf8))
        }
        let node = runtime.run(
            "exec", "-c", "CAP_MKNOD", id, "mknod", "/loop-control", "c", "10", "237")
        try #require(node.status == 0, "\(node)")
        #expect(!opens())
        let deny = #"{"allow":false,"access":"rwm"}"#
        let allowed = update(
            deny + #",{"allow":true,"type":"c","major":10,"minor":237,"access":"rw"}"#)
        #expect(allowed.status == 0, "\(allowed)")
        #expect(opens())
        #expect(runtime.status(id) == "running")
        // A change of something else leaves them as they are.
        #expect(runtime.run("update", "--pids-limit", "77", id).status == 0)
        #expect(opens())
        #expect(update(deny).status == 0)
        #expect(!opens())
        #expect(runtime.run("exec", id, "sh", "-c", ": </dev/null").status == 0)
    }

    // A017
    @Test func everyFailingCallWritesOneLineOfJSON() throws {
        let id = RuntimeHarness.id()
        try sleeper(id)
        defer { runtime.remove(id) }
        let bundle = runtime.bundle("/nonexistent")
        for words in [
            ["state", "nobody"], ["state"], ["state", "--wings", "x"], ["fly"],
            ["kill", id, "WINGS"],
            ["delete", id], ["start", id], ["resume", id], ["exec", id, "/nonexistent"],
            ["exec", "--user", "x", id, "true"], ["run", "--bundle", bundle.path, "a"],
            ["create", "--bundle", "/nonexistent", "b"], ["events", "--interval", "x", id],
            ["update", "--memory", "x", id], ["ps", "--format", "xml", id], ["list", "-f", "xml"],
            ["create", "--bundle", bundle.path, "..", "c"],
        ] {
            let output = runtime.runLogged(words)
            #expect(output.status != 0, "\(words)")
            #expect(output.stdout.isEmpty, "\(words)")
            let lines = runtime.logged
            try #require(lines.count == 1, "\(words): \(lines)")
            #expect(lines[0]["level"] as? String == "error")
            let message = try #require(lines[0]["msg"] as? String)
            #expect(!message.isEmpty && output.stderr.contains(message), "\(words): \(output)")
            #expect(lines[0]["time"] is String)
        }
    }

    // A017
    @Test func theLogTakesCrunsWords() throws {
        let file = runtime.directory.file("words.log")
        let output = Command.run(
            runtime.program,
            [
                "-root", runtime.root, "-log=file:\(file)", "-log-format", "json",
                "-log-level=error",
                "-cgroup-manager=cgroupfs", "state", "nobody",
            ])
        #expect(output.status == 1)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("container does not exist"))
        #expect(text.split(separator: "\n").count == 1)
    }

    /// containerd opens /dev/null for reading and makes it everybody's standard output.
    // A017
    @Test(arguments: RuntimeHarness.all)
    func aNullThatCannotBeWrittenIsReplaced(program: String) {
        let runtime = RuntimeHarness(program)
        let bundle = runtime.bundle("sh", "-c", "echo lost")
        let output = Command.shell(
            "'\(program)' --root '\(runtime.root)' run -b '\(bundle.path)' \(RuntimeHarness.id()) "
                + "1</dev/null")
        #expect(output.status == 0, "\(output)")
    }

    // A021
    @Test(arguments: [true, false])
    func aPidfdIsSentWhereTheCallerListens(isOption: Bool) throws {
        let path = runtime.directory.file("pidfd.sock")
        let listening = try UnixSocket.listen(path)
        let id = RuntimeHarness.id()
        let bundle = runtime.bundle("true") {
            if !isOption { $0.edit("annotations", ["run.oci.pidfd_receiver": path]) }
        }
        defer { runtime.remove(id) }
        let options = isOption ? ["--pidfd-socket", path] : []
        let made = runtime.run(["create", "-b", bundle.path] + options + [id])
        try #require(made.status == 0, "\(made)")
        let caller = try UnixSocket.accept(listening)
        var buffer = [UInt8](repeating: 0, count: 64)
        let (_, descriptors) = try UnixSocket.receive(into: &buffer, on: caller)
        try #require(descriptors.count == 1)
        // It is init's, and no other's: what it says ends with init.
        let pidfd = Pidfd(OwnedDescriptor(owning: descriptors[0]))
        try pidfd.send(signal: SIGKILL)
        #expect(eventually { runtime.status(id) == "stopped" })
    }

    // A117
    @Test(.needs("setpriv")) func theCallersGroupsStayWhereAnAnnotationSaysSo() {
        for (value, expected) in [("1", "4242"), ("0", "")] {
            let bundle = runtime.bundle("sh", "-c", "id -G") {
                $0.edit("annotations", ["run.oci.keep_original_groups": value])
            }
            let output = Command.run(
                "setpriv",
                [
                    "--groups", "4242", runtime.program, "--root", runtime.root, "run", "-b",
                    bundle.path, RuntimeHarness.id(),
                ])
            #expect(output.status == 0, "\(output)")
            #expect(output.stdout.contains("4242") == !expected.isEmpty, "\(output)")
        }
    }

    /// A directory that is made for it has no mode to hand on; one of the image has.
    // A079
    @Test(arguments: RuntimeHarness.all)
    func aTmpfsHasTheModeOfWhatItCovers(program: String) throws {
        let runtime = RuntimeHarness(program)
        let bundle = runtime.bundle("stat", "-c", "%a", "/new", "/old") {
            for name in ["new", "old"] { $0.mount("/\(name)", type: "tmpfs", source: "tmpfs") }
        }
        try FileManager.default.createDirectory(
            atPath: bundle.rootfs + "/old", withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o750])
        let output = runtime.run("run", "-b", bundle.path, RuntimeHarness.id())
        #expect(output.stdout == "1777\n750\n", "\(output)")
    }

    /// The root of somebody's own user namespace may not write to the machine's /run.
    // A021
    @Test(.needs("unshare")) func aUsersStateIsWithTheUsersSession() throws {
        let session = runtime.directory.directory("session")
        let bundle = runtime.bundle("true")
        let script = """
            XDG_RUNTIME_DIR='\(session)' USER=user '\(runtime.program)' --cgroup-manager disabled \
              create -b '\(bundle.path)' rootless </dev/null >/dev/null 2>&1
            XDG_RUNTIME_DIR='\(session)' USER=user '\(runtime.program)' list -q
            XDG_RUNTIME_DIR='\(session)' USER=user '\(runtime.program)' delete -f rootless
            stat -c %a '\(session)'/apus/runtime
            """
        let output = Command.run(
            "unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script])
        #expect(output.stdout.hasSuffix("1700\n"), "\(output)")
    }
}
