import Foundation
import TestSupport
import Testing

/// Images and configurations that attack the host; the judge is a directory outside of the rootfs.
/// Debian's runc 1.1.5 and crun 1.8.1 fail some of these (reference: CVE-2026-41579, -88264, -88265,
/// CVE-2025-31133).
@Suite(.needsRoot) struct RuntimeAttackTests {
    // MARK: Links of the image

    // A079
    @Test(arguments: ["proc", "sys"])
    func aLinkInPlaceOfAKernelFilesystemIsRefused(_ name: String) {
        for target in ["absolute", "../canary"] {
            let test = RuntimeCase("true")
            let canary = Canary(in: test.directory)
            test.link(name, to: target == "absolute" ? canary.path : "../" + target)
            let output = test.run()
            #expect(output.status != 0)
            #expect(output.stderr.contains("must be mounted on ordinary directory"), "\(output)")
            #expect(canary.isUntouched)
            #expect(!FileManager.default.fileExists(atPath: test.root + "/c"))
        }
    }

    // A079; CVE-2026-41579: runc 1.1.5 and crun 1.8.1 make their nodes and links in the canary.
    @Test(arguments: [true, false])
    func devicesAreMadeInsideOfTheRootfsThoughDevIsALink(absolute: Bool) {
        let test = RuntimeCase("true")
        let canary = Canary(in: test.directory)
        test.unmount { $0.hasPrefix("/dev") }
        test.link("dev", to: absolute ? canary.path : "../../canary")
        _ = test.run()
        #expect(canary.isUntouched)
    }

    // A079; CVE-2026-88264: crun 1.8.1 makes a file of root's on the host.
    @Test func aConsoleThatIsALinkMakesNothingOutside() {
        let test = RuntimeCase("true")
        let canary = Canary(in: test.directory)
        test.unmount { $0 == "/dev" }
        test.bundle.edit("process.terminal", true)
        test.link("dev/console", to: canary.path + "/created")
        let output = test.run()
        #expect(output.status != 0)
        #expect(canary.isUntouched)
    }

    // A079; CVE-2019-18837
    @Test(arguments: ["/m", "/m/sub", "/m/file"])
    func aMountBehindALinkStaysInTheRootfs(_ destination: String) {
        for target in ["absolute", "../../canary"] {
            let test = RuntimeCase(
                "sh", "-c", "grep -c ' \(destination) \\| /canary' /proc/self/mountinfo; true")
            let canary = Canary(in: test.directory)
            let source = test.directory.directory("source")
            test.link("m", to: target == "absolute" ? canary.path : target)
            if destination == "/m/file" {
                test.mount(
                    destination, type: "bind", source: test.directory.write("plain", "x"),
                    options: ["bind"])
            } else {
                test.mount(destination, type: "bind", source: source, options: ["rbind"])
                test.mount(destination, type: "tmpfs", source: "tmpfs", options: [])
            }
            _ = test.run()
            #expect(canary.isUntouched)
            let mounts = try! String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            #expect(!mounts.contains(canary.path))
        }
    }

    // A079; CVE-2026-88265: output of the container must not go into a file behind /dev/null.
    @Test func aNullDeviceOfTheImageIsNoWayToAFileOfTheHost() {
        let test = RuntimeCase("sh", "-c", "echo out; echo err >&2")
        let file = test.directory.write("hostfile", "secret\n", mode: 0o600)
        test.unmount { $0.hasPrefix("/dev") }
        test.mount("/vol/hostfile", type: "bind", source: file, options: ["bind"])
        test.clear("dev")
        try! FileManager.default.createDirectory(
            atPath: test.rootfs + "/dev", withIntermediateDirectories: true)
        test.link("dev/null", to: "/vol/hostfile")
        test.bundle.edit("process.user", ["uid": 1000, "gid": 1000])
        _ = test.run()
        #expect(try! String(contentsOfFile: file, encoding: .utf8) == "secret\n")
        let attributes = try! FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.ownerAccountID] as? Int == 0)
    }

    // A078; CVE-2025-31133: runc 1.1.5 binds what the image's /dev/null points to.
    @Test func aMaskIsTheNullDeviceWhateverTheImageCallsSo() {
        let test = RuntimeCase("sh", "-c", "stat -c '%t:%T' /proc/keys; cat /proc/keys")
        let devices = test.directory.directory("devices")
        try! FileManager.default.createSymbolicLink(
            atPath: devices + "/null", withDestinationPath: "/proc/sys/kernel/domainname")
        test.unmount { $0.hasPrefix("/dev") }
        test.mount("/dev", type: "bind", source: devices, options: ["rbind"])
        let output = test.run()
        #expect(output.status == 0, "\(output)")
        #expect(output.stdout == "1:3\n")
    }

    // MARK: /proc

    // A078, A079; CVE-2019-16884 and CVE-2015-3631
    @Test(arguments: [
        "/proc", "/proc/self/attr/exec", "/proc/self/fd", "/proc/sys", "/x/exec",
    ])
    func nothingCoversPartsOfProc(_ destination: String) {
        let test = RuntimeCase("true")
        test.link("x", to: "/proc/self/attr")
        let isFile = destination.hasSuffix("exec")
        let source =
            isFile ? test.directory.write("cover", "") : test.directory.directory("cover-d")
        test.mount(destination, type: "bind", source: source, options: ["bind"])
        let output = test.run()
        #expect(output.status != 0)
        #expect(output.stderr.contains("cannot be covered"), "\(output)")
    }

    @Test func filesOfProcThatDescribeTheMachineMayBeCovered() {
        let test = RuntimeCase("cat", "/proc/meminfo")
        test.mount(
            "/proc/meminfo", type: "bind", source: test.directory.write("meminfo", "fake\n"),
            options: ["bind", "ro"])
        let output = test.run()
        #expect(output.stdout == "fake\n", "\(output)")
    }

    // MARK: Descriptors

    // A065; CVE-2024-21626
    @Test func aWorkingDirectoryIsNoWayOutOfTheContainer() {
        for number in 3..<25 {
            let test = RuntimeCase("sh", "-c", "ls -d /canary 2>/dev/null; pwd")
            if number % 2 == 0 {
                test.bundle.edit("process.cwd", "/proc/self/fd/\(number)")
            } else {
                test.link("w", to: "/proc/self/fd/\(number)")
                test.bundle.edit("process.cwd", "/w")
            }
            let output = test.run()
            #expect(output.status != 0, "descriptor \(number): \(output)")
            #expect(output.stderr.contains("change to the directory"), "\(output)")
        }
    }

    // A065; the same for exec
    @Test func aWorkingDirectoryOfExecIsNoWayOutEither() {
        let test = RuntimeCase("sleep", "1000")
        test.begin()
        for number in 3..<25 {
            let output = test.runtime("exec", "--cwd", "/proc/self/fd/\(number)", "c", "pwd")
            #expect(output.status != 0, "descriptor \(number): \(output)")
        }
    }

    // A065
    @Test func descriptorsOfTheCallerStayOutside() {
        let test = RuntimeCase("sh", "-c", "ls /proc/self/fd")
        test.bundle.save()
        let output = Command.shell(
            "exec 8</etc/passwd 9</etc; exec '\(Programs.runtime)' --root '\(test.root)' run -b '\(test.bundle.path)' c"
        )
        // 3 is the directory that ls itself reads.
        #expect(output.stdout.split(separator: "\n") == ["0", "1", "2", "3"], "\(output)")
    }

    @Test func descriptorsThatAreAskedForComeAlong() {
        let test = RuntimeCase("sh", "-c", "cat <&3; ls /proc/self/fd | wc -l")
        let file = test.directory.write("given", "given\n")
        test.bundle.save()
        let call = "'\(Programs.runtime)' --root '\(test.root)' run --preserve-fds"
        let given = Command.shell(
            "exec 3<'\(file)'; exec \(call) 1 -b '\(test.bundle.path)' c")
        #expect(given.stdout == "given\n5\n", "\(given)")
        let missing = Command.shell(
            "exec 3<'\(file)'; exec \(call) 9 -b '\(test.bundle.path)' c")
        #expect(missing.stderr.contains("is not open"), "\(missing)")
    }

    // A065
    @Test func hooksGetTheStandardStreamsAndNothingElse() {
        let test = RuntimeCase("true")
        let seen = test.directory.file("seen")
        let hook = test.directory.write(
            "hook", "#!/bin/sh\nls /proc/self/fd >'\(seen)'\nenv >>'\(seen)'\npwd >>'\(seen)'\n",
            mode: 0o755)
        test.bundle.edit("process.env", ["EVIL=1", "LD_PRELOAD=./x.so", "PATH=/bin"])
        test.bundle.edit("hooks", ["createContainer": [["path": hook]]])
        let output = test.run()
        #expect(output.status == 0, "\(output)")
        let text = (try? String(contentsOfFile: seen, encoding: .utf8)) ?? ""
        #expect(text.hasPrefix("0\n1\n2\n3\nPWD="), "\(text)")
        #expect(!text.contains("EVIL"))
        #expect(text.hasSuffix("\(test.bundle.path)\n"))
    }

    // MARK: The runtime's own file

    // A019; CVE-2019-5736. The file becomes writable the moment that nobody executes it.
    @Test func theRuntimesFileCannotBeWrittenThroughProc() {
        let test = RuntimeCase("/evil", "--log", "/pipe", "list")
        let victim = test.directory.file("victim")
        try! FileManager.default.copyItem(atPath: Programs.runtime, toPath: victim)
        let before = Command.run("/usr/bin/sha256sum", [victim]).stdout
        // The kernel makes the runtime the interpreter; opening the pipe as its log, it waits.
        try! Data("#!/proc/self/exe --root\n".utf8).write(
            to: URL(fileURLWithPath: test.rootfs + "/evil"))
        unsafe chmod(test.rootfs + "/evil", 0o755)
        unsafe mkfifo(test.rootfs + "/pipe", 0o600)
        test.bundle.namespace("pid", nil)
        test.bundle.edit("root.readonly", false)
        let all = ["CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SYS_PTRACE"]
        test.bundle.edit(
            "process.capabilities", ["bounding": all, "effective": all, "permitted": all])
        test.bundle.save()
        func call(_ words: String) -> Output {
            Command.shell("'\(victim)' --root '\(test.root)' \(words) </dev/null")
        }
        defer { _ = call("delete -f v") }
        _ = call("create -b '\(test.bundle.path)' v >/dev/null 2>&1")
        let pid = Command.shell(
            "'\(victim)' --root '\(test.root)' state v | sed -n 's/.*\"pid\": \\([0-9]*\\).*/\\1/p'"
        ).stdout.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(Int(pid) != nil)
        _ = call("start v")
        let isRuntime = eventually {
            let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
            return line?.hasPrefix("/proc/self/exe") == true
        }
        #expect(isRuntime, "the attack has not begun")
        let attack =
            "exec 3</proc/\(pid)/exe; kill -9 \(pid); while [ -d /proc/\(pid)/fd/0 ]; do :; done; "
            + "i=0; while [ $i -lt 50 ]; do (echo x >>/proc/self/fd/3) 2>/why && break; "
            + "grep -q busy /why || break; usleep 20000; i=$((i+1)); done; echo done >/done"
        _ = call("exec -d v sh -c '\(attack)' >/dev/null 2>&1")
        #expect(eventually { FileManager.default.fileExists(atPath: test.rootfs + "/done") })
        let why = (try? String(contentsOfFile: test.rootfs + "/why", encoding: .utf8)) ?? ""
        #expect(why.contains("Read-only file system"), "\(why)")
        #expect(Command.run("/usr/bin/sha256sum", [victim]).stdout == before)
    }

    // MARK: What is read-only

    // A078
    @Test func theHostsSwitchesAreOutOfReach() {
        let test = RuntimeCase(
            "sh", "-c",
            """
            for f in /proc/sysrq-trigger /proc/sys/kernel/hostname /sys/kernel/uevent_helper /x; do
              (echo x >$f) 2>/dev/null && echo "wrote $f"
            done
            for f in /proc/kcore /proc/keys /proc/timer_list; do
              [ -e $f ] && [ "$(stat -c %t:%T $f)" != 1:3 ] && echo "sees $f"
            done
            ls /proc/acpi /sys/firmware 2>/dev/null | grep -v : | grep . && echo "sees a directory"
            echo end
            """)
        let output = test.run()
        #expect(output.stdout == "end\n", "\(output)")
    }
}
