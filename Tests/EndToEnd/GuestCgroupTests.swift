import Foundation
import TestSupport
import Testing

/// Containers on a machine that has cgroup v2 and nothing else.
@Suite(.needsRoot, .needs("busybox"), .needsCgroupV2)
struct GuestCgroupTests {
    /// What stands in a file of the container's cgroup.
    private func file(_ test: RuntimeCase, _ name: String) -> String? {
        let cgroup = Self.path(test)
        return (try? String(contentsOfFile: "\(cgroup)/\(name)", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Absolute, so that it does not depend on where the tests themselves run.
    private static func path(_ test: RuntimeCase) -> String {
        "/sys/fs/cgroup" + (test.bundle.config["linux"] as! [String: Any]).text("cgroupsPath")
    }

    private func container(
        _ args: String..., change: (inout TestBundle) -> Void = { _ in }
    ) -> RuntimeCase {
        let test = RuntimeCase("true")
        test.bundle.edit("process.args", args)
        let number = UInt32.random(in: 0 ... .max)
        test.bundle.edit("linux.cgroupsPath", "/apus-test-\(getpid())-\(number)/c")
        change(&test.bundle)
        return test
    }

    private func sleeper(_ change: (inout TestBundle) -> Void = { _ in }) -> RuntimeCase {
        container("sleep", "1000", change: change)
    }

    private func shell(
        _ script: String, _ change: (inout TestBundle) -> Void = { _ in }
    ) -> RuntimeCase {
        container("sh", "-c", script, change: change)
    }

    // MARK: Limits

    // A080 A081 A085 A086 A087 A090 A091 A092 A093 A094 A095
    @Test func everyLimitStandsInItsFile() throws {
        let test = sleeper {
            $0.edit(
                "linux.resources.memory",
                ["limit": 209_715_200, "reservation": 104_857_600, "swap": 419_430_400])
            $0.edit(
                "linux.resources.cpu",
                [
                    "shares": 512, "quota": 25000, "period": 50000, "burst": 1000, "cpus": "0",
                    "mems": "0",
                ])
            $0.edit("linux.resources.pids", ["limit": 42])
            $0.edit("linux.resources.hugepageLimits", [["pageSize": "2MB", "limit": 4_194_304]])
            $0.edit(
                "linux.resources.unified",
                ["memory.high": "188743680", "memory.oom.group": "1", "cpu.idle": "0"])
        }
        test.begin()
        let expected = [
            "memory.max": "209715200", "memory.low": "104857600", "memory.swap.max": "209715200",
            "memory.high": "188743680", "memory.oom.group": "1", "cpu.weight": "59",
            "cpu.max": "25000 50000", "cpu.max.burst": "1000", "cpuset.cpus": "0",
            "cpuset.mems": "0", "pids.max": "42", "hugetlb.2MB.max": "4194304",
            "hugetlb.2MB.rsvd.max": "4194304",
        ]
        for (name, value) in expected { #expect(file(test, name) == value, "\(name)") }
        #expect(file(test, "cgroup.procs") == "\(test.pid())")
    }

    // A083 A093
    @Test func aBlockDeviceIsThrottled() throws {
        try #require(Command.shell("modprobe loop && [ -e /sys/block/loop0 ]").status == 0)
        let test = sleeper {
            $0.edit(
                "linux.resources.blockIO",
                [
                    "throttleReadBpsDevice": [["major": 7, "minor": 0, "rate": 1_048_576]],
                    "throttleWriteIOPSDevice": [["major": 7, "minor": 0, "rate": 100]],
                ])
        }
        test.begin()
        #expect(file(test, "io.max") == "7:0 rbps=1048576 wbps=max riops=max wiops=100")
    }

    // A096
    @Test func anUnknownUnifiedFileFailsAndLeavesNothing() {
        let test = sleeper { $0.edit("linux.resources.unified", ["memory.nonsense": "1"]) }
        let made = test.create()
        #expect(made.status == 1)
        #expect(made.stderr.contains("memory.nonsense"), "\(made)")
        #expect(!FileManager.default.fileExists(atPath: Self.path(test)))
    }

    // A080
    @Test func theContainerSeesItsOwnCgroupAndItGoesWithIt() {
        let test = shell("cat /proc/self/cgroup; cat /sys/fs/cgroup/pids.max") {
            $0.edit("linux.resources.pids", ["limit": 77])
            $0.namespace("cgroup", "")
        }
        let output = test.run()
        #expect(output.stdout == "0::/\n77\n", "\(output)")
        #expect(!FileManager.default.fileExists(atPath: Self.path(test)))
        // The parent was the runtime's too.
        let parent = (Self.path(test) as NSString).deletingLastPathComponent
        #expect(!FileManager.default.fileExists(atPath: parent))
    }

    // A082 B016
    @Test func theDeviceProgramForbidsWhatIsNotListed() {
        let test = shell(
            """
            mknod /tmp/mem c 1 1 && ! head -c1 /tmp/mem && mknod /tmp/kmsg c 1 11 \
            && ! true </tmp/kmsg && true >/tmp/kmsg && head -c1 /dev/zero >/dev/null
            """
        ) {
            $0.edit("root.readonly", false)
            $0.edit("process.user.umask", 0)
            for set in ["bounding", "effective", "permitted"] {
                $0.edit("process.capabilities.\(set)", ["CAP_MKNOD"])
            }
            $0.edit(
                "linux.resources.devices",
                [
                    ["allow": false, "access": "rwm"],
                    ["allow": true, "type": "c", "major": 1, "minor": 11, "access": "w"],
                ])
        }
        let output = test.run()
        #expect(output.status == 0, "\(output)")
        #expect(output.stderr.contains("Operation not permitted"), "\(output)")
    }

    // MARK: Life

    // A050
    @Test func aPausedContainerIsFrozenAndDiesFrozen() throws {
        let test = sleeper()
        test.begin()
        #expect(test.runtime("pause", "c").status == 0)
        #expect(test.status() == "paused")
        #expect(file(test, "cgroup.freeze") == "1")
        #expect(file(test, "cgroup.events")?.contains("frozen 1") == true)
        #expect(test.runtime("exec", "c", "true").stderr.contains("paused container"))
        #expect(test.runtime("resume", "c").status == 0)
        #expect(test.status() == "running")
        #expect(test.runtime("pause", "c").status == 0)
        #expect(test.runtime("kill", "c", "KILL").status == 0)
        #expect(eventually { test.status() == "stopped" })
        #expect(test.runtime("delete", "c").status == 0)
        #expect(!FileManager.default.fileExists(atPath: Self.path(test)))
    }

    // A064
    @Test func noProcessOutlivesAContainerInTheHostsPidNamespace() {
        let test = shell("sleep 1000 & sleep 1001 & (setsid sleep 1002 &); wait") {
            $0.namespace("pid", nil)
        }
        test.begin()
        #expect(eventually { (file(test, "cgroup.procs") ?? "").split(separator: "\n").count == 4 })
        let pids = (file(test, "cgroup.procs") ?? "").split(separator: "\n")
        #expect(test.runtime("kill", "c", "KILL").status == 0)
        #expect(eventually { test.status() == "stopped" })
        #expect(test.runtime("delete", "c").status == 0)
        // Whoever has got them by then still has to take note.
        for pid in pids {
            #expect(eventually { !FileManager.default.fileExists(atPath: "/proc/\(pid)") })
        }
        #expect(!FileManager.default.fileExists(atPath: Self.path(test)))
    }

    // A098
    @Test func limitsOfARunningContainerChange() throws {
        let test = sleeper {
            $0.edit("linux.resources.memory", ["limit": 100 << 20, "swap": 200 << 20])
            $0.edit("linux.resources.cpu", ["quota": 10000, "period": 100_000])
        }
        test.begin()
        let updated = test.runtime(
            "update", "--memory", "300m", "--memory-swap", "500m", "--cpu-quota", "20000",
            "--cpu-share", "1024", "--pids-limit", "55", "--cpuset-cpus", "0", "c")
        #expect(updated.status == 0, "\(updated)")
        #expect(file(test, "memory.max") == "\(300 << 20)")
        #expect(file(test, "memory.swap.max") == "\(200 << 20)")
        #expect(file(test, "cpu.max") == "20000 100000")
        #expect(file(test, "cpu.weight") == "100")
        #expect(file(test, "pids.max") == "55")
        #expect(file(test, "cpuset.cpus") == "0")
        let period = test.runtime("update", "--cpu-period", "50000", "c")
        #expect(period.status == 0, "\(period)")
        #expect(file(test, "cpu.max") == "20000 50000")
        let free = test.runtime(
            "update", "--memory", "-1", "--memory-swap", "-1", "--pids-limit", "-1", "c")
        #expect(free.status == 0, "\(free)")
        #expect(file(test, "memory.max") == "max")
        #expect(file(test, "memory.swap.max") == "max")
        #expect(file(test, "pids.max") == "max")
    }

    // A064 A085
    @Test func aMemoryHogIsKilledAndTheEventsSaySo() throws {
        let test = shell(
            "while ! [ -e /tmp/go ]; do sleep 0.1; done; dd if=/dev/zero of=/dev/null bs=100M; sleep 1000"
        ) {
            $0.edit("root.readonly", false)
            $0.edit("linux.resources.memory", ["limit": 24 << 20, "swap": 24 << 20])
        }
        test.begin()
        let events = Child(
            Programs.runtime, ["--root", test.root, "events", "--interval", "200ms", "c"])
        defer { events.send(signal: SIGKILL) }
        #expect(events.waits { $0.stdout.contains("\"type\":\"stats\"") })
        #expect(FileManager.default.createFile(atPath: test.rootfs + "/tmp/go", contents: nil))
        #expect(events.waits { $0.stdout.contains("\"type\":\"oom\"") })
        #expect(eventually { file(test, "memory.events")?.contains("oom_kill 1") == true })
        let stats = test.runtime("events", "--stats", "c").stdout
        #expect(stats.contains("\"limit\":\(24 << 20)"), "\(stats)")
    }

    /// One that computes beyond its quota, holds more memory than it may, and forks in vain.
    // A064 A085
    @Test func statisticsSayWhatAContainerHadToWaitForAndWasRefused() throws {
        let test = shell(
            """
            (sleep 1000 & sleep 1000 & sleep 1000 &) 2>/dev/null
            exec dd if=/dev/zero of=/dev/null bs=20M
            """
        ) {
            $0.edit("linux.resources.pids", ["limit": 4])
            $0.edit("linux.resources.cpu", ["quota": 20000, "period": 100_000])
            $0.edit("linux.resources.unified", ["memory.high": "\(8 << 20)"])
        }
        test.begin()
        func statistics() -> [String: Any] {
            let output = test.runtime("events", "--stats", "c")
            let line = try? JSONSerialization.jsonObject(with: Data(output.stdoutBytes))
            return (line as? [String: Any])?["data"] as? [String: Any] ?? [:]
        }
        func number(_ path: String, in data: [String: Any]) -> UInt64 {
            var value: Any? = data
            for key in path.split(separator: ".") {
                value = (value as? [String: Any])?[String(key)]
            }
            return (value as? NSNumber)?.uint64Value ?? 0
        }
        let counted = [
            "cpu.psi.some.total", "cpu.psi.full.total", "memory.psi.some.total",
            "memory.events.high", "pids.refusedForks", "cpu.throttling.throttledPeriods",
        ]
        var last: [String: Any] = [:]
        let isCounted = eventually {
            last = statistics()
            return counted.allSatisfy { number($0, in: last) > 0 }
        }
        #expect(isCounted, "\(last)")
        #expect(number("pids.limit", in: last) == 4)
        // The file as it is, with what has not happened.
        let events = (last["memory"] as? [String: Any])?["events"] as? [String: Any] ?? [:]
        let names = (file(test, "memory.events") ?? "").split(separator: "\n").map {
            String($0.prefix { $0 != " " })
        }
        #expect(names.contains("oom_kill") && Set(events.keys) == Set(names))
        #expect(events["oom_kill"] as? Int == 0)
        // And what the file says later is no less.
        let pressure = file(test, "cpu.pressure") ?? ""
        let total = pressure.split { $0 == "\n" || $0 == " " }.first { $0.hasPrefix("total=") }
        #expect(total.flatMap { UInt64($0.dropFirst(6)) } ?? 0 >= number(counted[0], in: last))
        #expect((last["blkio"] as? [String: Any])?["psi"] is [String: Any])
    }

    // MARK: Delegation

    // A107
    @Test func aContainerWithUsersOfItsOwnDividesItsCgroup() throws {
        let test = shell(
            """
            cd /sys/fs/cgroup && mkdir inner && echo $$ >inner/cgroup.procs \
            && echo +pids >cgroup.subtree_control && echo 9 >inner/pids.max && cat inner/pids.max \
            && ! echo 1 >pids.max
            """
        ) {
            $0.namespace("user", "")
            $0.namespace("cgroup", "")
            $0.edit(
                "linux.uidMappings", [["containerID": 0, "hostID": 100_000, "size": 65536]])
            $0.edit(
                "linux.gidMappings", [["containerID": 0, "hostID": 100_000, "size": 65536]])
            $0.config["mounts"] = ($0.config["mounts"] as! [[String: Any]]).filter {
                $0["type"] as? String != "cgroup"
            }
            $0.mount(
                "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "relatime"])
        }
        // The users of the container walk to the rootfs.
        let output = test.run()
        #expect(output.status == 0, "\(output)")
        #expect(output.stdout == "9\n", "\(output)")
        #expect(!FileManager.default.fileExists(atPath: Self.path(test)))
    }
}

extension [String: Any] {
    fileprivate func text(_ key: String) -> String { self[key] as? String ?? "" }
}
