import Foundation
import Linux
import TestSupport
import Testing

/// What a container may use and do: cgroups, capabilities, limits, filters, as bundles ask for them.
@Suite(.needsRoot, .needs("busybox"))
struct RuntimeResourcesTests {
    private let runtime = RuntimeHarness()
    private let id = RuntimeHarness.id()

    /// Runs a shell script to its end in a container of its own.
    private func shell(
        _ script: String, _ change: (inout TestBundle) -> Void = { _ in }
    ) -> (output: Output, leftovers: [String]) {
        let bundle = runtime.bundle("sh", "-c", script) {
            $0.edit("root.readonly", false)
            change(&$0)
        }
        let output = runtime.run("run", "--bundle", bundle.path, id)
        return (output, runtime.leftovers(bundle, id))
    }

    /// A container that sleeps; the caller removes it.
    private func sleeper(_ change: (inout TestBundle) -> Void = { _ in }) throws -> TestBundle {
        let bundle = runtime.bundle("sleep", "1000", change: change)
        let made = runtime.run("run", "--detach", "--bundle", bundle.path, id)
        try #require(made.status == 0, "\(made)")
        return bundle
    }

    private func hostFile(_ bundle: TestBundle, _ controller: String, _ name: String) -> String? {
        let cgroup = (bundle.path as NSString).lastPathComponent
        let path = "/sys/fs/cgroup/\(controller)/\(cgroup)/\(name)"
        return (try? String(contentsOfFile: path, encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: cgroups

    // A085 A092
    @Test(.needsCgroupV1) func aContainerReadsItsOwnLimit() {
        let (output, leftovers) = shell(
            "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max"
        ) {
            $0.edit("linux.resources.memory", ["limit": 209_715_200])
            $0.edit("linux.resources.pids", ["limit": 77])
        }
        #expect(output.stdout == "209715200\n77\n", "\(output)")
        #expect(leftovers.isEmpty)
    }

    // A064 A085
    @Test func aMemoryHogIsKilledInItsOwnCgroup() {
        let (output, leftovers) = shell("exec dd if=/dev/zero of=/dev/null bs=200M count=1") {
            $0.edit("linux.resources.memory", ["limit": 16 << 20, "swap": 16 << 20])
        }
        #expect(output.status == 137, "\(output)")
        #expect(leftovers.isEmpty)
    }

    // A064 B31
    @Test func aForkBombStaysWithinItsLimitAndDiesWithItsContainer() throws {
        // Not by a fork of its own, for which there may be no room: the shell would end.
        let bundle = runtime.bundle("sh", "-c", "b() { b | b & }; b; exec sleep 1000") {
            $0.edit("linux.resources.pids", ["limit": 40])
            $0.edit("linux.resources.cpu", ["quota": 20000, "period": 100_000])
        }
        defer { runtime.remove(id) }
        try #require(runtime.run("run", "--detach", "--bundle", bundle.path, id).status == 0)
        #expect(
            eventually {
                let count = hostFile(bundle, "pids", "pids.current").flatMap { Int($0) } ?? 0
                return count > 1 && count <= 40
            })
        #expect(runtime.run("delete", "--force", id).status == 0)
        #expect(runtime.leftovers(bundle, id).isEmpty)
    }

    // A094
    @Test func missingProcessorsAreNamedAndNothingIsLeft() {
        let (output, leftovers) = shell("true") {
            $0.edit("linux.resources.cpu", ["cpus": "1,3000"])
        }
        #expect(output.status == 1)
        #expect(
            output.stderr.contains(
                "Requested CPUs are not available - requested 1,3000, available: "), "\(output)")
        #expect(leftovers.isEmpty)
    }

    // A094
    @Test func aContainerOnOneProcessorSeesOne() {
        let (output, _) = shell("nproc") { $0.edit("linux.resources.cpu", ["cpus": "0"]) }
        #expect(output.stdout == "1\n", "\(output)")
    }

    // A098
    @Test(.needsCgroupV1) func limitsOfARunningContainerChange() throws {
        let bundle = try sleeper {
            $0.edit("linux.resources.memory", ["limit": 100 << 20, "swap": 200 << 20])
        }
        defer { runtime.remove(id) }
        let wanted: [String: Any] = [
            "memory": ["limit": 300 << 20, "swap": 400 << 20], "cpu": ["shares": 300],
            "pids": ["limit": -1],
        ]
        let input = try JSONSerialization.data(withJSONObject: wanted)
        let updated = runtime.run("update", "--resources", "-", id, input: Array(input))
        try #require(updated.status == 0, "\(updated)")
        #expect(hostFile(bundle, "memory", "memory.limit_in_bytes") == "\(300 << 20)")
        #expect(hostFile(bundle, "memory", "memory.memsw.limit_in_bytes") == "\(400 << 20)")
        #expect(hostFile(bundle, "cpu", "cpu.shares") == "300")
        #expect(hostFile(bundle, "pids", "pids.max") == "max")
        let nothing = runtime.run("update", "--resources", "-", id, input: Array("{}".utf8))
        #expect(nothing.status == 0, "\(nothing)")
        #expect(hostFile(bundle, "cpu", "cpu.shares") == "300")
    }

    // A050
    @Test func aPausedContainerStandsStill() throws {
        _ = try sleeper()
        defer { runtime.remove(id) }
        #expect(runtime.run("pause", id).status == 0)
        #expect(runtime.status(id) == "paused")
        #expect(runtime.run("exec", id, "true").status != 0)
        #expect(runtime.run("resume", id).status == 0)
        #expect(runtime.status(id) == "running")
        #expect(runtime.run("pause", id).status == 0)
        #expect(runtime.run("delete", "--force", id).status == 0)
    }

    // A080
    @Test func whatIsExecutedIsInTheContainersCgroup() throws {
        _ = try sleeper()
        defer { runtime.remove(id) }
        let own = try String(contentsOfFile: "/proc/\(runtime.pid(id))/cgroup", encoding: .utf8)
        let executed = runtime.run("exec", id, "cat", "/proc/self/cgroup")
        #expect(executed.stdout == own)
    }

    // A082 A106
    @Test func aDeviceMayBeMadeButNotUsed() {
        let (output, _) = shell("mknod /mem c 1 1 && ! head -c1 /mem && head -c1 /dev/zero | wc -c")
        {
            for set in ["bounding", "effective", "permitted"] {
                $0.edit("process.capabilities.\(set)", ["CAP_MKNOD"])
            }
        }
        #expect(output.stdout == "1\n", "\(output)")
        #expect(output.stderr.contains("Operation not permitted"))
    }

    // MARK: capabilities, limits, sysctls

    // A102 A117
    @Test func dockersCapabilitiesAreTheKnownBits() {
        let names = [
            "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID",
            "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
        ].map { "CAP_" + $0 }
        let (output, _) = shell("grep -E 'Cap|NoNew' /proc/self/status") {
            $0.edit(
                "process.capabilities",
                ["bounding": names, "effective": names, "permitted": names])
        }
        #expect(
            output.stdout == """
                CapInh:\t0000000000000000
                CapPrm:\t00000000a80425fb
                CapEff:\t00000000a80425fb
                CapBnd:\t00000000a80425fb
                CapAmb:\t0000000000000000
                NoNewPrivs:\t1

                """, "\(output)")
    }

    // A114 A116
    @Test func aCapabilityThatCannotBeGrantedIsAWarning() {
        let (output, _) = shell("grep CapEff /proc/self/status") {
            for set in ["bounding", "effective", "permitted"] {
                $0.edit("process.capabilities.\(set)", ["CAP_KILL", "CAP_ADMIN"])
            }
        }
        #expect(output.status == 0)
        #expect(output.stdout == "CapEff:\t0000000000000020\n", "\(output)")
    }

    // A117
    @Test func aUserThatIsNotRootHasAmbientCapabilitiesAlone() {
        let (output, _) = shell("grep -E 'CapEff|CapAmb' /proc/self/status") {
            $0.edit("process.user", ["uid": 1000, "gid": 1000])
            for set in ["bounding", "effective", "permitted", "inheritable", "ambient"] {
                $0.edit("process.capabilities.\(set)", ["CAP_NET_RAW"])
            }
        }
        #expect(
            output.stdout == "CapEff:\t0000000000002000\nCapAmb:\t0000000000002000\n", "\(output)")
    }

    // A100
    @Test func aLimitThatCannotBeRaisedIsAnErrorThatSaysWhichAndWhy() throws {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let effective = line.flatMap { UInt64($0.dropFirst(8), radix: 16) } ?? 0
        guard effective & 1 << 24 == 0 else { return }
        let (output, leftovers) = shell("ulimit -n") {
            $0.edit(
                "process.rlimits",
                [["type": "RLIMIT_NOFILE", "soft": 1_000_000, "hard": 1_000_000]])
        }
        #expect(output.status == 1)
        #expect(output.stderr.contains("RLIMIT_NOFILE"), "\(output)")
        #expect(output.stderr.contains("CAP_SYS_RESOURCE"), "\(output)")
        #expect(leftovers.isEmpty)
    }

    @Test func sysctlsAreThoseOfTheContainer() throws {
        let name = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
        let before = try String(contentsOfFile: name, encoding: .utf8)
        let (output, _) = shell("cat \(name) /proc/sys/kernel/msgmax") {
            $0.edit(
                "linux.sysctl",
                ["net.ipv4.ip_unprivileged_port_start": "77", "kernel.msgmax": "4321"])
        }
        #expect(output.stdout == "77\n4321\n", "\(output)")
        #expect(try String(contentsOfFile: name, encoding: .utf8) == before)
    }

    // MARK: filters

    private static var noMkdir: [String: Any] {
        [
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [["names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"]],
        ]
    }

    // A124 A125
    @Test(arguments: [true, false])
    func aFilterForbidsWhatItNames(noNewPrivileges: Bool) {
        for _ in 0..<2 {
            let (output, _) = shell("grep Seccomp: /proc/self/status; mkdir /tmp/x") {
                $0.edit("process.noNewPrivileges", noNewPrivileges)
                $0.edit("linux.seccomp", Self.noMkdir)
            }
            #expect(output.status == 1)
            #expect(output.stdout == "Seccomp:\t2\n", "\(output)")
            #expect(output.stderr.contains("Operation not permitted"), "\(output)")
        }
        // Compiled once, for both, and no container by the name of the cache.
        let files = try? FileManager.default.contentsOfDirectory(
            atPath: runtime.directory.file("root/@seccomp"))
        #expect(files?.count == 1)
        #expect(runtime.run("list", "-q").stdout.isEmpty)
    }

    // A126
    @Test func withoutAProfileThereIsNoFilter() {
        let (output, _) = shell("grep Seccomp: /proc/self/status") { $0.edit("linux.seccomp", nil) }
        #expect(output.stdout == "Seccomp:\t0\n", "\(output)")
    }

    // A101
    @Test func whatIsExecutedIsUnderTheFilterToo() throws {
        _ = try sleeper { $0.edit("linux.seccomp", Self.noMkdir) }
        defer { runtime.remove(id) }
        let executed = runtime.run("exec", id, "grep", "Seccomp:", "/proc/self/status")
        #expect(executed.stdout == "Seccomp:\t2\n", "\(executed)")
    }

    // A128 B11
    @Test func anAgentAnswersForTheKernel() throws {
        let path = runtime.directory.file("agent.sock")
        let listening = try UnixSocket.listen(path)
        let bundle = runtime.bundle("sh", "-c", "ls -l /proc/self/fd; mkdir /tmp/x") {
            $0.edit(
                "linux.seccomp",
                [
                    "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": path,
                    "listenerMetadata": "m",
                    "syscalls": [
                        ["names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_NOTIFY"]
                    ],
                ])
        }
        let container = runtime.start("run", "--bundle", bundle.path, id)
        defer { runtime.remove(id) }
        let agent = try UnixSocket.accept(listening)
        var buffer = [UInt8](repeating: 0, count: 65536)
        let (count, descriptors) = try UnixSocket.receive(into: &buffer, on: agent)
        #expect(descriptors.count == 1)
        let message = try JSONSerialization.jsonObject(with: Data(buffer[..<count]))
        let object = message as? [String: Any]
        #expect(object?["metadata"] as? String == "m")
        #expect((object?["state"] as? [String: Any])?["id"] as? String == id)
        // An agent that goes away leaves the calls without an answer: they do not exist.
        for descriptor in descriptors { close(descriptor) }
        let output = container.finish()
        #expect(output.stderr.contains("Function not implemented"), "\(output)")
        #expect(!output.stdout.contains("seccomp"), "\(output)")
    }
}
