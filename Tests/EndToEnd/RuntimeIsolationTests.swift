import Foundation
import TestSupport
import Testing

/// What a container sees of itself, of others and of the host.
@Suite(.needsRoot) struct RuntimeIsolationTests {
    private static let kinds = [
        "mount": "mnt", "pid": "pid", "network": "net", "ipc": "ipc", "uts": "uts",
        "cgroup": "cgroup", "time": "time",
    ]

    // MARK: Namespaces

    // A067, A068, A070, A072, A074
    @Test func eachNamespaceIsTheContainersOwn() {
        let test = RuntimeCase("sleep", "1000")
        for kind in Self.kinds.keys { test.bundle.namespace(kind, "") }
        test.begin()
        let pid = test.pid()
        for file in Self.kinds.values {
            let theirs = RuntimeCase.namespace(file, of: pid)
            #expect(theirs.hasPrefix(file == "mnt" ? "mnt:" : "\(file):"))
            #expect(theirs != RuntimeCase.namespace(file, of: Int(getpid())), "\(file)")
        }
    }

    // A067
    @Test(arguments: ["network", "ipc", "uts", "pid", "cgroup"])
    func aNamespaceIsJoinedByPath(_ kind: String) {
        let host = RuntimeCase("sleep", "1000")
        host.bundle.namespace("cgroup", "")
        host.begin()
        let file = Self.kinds[kind]!
        let test = RuntimeCase("sleep", "1000")
        test.bundle.edit("hostname", nil)
        test.bundle.namespace(kind, "/proc/\(host.pid())/ns/\(file)")
        test.begin()
        #expect(
            RuntimeCase.namespace(file, of: test.pid())
                == RuntimeCase.namespace(file, of: host.pid()))
    }

    // A067
    @Test func aNamespaceOfTheWrongKindIsAnErrorThatNamesThePath() {
        let test = RuntimeCase("true")
        test.bundle.namespace("ipc", "/proc/self/ns/net")
        let output = test.run()
        #expect(output.status != 0)
        #expect(output.stderr.contains("/proc/self/ns/net"), "\(output)")
        #expect(output.stderr.contains("another kind"))
    }

    // A075, A076
    @Test(arguments: ["network", "pid"])
    func aNamespaceThatIsNotListedIsTheHosts(_ kind: String) {
        let test = RuntimeCase("sleep", "1000")
        test.bundle.namespace(kind, nil)
        test.unmount { $0 == "/sys" }
        test.begin()
        let file = Self.kinds[kind]!
        #expect(
            RuntimeCase.namespace(file, of: test.pid())
                == RuntimeCase.namespace(file, of: Int(getpid())))
    }

    // A068
    @Test func initIsProcessOneAndSeesOnlyItsOwn() {
        let test = RuntimeCase("sh", "-c", "echo $$; ls /proc | grep -c '^[0-9]'")
        let lines = test.run().stdout.split(separator: "\n")
        #expect(lines.first == "1")
        // sh, ls and grep.
        #expect(Int(lines.last ?? "") ?? 99 <= 3)
    }

    // A065
    @Test func aProcessOfTheHostCannotBeSignalled() {
        let test = RuntimeCase("sh", "-c", "kill -0 \(getpid()) && echo reached")
        #expect(!test.run().stdout.contains("reached"))
    }

    // A069
    @Test func aNewNetworkHasTheLoopbackAlone() {
        let test = RuntimeCase("sh", "-c", "ip -o link")
        let lines = test.run().stdout.split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("lo:") == true && lines.first?.contains("UP") == true)
    }

    // A071
    @Test func namesAreTheContainersAndTheHostKeepsItsOwn() {
        let before = Command.run("/bin/hostname").stdout
        let test = RuntimeCase("sh", "-c", "hostname; cat /proc/sys/kernel/domainname")
        test.bundle.edit("hostname", "inside")
        test.bundle.edit("domainname", "example.net")
        #expect(test.run().stdout == "inside\nexample.net\n")
        #expect(Command.run("/bin/hostname").stdout == before)
    }

    // A073
    @Test func rootOfAUserNamespaceIsAnUnprivilegedUserOutside() {
        let test = RuntimeCase(
            "sh", "-c",
            "id -u; cat /proc/self/uid_map /proc/self/setgroups; touch /vol/made; sleep 1000")
        let volume = test.directory.directory("volume")
        // The rootfs belongs to root outside, so the container's root cannot make it.
        try! FileManager.default.createDirectory(
            atPath: test.rootfs + "/vol", withIntermediateDirectories: true)
        unsafe chmod(test.directory.path, 0o755)
        unsafe chown(volume, 100000, 100000)
        let map = [["containerID": 0, "hostID": 100000, "size": 65536]]
        test.bundle.namespace("user", "")
        test.bundle.edit("linux.uidMappings", map)
        test.bundle.edit("linux.gidMappings", map)
        test.mount("/vol", type: "bind", source: volume, options: ["bind"])
        test.begin()
        #expect(eventually { FileManager.default.fileExists(atPath: volume + "/made") })
        let owner = try! FileManager.default.attributesOfItem(atPath: volume + "/made")
        #expect(owner[.ownerAccountID] as? Int == 100000)
        let map1 = try! String(contentsOfFile: "/proc/\(test.pid())/uid_map", encoding: .utf8)
        #expect(
            map1.split(separator: " ").map { $0.trimmingCharacters(in: .newlines) } == [
                "0", "100000", "65536",
            ])
        // exec joins it too.
        let exec = test.runtime("exec", "c", "cat", "/proc/self/uid_map")
        #expect(exec.stdout == map1, "\(exec)")
    }

    // A074
    @Test func clocksAreShiftedAndTheCgroupIsTheRoot() {
        let test = RuntimeCase("sh", "-c", "cut -d. -f1 /proc/uptime; cat /proc/self/cgroup")
        test.bundle.namespace("time", "")
        test.bundle.namespace("cgroup", "")
        test.bundle.edit("linux.timeOffsets", ["boottime": ["secs": 1_000_000, "nanosecs": 0]])
        let output = test.run()
        let lines = output.stdout.split(separator: "\n")
        #expect(Int(lines.first ?? "") ?? 0 >= 1_000_000, "\(output)")
        #expect(lines.dropFirst().allSatisfy { $0.hasSuffix(":/") }, "\(output)")
    }

    // MARK: Mounts

    // A070
    @Test func theHostsMountsAreGoneAndTheContainersStayInside() {
        let test = RuntimeCase("sh", "-c", "sleep 1000")
        test.begin()
        let inside = try! String(contentsOfFile: "/proc/\(test.pid())/mountinfo", encoding: .utf8)
        let outside = try! String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        #expect(!outside.contains(test.bundle.path))
        #expect(
            inside.split(separator: "\n").filter { $0.split(separator: " ")[4] == "/" }.count == 1)
        #expect(!inside.contains("shared:"))
    }

    // A079
    @Test func optionsOfABindAreInForce() {
        let test = RuntimeCase(
            "sh", "-c",
            "grep ' /vol ' /proc/self/mountinfo | cut -d' ' -f6; (echo x >/vol/x) 2>/dev/null || echo refused"
        )
        test.mount(
            "/vol", type: "bind", source: test.directory.directory("volume"),
            options: ["rbind", "ro", "nosuid", "nodev", "noexec", "noatime"])
        let output = test.run()
        #expect(output.stdout == "ro,nosuid,nodev,noexec,noatime\nrefused\n", "\(output)")
    }

    // A079
    @Test func aRecursivelyReadOnlyBindIsReadOnlyBelowToo() {
        let test = RuntimeCase("sh", "-c", "(echo x >/vol/inner/x) 2>&1; echo $?")
        let volume = test.directory.directory("volume/inner")
        let mounted = Command.run("/bin/mount", ["-t", "tmpfs", "tmpfs", volume])
        defer { _ = Command.run("/bin/umount", [volume]) }
        #expect(mounted.status == 0)
        test.mount(
            "/vol", type: "bind", source: test.directory.file("volume"), options: ["rbind", "rro"])
        let output = test.run()
        #expect(output.stdout.contains("Read-only"), "\(output)")
    }

    // A079
    @Test func aBindOfAFileMakesItsPlaceEvenBehindADanglingLink() {
        let test = RuntimeCase("cat", "/etc/resolv.conf")
        let file = test.directory.write("resolv", "nameserver 192.0.2.1\n")
        test.link("etc/resolv.conf", to: "../run/systemd/resolve/stub-resolv.conf")
        test.mount("/etc/resolv.conf", type: "bind", source: file, options: ["bind", "ro"])
        #expect(test.run().stdout == "nameserver 192.0.2.1\n")
    }

    // A079
    @Test func aTmpfsBeginsWithWhatTheImageHas() {
        let test = RuntimeCase(
            "sh", "-c",
            "cat /etc/passwd | head -1; stat -c %a /etc; echo x >/etc/new && echo written")
        test.mount("/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "mode=750"])
        #expect(test.run().stdout == "root:x:0:0:root:/root:/bin/sh\n750\nwritten\n")
    }

    // A079
    @Test func aWrongOptionIsToldInTheKernelsWords() {
        let test = RuntimeCase("true")
        test.mount("/t", type: "tmpfs", source: "tmpfs", options: ["size=banana"])
        let output = test.run()
        #expect(output.stderr.contains("mount tmpfs on /t"), "\(output)")
        #expect(output.stderr.contains("Bad value for 'size'"))
    }

    // A067
    @Test func devicesAreThereAndWork() {
        let test = RuntimeCase(
            "sh", "-c",
            """
            cd /dev; for d in null zero full random urandom tty; do stat -c '%n %t:%T %a' $d; done
            for l in fd stdin ptmx; do readlink $l; done; head -c 4 zero | wc -c; echo x >null; (echo x >full) 2>&1
            """)
        let output = test.run()
        #expect(output.stdout.hasPrefix("null 1:3 666\nzero 1:5 666\nfull 1:7 666\n"), "\(output)")
        #expect(output.stdout.contains("/proc/self/fd\n/proc/self/fd/0\npts/ptmx\n4\n"))
        #expect(output.stdout.contains("No space left"))
    }

    // A067
    @Test func aDeviceOfTheConfigurationIsMadeAndAMismatchIsAnError() {
        let test = RuntimeCase("stat", "-c", "%t:%T %a %u", "/dev/mine")
        test.bundle.edit(
            "linux.devices",
            [
                [
                    "path": "/dev/mine", "type": "c", "major": 1, "minor": 7, "fileMode": 0o640,
                    "uid": 7,
                ]
            ])
        #expect(test.run().stdout == "1:7 640 7\n")
        test.bundle.edit(
            "linux.devices", [["path": "/etc/passwd", "type": "c", "major": 1, "minor": 7]])
        let output = test.run(id: "d")
        #expect(output.stderr.contains("is something else"), "\(output)")
    }

    // MARK: The process

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

    /// The colon keeps the shell from becoming tr, which would change what it reads.
    @Test func theUserHasItsIdsItsGroupsAndItsHome() {
        let test = RuntimeCase(
            "sh", "-c", "id; echo $HOME; umask; tr '\\0' '\\n' </proc/1/environ; :")
        test.bundle.edit(
            "process.user", ["uid": 1000, "gid": 1000, "additionalGids": [29], "umask": 0o27])
        test.bundle.edit("process.env", ["PATH=/bin"])
        let output = test.run()
        #expect(
            output.stdout
                == "uid=1000(user) gid=1000(user) groups=29(audio)\n/home/user\n0027\nPATH=/bin\nHOME=/home/user\n",
            "\(output)")
    }

    // A047
    @Test func execJoinsEverythingOfTheContainer() {
        let test = RuntimeCase("sleep", "1000")
        test.bundle.namespace("cgroup", "")
        test.begin()
        for file in ["mnt", "pid", "net", "ipc", "uts", "cgroup"] {
            let seen = test.runtime("exec", "c", "readlink", "/proc/self/ns/\(file)").stdout
            #expect(seen == RuntimeCase.namespace(file, of: test.pid()) + "\n")
        }
        #expect(test.runtime("exec", "c", "sh", "-c", "exit 7").status == 7)
        #expect(test.runtime("exec", "c", "sh", "-c", "kill -9 $$").status == 137)
        let cgroup = test.runtime("exec", "c", "cat", "/proc/self/cgroup")
        #expect(cgroup.stdout.split(separator: "\n").allSatisfy { $0.hasSuffix(":/") }, "\(cgroup)")
    }

    // A058
    @Test func aProgramThatCannotStartSaysWhy() {
        let script = "#!/bin/bash\r\necho\r\n"
        let cases: [(String, String?, String)] = [
            ("nope", nil, "executable file not found in $PATH"),
            ("/nope", nil, "no such file or directory"), ("/etc", nil, "is a directory"),
            ("/etc/passwd", nil, "permission denied"),
            ("/crlf", script, "CRLF"), ("/lost", "#!/bin/lost\n", "its interpreter /bin/lost"),
        ]
        for (program, text, expected) in cases {
            let test = RuntimeCase(program)
            if let text {
                try! Data(text.utf8).write(to: URL(fileURLWithPath: test.rootfs + program))
                unsafe chmod(test.rootfs + program, 0o755)
            }
            let output = test.run()
            #expect(output.status != 0)
            #expect(output.stderr.contains(expected), "\(output)")
            #expect(!FileManager.default.fileExists(atPath: test.root + "/c"))
        }
    }

    // MARK: Life

    // A042
    @Test func movesThatAreNotAllowedChangeNothing() {
        let test = RuntimeCase("sleep", "1000")
        #expect(test.create().status == 0)
        #expect(test.status() == "created")
        #expect(test.create().stderr.contains("container with given ID already exists"))
        #expect(test.runtime("start", "c").status == 0)
        #expect(test.status() == "running")
        #expect(
            test.runtime("start", "c").stderr.contains("cannot start an already running container"))
        #expect(test.runtime("delete", "c").stderr.contains("that is not stopped: running"))
        #expect(test.runtime("resume", "c").stderr.contains("container not paused"))
        #expect(test.runtime("pause", "c").status == 0)
        #expect(test.status() == "paused")
        #expect(
            test.runtime("exec", "c", "true").stderr.contains("cannot exec in a paused container"))
        #expect(test.runtime("resume", "c").status == 0)
        #expect(test.runtime("kill", "c", "KILL").status == 0)
        #expect(eventually { test.status() == "stopped" })
        #expect(
            test.runtime("start", "c").stderr.contains("cannot start a container that has stopped"))
        #expect(test.runtime("kill", "c").stderr.contains("container not running"))
        #expect(
            test.runtime("exec", "c", "true").stderr.contains("cannot exec in a stopped container"))
        #expect(test.runtime("delete", "c").status == 0)
        #expect(test.runtime("state", "c").stderr.contains("container does not exist"))
    }

    // A054
    @Test func ofTwoCreatorsOneWins() async {
        let test = RuntimeCase("sleep", "1000")
        test.bundle.save()
        let path = test.bundle.path
        let root = test.root
        defer { test.runtime("delete", "-f", "race") }
        let codes = await withTaskGroup(of: Int32.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    Command.shell(
                        "'\(Programs.runtime)' --root '\(root)' create -b '\(path)' race </dev/null >/dev/null 2>&1"
                    ).status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == 0 }.count == 1)
        #expect(test.status("race") == "created")
    }

    // A018
    @Test func noProcessOfTheRuntimeIsLeftBesideTheContainers() {
        let test = RuntimeCase("sleep", "1000")
        test.begin()
        let exe = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(test.pid())/exe")
        #expect(exe?.hasSuffix("busybox") == true)
        let line = try! String(contentsOfFile: "/proc/\(test.pid())/cmdline", encoding: .utf8)
        #expect(line.hasPrefix("sleep"))
    }

    // A076
    @Test func deletingLeavesNoProcessThoughThePidsAreTheHosts() {
        let test = RuntimeCase("sh", "-c", "sleep 1000 & sleep 1001 & exec sleep 1002")
        test.bundle.namespace("pid", nil)
        test.begin()
        #expect(
            eventually {
                test.runtime("ps", "-f", "json", "c").stdout.split(separator: ",").count == 3
            })
        let pids = test.runtime("ps", "-f", "json", "c").stdout
            .split { !$0.isNumber }.compactMap { Int32($0) }
        #expect(test.runtime("delete", "-f", "c").status == 0)
        for pid in pids { #expect(kill(pid, 0) != 0 || isZombie(pid)) }
    }

    private func isZombie(_ pid: Int32) -> Bool {
        (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") Z") ?? true
    }
}
