import Foundation
import TestSupport
import Testing

/// Properties of `process` and `linux`, each seen in a whole container.
@Suite(.needsRoot, .needs("busybox")) struct RuntimePropertiesTests {
    // MARK: When and where it runs

    // A101
    @Test func theSchedulerIsTheOneAskedFor() {
        let test = RuntimeCase("cut", "-d", " ", "-f", "19,41", "/proc/self/stat")
        // Nice value and policy; SCHED_BATCH is 3.
        test.bundle.edit("process.scheduler", ["policy": "SCHED_BATCH", "nice": 5])
        #expect(test.run().stdout == "5 3\n")
        test.bundle.edit("process.scheduler", ["policy": "SCHED_OTHER", "priority": 3])
        let refused = test.run(id: "d")
        #expect(refused.stderr.contains("process.scheduler.priority: is only for"), "\(refused)")
    }

    // A101
    @Test func thePriorityOfInputAndOutputIsTheOneAskedFor() {
        let test = RuntimeCase("ionice")
        test.bundle.edit("process.ioPriority", ["class": "IOPRIO_CLASS_BE", "priority": 6])
        #expect(test.run().stdout == "best-effort: prio 6\n")
    }

    // A101
    @Test func anExecRunsOnItsProcessors() throws {
        let test = RuntimeCase("sleep", "1000")
        test.begin()
        let process = test.directory.write(
            "process.json",
            """
            {"args":["grep","Cpus_allowed_list","/proc/self/status"],"cwd":"/","env":["PATH=/bin"],
             "execCPUAffinity":{"initial":"0-1","final":"1"}}
            """)
        let output = test.runtime("exec", "--process", process, "c")
        #expect(output.stdout == "Cpus_allowed_list:\t1\n", "\(output)")
        test.directory.write(
            "process.json",
            #"{"args":["true"],"cwd":"/","env":["PATH=/bin"],"execCPUAffinity":{"final":"x"}}"#)
        let refused = test.runtime("exec", "--process", process, "c")
        #expect(refused.status == 255)
        #expect(refused.stderr.contains("\"x\" is no list of processors"), "\(refused)")
    }

    // A101
    @Test func thePersonalityIsTheOneAskedFor() {
        let test = RuntimeCase("uname", "-m")
        test.bundle.edit("linux.personality", ["domain": "LINUX32"])
        #expect(test.run().stdout == "i686\n")
    }

    // A101
    @Test func theMemoryPolicyIsTheOneAskedForOrItsRefusalIsSaid() {
        let test = RuntimeCase("sh", "-c", "exec head -1 /proc/self/numa_maps")
        test.bundle.edit("linux.memoryPolicy", ["mode": "MPOL_BIND", "nodes": "0"])
        let output = test.run()
        if FileManager.default.fileExists(atPath: "/proc/self/numa_maps") {
            #expect(output.stdout.contains(" bind:0 "), "\(output)")
        } else {
            #expect(output.stderr.contains("set the memory policy MPOL_BIND"), "\(output)")
        }
        test.bundle.edit("linux.memoryPolicy", ["mode": "MPOL_BIND", "nodes": "900"])
        let refused = test.run(id: "d")
        #expect(refused.status == 1)
        #expect(refused.stderr.contains("set the memory policy MPOL_BIND"), "\(refused)")
    }

    // A017
    @Test func cachePartitionsNeedAResctrl() {
        guard !FileManager.default.fileExists(atPath: "/sys/fs/resctrl/schemata") else { return }
        let test = RuntimeCase("true")
        test.bundle.edit("linux.intelRdt", ["closID": "x", "l3CacheSchema": "L3:0=f"])
        let output = test.run()
        #expect(output.status == 1)
        #expect(output.stderr.contains("linux.intelRdt"), "\(output)")
        #expect(output.stderr.contains("resctrl"))
    }

    // MARK: Users

    // A067 A073
    @Test func aUserNamespaceIsJoinedByPath() {
        let host = RuntimeCase("sleep", "1000")
        let map = [["containerID": 0, "hostID": 100000, "size": 65536]]
        host.bundle.namespace("user", "")
        host.bundle.edit("linux.uidMappings", map)
        host.bundle.edit("linux.gidMappings", map)
        unsafe chmod(host.directory.path, 0o755)
        host.begin()
        let test = RuntimeCase("sh", "-c", "cat /proc/self/uid_map; id -u; hostname")
        unsafe chmod(test.directory.path, 0o755)
        test.bundle.namespace("user", "/proc/\(host.pid())/ns/user")
        let output = test.run()
        #expect(
            output.stdout.split { $0 == " " || $0 == "\n" } == [
                "0", "100000", "65536", "0", "apus",
            ],
            "\(output)")
    }

    // MARK: Filters

    // A128
    @Test(arguments: [
        ("SCMP_ACT_KILL_PROCESS", Int32(159), ""), ("SCMP_ACT_KILL_THREAD", 159, ""),
        ("SCMP_ACT_KILL", 159, ""), ("SCMP_ACT_TRAP", 159, ""), ("SCMP_ACT_LOG", 0, ""),
        ("SCMP_ACT_ALLOW", 0, ""), ("SCMP_ACT_ERRNO", 1, "No such device"),
        ("SCMP_ACT_TRACE", 1, "Function not implemented"),
    ])
    func everyActionDoesWhatItSays(_ action: String, _ status: Int32, _ says: String) {
        let test = RuntimeCase("mkdir", "/tmp/made")
        test.bundle.edit("root.readonly", false)
        var rule: [String: Any] = ["names": ["mkdir", "mkdirat"], "action": action]
        if action == "SCMP_ACT_ERRNO" { rule["errnoRet"] = 19 }
        test.bundle.edit(
            "linux.seccomp",
            [
                "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule],
                "flags": [
                    "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                    "SECCOMP_FILTER_FLAG_TSYNC",
                ],
            ])
        let output = test.run()
        #expect(output.status == status, "\(output)")
        #expect(says.isEmpty || output.stderr.contains(says), "\(output)")
    }

    // MARK: Hooks

    /// Writes the name of the moment, the status that the state has, and where it stands.
    private func hook(_ name: String, log: String, then: String = "") -> [[String: Any]] {
        let script =
            "s=$(sed 's/.*\"status\": *\"\\([a-z]*\\)\".*/\\1/' | tr -d '\\n '); "
            + "echo \(name) ${s##*status} $X \(then.isEmpty ? "" : "; \(then)") >>\(log)"
        return [
            [
                "path": "/bin/sh", "args": ["sh", "-c", script],
                "env": ["X=x", "PATH=/bin:/usr/bin"],
            ]
        ]
    }

    private static let moments = [
        "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
    ]

    // A042
    @Test func hooksOfEveryKindRunAtTheirMoment() throws {
        let test = RuntimeCase("sleep", "1000")
        let log = test.directory.directory("log")
        test.mount("/log", type: "bind", source: log, options: ["bind"])
        for moment in Self.moments {
            let file = moment == "startContainer" ? "/log/lines" : log + "/lines"
            test.bundle.edit("hooks.\(moment)", hook(moment, log: file))
        }
        func lines() -> [String] {
            let text = (try? String(contentsOfFile: log + "/lines", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        }
        let made = test.create()
        try #require(made.status == 0, "\(made)")
        #expect(lines() == Array(Self.moments[..<3]))
        #expect(test.runtime("start", "c").status == 0)
        #expect(eventually { lines().count == 5 })
        #expect(lines() == Array(Self.moments[..<5]))
        #expect(test.runtime("delete", "-f", "c").status == 0)
        #expect(lines() == Self.moments)
        let text = try String(contentsOfFile: log + "/lines", encoding: .utf8)
        #expect(text.contains("prestart creating x"), "\(text)")
        #expect(text.contains("startContainer created x"))
        #expect(text.contains("poststart running x"))
        #expect(text.contains("poststop stopped x"))
    }

    // A042
    @Test(arguments: ["prestart", "createRuntime", "createContainer"])
    func aHookThatFailsBeforeTheStartLeavesNothing(_ moment: String) {
        let test = RuntimeCase("true")
        test.bundle.edit(
            "hooks.\(moment)",
            [["path": "/bin/sh", "args": ["sh", "-c", "echo because >&2; exit 3"]]])
        let output = test.create()
        #expect(output.status == 1)
        #expect(output.stderr.contains("run \(moment) hook #0 /bin/sh"), "\(output)")
        #expect(output.stderr.contains("exit code 3: because"))
        #expect(!FileManager.default.fileExists(atPath: test.root + "/c"))
    }

    // A042
    @Test func aHookThatTakesTooLongIsEnded() {
        let test = RuntimeCase("true")
        test.bundle.edit(
            "hooks.createRuntime",
            [["path": "/bin/sleep", "args": ["sleep", "1000"], "timeout": 1]])
        let output = test.create()
        #expect(output.stderr.contains("killed after its timeout of 1 seconds"), "\(output)")
    }

    // A042
    @Test func afterTheStartAHookEndsTheContainerAndAfterItsEndOnlyWarns() {
        let test = RuntimeCase("sleep", "1000")
        test.bundle.edit("hooks.poststart", [["path": "/bin/false"]])
        test.create()
        let started = test.runtime("start", "c")
        #expect(started.status == 1)
        #expect(started.stderr.contains("run poststart hook #0"), "\(started)")
        #expect(eventually { test.status() == "stopped" })
        test.bundle.edit("hooks.poststart", nil)
        test.bundle.edit("hooks.poststop", [["path": "/bin/false"]])
        test.begin("d")
        let deleted = test.runtime("delete", "-f", "d")
        #expect(deleted.status == 0)
        #expect(deleted.stderr.contains("run poststop hook #0"), "\(deleted)")
        #expect(test.runtime("state", "d").status == 1)
    }

    /// Also of the hooks that run in the container, whose root has no such file.
    // A021 A042
    @Test func whatHooksSayGoesToTheFilesOfTheAnnotations() throws {
        let test = RuntimeCase("sleep", "1000")
        let (out, err) = (test.directory.file("out"), test.directory.file("err"))
        test.bundle.edit(
            "annotations", ["run.oci.hooks.stdout": out, "run.oci.hooks.stderr": err])
        for moment in Self.moments {
            let words = ["sh", "-c", "echo \(moment); echo \(moment) >&2; ls /proc/self/fd >&2"]
            test.bundle.edit("hooks.\(moment)", [["path": "/bin/sh", "args": words]])
        }
        test.begin()
        // A process in the container has the files as little as its first program does.
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(test.pid())/fd"))
                == ["0", "1", "2"])
        #expect(test.runtime("delete", "-f", "c").status == 0)
        #expect(try String(contentsOfFile: out, encoding: .utf8) == lines(Self.moments))
        // Three streams, and the directory that ls reads.
        let each = Self.moments.flatMap { [$0, "0", "1", "2", "3"] }
        #expect(try String(contentsOfFile: err, encoding: .utf8) == lines(each))
        test.bundle.edit("annotations", ["run.oci.hooks.stdout": "/no/such/place"])
        let refused = test.create()
        #expect(refused.status == 1)
        #expect(
            refused.stderr.contains("annotation run.oci.hooks.stdout: open /no/such/place"),
            "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: test.root + "/c"))
    }

    private func lines(_ words: [String]) -> String { words.map { $0 + "\n" }.joined() }

    // A021 A117
    @Test func aSystemCallThatNobodyKnowsIsRefusedWhereThatIsWanted() {
        let test = RuntimeCase("true")
        test.bundle.edit(
            "linux.seccomp",
            [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [["names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"]],
            ])
        #expect(test.run().status == 0)
        test.bundle.edit("annotations", ["run.oci.seccomp_fail_unknown_syscall": "1"])
        let output = test.run(id: "d")
        #expect(output.status == 1)
        #expect(output.stderr.contains("does not know no_such_call"), "\(output)")
    }

    // A021
    @Test func whatACrunAnnotationAsksForAndIsNotToBeHadIsRefused() {
        for (name, words) in [
            ("run.oci.handler", "only crun has handlers"),
            ("run.oci.seccomp_bpf_data", "linux.seccomp"),
        ] {
            let test = RuntimeCase("true")
            test.bundle.edit("annotations", [name: "krun"])
            let output = test.run()
            #expect(output.status == 1)
            #expect(output.stderr.contains("annotation \(name)"), "\(output)")
            #expect(output.stderr.contains(words), "\(output)")
        }
    }

    // MARK: What the kernel or the host refuses

    // A058
    @Test func aLimitOfTheKernelIsNamedWithItsValue() {
        let test = RuntimeCase("true")
        test.unmount { $0 == "/sys" || $0 == "/sys/fs/cgroup" }
        test.bundle.save()
        // The limits of a user namespace of the test's own.
        let output = Command.run(
            "unshare",
            [
                "-Urmpf", "--mount-proc", "sh", "-c",
                "echo 0 >/proc/sys/user/max_uts_namespaces; exec '\(Programs.runtime)' "
                    + "--root '\(test.root)' --cgroup-manager disabled run -b '\(test.bundle.path)' c",
            ])
        #expect(output.status == 1)
        #expect(output.stderr.contains("user.max_uts_namespaces=0"), "\(output)")
    }

    // A058 A064
    @Test func aMemoryLimitThatInitCannotLiveInIsSaidWithItsValue() {
        let test = RuntimeCase("true")
        test.bundle.edit("linux.resources.memory", ["limit": 4096])
        let output = test.run()
        #expect(output.status == 1)
        #expect(
            output.stderr.contains("its memory limit of 4 KiB was reached (oom_kill 1)"),
            "\(output)")
    }

    // A058
    @Test func aFullStateDirectoryIsSaid() {
        let test = RuntimeCase("true")
        test.bundle.save()
        let root = test.directory.directory("full")
        let mounted = Command.run(
            "/bin/mount", ["-t", "tmpfs", "-o", "nr_inodes=2", "tmpfs", root])
        #expect(mounted.status == 0)
        defer { _ = Command.run("/bin/umount", [root]) }
        let output = Command.run(
            Programs.runtime, ["--root", root, "run", "-b", test.bundle.path, "c"])
        #expect(output.status == 1)
        #expect(output.stderr.contains("no space left on device"), "\(output)")
        #expect(output.stderr.contains("the filesystem of --root has no space or no inodes"))
        #expect((try? FileManager.default.contentsOfDirectory(atPath: root)) == [])
    }

    // A058
    @Test func aDirectoryThatMayNotBeSearchedIsNamed() {
        let test = RuntimeCase("/closed/way/program")
        let way = test.rootfs + "/closed/way"
        try! FileManager.default.createDirectory(
            atPath: way, withIntermediateDirectories: true)
        try! FileManager.default.copyItem(
            atPath: test.rootfs + "/bin/busybox", toPath: way + "/program")
        unsafe chmod(test.rootfs + "/closed", 0o700)
        test.bundle.edit("process.user", ["uid": 1000, "gid": 1000])
        let output = test.run()
        #expect(output.status == 1)
        #expect(output.stderr.contains("permission denied"), "\(output)")
        #expect(output.stderr.contains("user 1000 may not search /closed"))
    }

    // A058
    @Test func aProgramOfAnotherMachineOrLibrarySaysWhichIsMissing() {
        let test = RuntimeCase("/foreign")
        // The head of an aarch64 program.
        var elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
        elf[16] = 2
        elf[18] = 183
        elf[20] = 1
        func put(_ bytes: [UInt8]) {
            try! Data(bytes).write(to: URL(fileURLWithPath: test.rootfs + "/foreign"))
            unsafe chmod(test.rootfs + "/foreign", 0o755)
        }
        put(elf)
        let foreign = test.run()
        #expect(foreign.stderr.contains("is built for aarch64, this machine is"), "\(foreign)")
        put([])
        let empty = test.run(id: "d")
        #expect(empty.stderr.contains("/foreign is empty"), "\(empty)")
        let dynamic = try! Data(contentsOf: URL(fileURLWithPath: "/bin/cat"))
        put(Array(dynamic))
        let lost = test.run(id: "e")
        #expect(lost.stderr.contains("its loader /lib64/ld-linux-x86-64.so.2"), "\(lost)")
        #expect(lost.stderr.contains("no such file or directory"))
    }
}
