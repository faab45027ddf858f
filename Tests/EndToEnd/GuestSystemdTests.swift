import Foundation
import TestSupport
import Testing

/// Containers whose cgroups systemd manages.
@Suite(.needsRoot, .needs("busybox"), .needsCgroupV2, .needsSystemd, .serialized)
struct GuestSystemdTests {
    /// A container in a scope of its own in a slice of its own.
    private final class Scope {
        let test: RuntimeCase
        let number = UInt32.random(in: 0 ... .max)
        private var environment: [String]

        init(_ args: String..., environment: [String] = []) {
            test = RuntimeCase("true")
            self.environment = environment
            test.bundle.edit("process.args", args)
            test.bundle.edit("linux.cgroupsPath", "apus-test\(number).slice:apustest:\(number)")
        }

        var unit: String { "apustest-\(number).scope" }
        var path: String { "/sys/fs/cgroup/apus.slice/apus-test\(number).slice/\(unit)" }

        @discardableResult func runtime(_ arguments: String...) -> Output {
            Command.run(
                "/usr/bin/env",
                environment + [Programs.runtime, "--root", test.root, "--systemd-cgroup"]
                    + arguments)
        }

        func begin() {
            test.bundle.save()
            let made = Command.shell(
                "exec '\(Programs.runtime)' --root '\(test.root)' --systemd-cgroup run -d -b '\(test.bundle.path)' c </dev/null >'\(test.directory.file("out"))' 2>&1"
            )
            let said = try? String(contentsOfFile: test.directory.file("out"), encoding: .utf8)
            #expect(made.status == 0, "\(said ?? "")")
        }

        func file(_ name: String) -> String? {
            (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8))?
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// What systemd says of the unit, all at once.
        var properties: [String: String] {
            let lines = Command.run("systemctl", ["show", unit]).stdout.split(separator: "\n")
            let pairs = lines.compactMap { line -> (String, String)? in
                let end = line.firstIndex(of: "=")
                return end.map { (String(line[..<$0]), String(line[$0...].dropFirst())) }
            }
            return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }

        func property(_ name: String) -> String { properties[name] ?? "" }

        deinit {
            _ = Command.run(
                Programs.runtime,
                ["--root", test.root, "--systemd-cgroup", "delete", "--force", "c"])
        }
    }

    // A080
    @Test func systemdKnowsTheContainersLimits() {
        let scope = Scope("sleep", "1000")
        scope.test.bundle.edit(
            "linux.resources.memory",
            ["limit": 209_715_200, "reservation": 104_857_600, "swap": 419_430_400])
        scope.test.bundle.edit(
            "linux.resources.cpu", ["shares": 512, "quota": 25000, "period": 50000, "cpus": "0"])
        scope.test.bundle.edit("linux.resources.pids", ["limit": 42])
        scope.test.bundle.edit("linux.resources.unified", ["memory.high": "188743680"])
        scope.test.bundle.edit(
            "annotations", ["org.systemd.property.TimeoutStopUSec": "uint64 7000000"])
        scope.begin()
        let files = [
            "memory.max": "209715200", "memory.low": "104857600", "memory.swap.max": "209715200",
            "memory.high": "188743680", "cpu.weight": "59", "cpu.max": "25000 50000",
            "cpuset.cpus": "0", "pids.max": "42", "cgroup.procs": "\(scope.test.pid())",
        ]
        for (name, value) in files { #expect(scope.file(name) == value, "\(name)") }
        let properties = [
            "ActiveState": "active", "Slice": "apus-test\(scope.number).slice", "Delegate": "yes",
            "Description": "apus container c", "MemoryMax": "209715200", "MemoryLow": "104857600",
            "MemorySwapMax": "209715200", "MemoryHigh": "188743680", "CPUWeight": "59",
            "CPUQuotaPerSecUSec": "500ms", "TasksMax": "42", "AllowedCPUs": "0",
            "DevicePolicy": "strict", "TimeoutStopUSec": "7s",
        ]
        let known = scope.properties
        for (name, value) in properties { #expect(known[name] == value, "\(name)") }
    }

    // A080
    @Test func limitsAndDevicesOutliveAReloadOfSystemd() {
        let scope = Scope("sleep", "1000")
        scope.test.bundle.edit("linux.resources.pids", ["limit": 42])
        scope.begin()
        let updated = scope.runtime(
            "update", "--memory", "300m", "--cpu-quota", "20000", "--pids-limit", "55", "c")
        #expect(updated.status == 0, "\(updated)")
        #expect(Command.run("systemctl", ["daemon-reload"]).status == 0)
        #expect(scope.file("memory.max") == "\(300 << 20)")
        #expect(scope.file("cpu.max") == "20000 100000")
        #expect(scope.file("pids.max") == "55")
        #expect(scope.property("MemoryMax") == "\(300 << 20)")
        #expect(scope.property("CPUQuotaPerSecUSec") == "200ms")
        let devices = scope.runtime(
            "exec", "c", "sh", "-c", "head -c1 /dev/zero >/dev/null && true >/dev/null")
        #expect(devices.status == 0, "\(devices)")
    }

    /// Kernel messages, as a device that systemd does not give to containers by itself.
    // A080 A082 A098
    @Test func changedDeviceRulesOutliveAReloadOfSystemd() throws {
        let scope = Scope("sleep", "1000")
        scope.test.bundle.edit("process.capabilities", nil)
        for set in ["bounding", "effective", "permitted"] {
            scope.test.bundle.edit("process.capabilities.\(set)", ["CAP_MKNOD"])
        }
        scope.test.bundle.edit("linux.resources.devices", [["allow": false, "access": "rwm"]])
        scope.begin()
        let open = "test -e /dev/kmsg2 || mknod /dev/kmsg2 c 1 11; true >/dev/kmsg2"
        func opens() -> Bool { scope.runtime("exec", "c", "sh", "-c", open).status == 0 }
        #expect(!opens())
        let rules: [[String: Any]] = [
            ["allow": false, "access": "rwm"],
            ["allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw"],
        ]
        func update(_ rules: [[String: Any]]) throws {
            let data = try JSONSerialization.data(withJSONObject: ["devices": rules])
            let file = scope.test.directory.write(
                "rules.json", String(decoding: data, as: UTF8.self))
            let updated = scope.runtime("update", "--resources", file, "c")
            #expect(updated.status == 0, "\(updated)")
        }
        func reload() { #expect(Command.run("systemctl", ["daemon-reload"]).status == 0) }
        try update(rules)
        #expect(opens())
        reload()
        #expect(opens())
        #expect(scope.property("DevicePolicy") == "strict")
        #expect(scope.property("DeviceAllow").contains("/dev/char/1:11 rw"))
        // And taken away again, which the unit has to forget.
        try update(Array(rules.prefix(1)))
        #expect(!opens())
        reload()
        #expect(!opens())
        #expect(!scope.property("DeviceAllow").contains("1:11"))
        let usual = scope.runtime("exec", "c", "sh", "-c", "head -c1 /dev/zero >/dev/null")
        #expect(usual.status == 0, "\(usual)")
        // No rule stands in the way of any.
        try update([["allow": true, "access": "rwm"]])
        reload()
        #expect(opens())
        #expect(scope.property("DevicePolicy") == "auto")
    }

    // A080
    @Test func theUnitGoesWithTheContainer() {
        let scope = Scope("sleep", "1000")
        scope.begin()
        #expect(scope.runtime("pause", "c").status == 0)
        #expect(scope.runtime("state", "c").stdout.contains("\"status\": \"paused\""))
        #expect(scope.runtime("resume", "c").status == 0)
        let deleted = scope.runtime("delete", "--force", "c")
        #expect(deleted.status == 0, "\(deleted)")
        #expect(eventually { scope.property("LoadState") == "not-found" })
        #expect(!FileManager.default.fileExists(atPath: scope.path))
    }

    // A080
    @Test func aRunToItsEndLeavesNeitherUnitNorCgroup() {
        let scope = Scope("sh", "-c", "cat /proc/self/cgroup; exit 3")
        scope.test.bundle.save()
        let output = scope.runtime("run", "-b", scope.test.bundle.path, "c")
        #expect(output.status == 3, "\(output)")
        #expect(eventually { scope.property("LoadState") == "not-found" })
        #expect(!FileManager.default.fileExists(atPath: scope.path))
    }

    // A085
    @Test func aContainerThatWasKilledForItsMemoryLeavesNoFailedUnit() {
        let scope = Scope("dd", "if=/dev/zero", "of=/dev/null", "bs=100M")
        scope.test.bundle.edit("linux.resources.memory", ["limit": 24 << 20, "swap": 24 << 20])
        scope.test.bundle.save()
        for _ in 0..<2 {
            let output = scope.runtime("run", "-b", scope.test.bundle.path, "c")
            #expect(output.status == 137, "\(output)")
        }
        #expect(eventually { scope.property("LoadState") == "not-found" })
    }

    @Test func aSecondContainerCannotHaveTheUnit() {
        let scope = Scope("sleep", "1000")
        scope.begin()
        let second = scope.runtime("run", "-d", "-b", scope.test.bundle.path, "d")
        #expect(second.status == 1)
        #expect(second.stderr.contains("choose another linux.cgroupsPath"), "\(second)")
        #expect(scope.file("cgroup.procs") == "\(scope.test.pid())")
        #expect(scope.property("ActiveState") == "active")
    }

    @Test func aLimitOfOneProcessLeavesRoomForIt() {
        let scope = Scope("sleep", "1000")
        scope.test.bundle.edit("linux.resources.pids", ["limit": 1])
        scope.begin()
        #expect(scope.file("pids.max") == "1")
        #expect(scope.property("TasksMax") == "1")
    }

    @Test func aPathIsNoNameOfAUnit() {
        let scope = Scope("true")
        scope.test.bundle.edit("linux.cgroupsPath", "/some/path")
        scope.test.bundle.save()
        let output = scope.runtime("run", "-b", scope.test.bundle.path, "c")
        #expect(output.status == 1)
        #expect(output.stderr.contains("expected cgroupsPath to be of format"), "\(output)")
    }

    /// Over the bus, where systemd's own socket is out of reach.
    @Test func theBusServesToo() {
        let scope = Scope("true")
        scope.test.bundle.save()
        let script =
            "mount --bind /dev/null /run/systemd/private && exec '\(Programs.runtime)' --root '\(scope.test.root)' --systemd-cgroup run -b '\(scope.test.bundle.path)' c"
        let output = Command.run("unshare", ["-m", "sh", "-c", script])
        #expect(output.status == 0, "\(output)")
    }

    @Test func withoutSystemdThereIsAnAnswer() {
        let scope = Scope("true")
        scope.test.bundle.save()
        let script =
            "mount -t tmpfs none /run/systemd && mount -t tmpfs none /run/dbus && exec '\(Programs.runtime)' --root '\(scope.test.root)' --systemd-cgroup run -b '\(scope.test.bundle.path)' c"
        let output = Command.run("unshare", ["-m", "sh", "-c", script])
        #expect(output.status == 1)
        #expect(output.stderr.contains("leave --systemd-cgroup out"), "\(output)")
    }
}
