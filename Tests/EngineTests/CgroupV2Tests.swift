import Foundation
import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

/// The device program needs no controller, so the v2 hierarchy of a hybrid machine will do.
@Suite(.needsRoot, .needsV2Hierarchy, .serialized) struct DeviceProgramTests {
    /// A v2 directory alone, as on a machine that has nothing else.
    private func scratch(_ devices: [Resources.DeviceRule]) throws -> ScratchCgroup {
        let scratch = try ScratchCgroup(make: false)
        scratch.keepV2Only()
        try scratch.make(Resources(devices: devices))
        return scratch
    }

    /// The status of a shell that is in the cgroup.
    private func shell(_ script: String, in scratch: ScratchCgroup) throws -> Int32 {
        let process = try scratch.run("sh", ["-c", script])
        process.waitUntilExit()
        return process.terminationStatus
    }

    // A082 B16
    @Test func theKernelTakesTheProgramAndObeysIt() throws {
        let scratch = try scratch([.init(allow: false)])
        let directory = TemporaryDirectory("devices")
        let node = directory.file("mem")
        #expect(
            try shell(
                "mknod \(node) c 1 1 && ! head -c1 \(node) && head -c1 /dev/zero", in: scratch)
                == 0)
    }

    @Test func eachKindOfAccessIsJudgedAlone() throws {
        let scratch = try scratch([
            .init(allow: false),
            .init(allow: true, kind: .character, major: 1, minor: 11, access: "w"),
        ])
        let directory = TemporaryDirectory("devices")
        let node = directory.file("kmsg")
        #expect(
            try shell("mknod \(node) c 1 11 && true > \(node) && ! true < \(node)", in: scratch)
                == 0)
    }

    @Test func newRulesTakeTheOldOnesPlace() throws {
        let scratch = try scratch([.init(allow: false)])
        let path = try #require(scratch.cgroup.v2).path
        // A cgroup takes 64 programs at most.
        for _ in 0..<70 { try DeviceProgram(DeviceRules.complete([])).attach(to: path) }
        try DeviceProgram([.init(allow: false)]).attach(to: path)
        #expect(try shell("! head -c1 /dev/zero", in: scratch) == 0)
        try DeviceProgram([.init(allow: true)]).attach(to: path)
        #expect(try shell("head -c1 /dev/zero", in: scratch) == 0)
    }

    @Test func theLongestListThatAnybodyWritesIsTaken() throws {
        let rules = (0..<300).map {
            Resources.DeviceRule(
                allow: $0 % 2 == 0, kind: .block, major: Int64($0), minor: Int64($0), access: "rw")
        }
        _ = try scratch([.init(allow: false)] + rules)
    }
}

/// What stands in the files of a machine that has cgroup v2 alone.
@Suite(.needsRoot, .needsPureV2, .serialized) struct CgroupV2Tests {
    // A080 A081 A085 A086 A087 A093 A096
    @Test func theResourcesOfADockerBundleStandInTheFiles() throws {
        let scratch = try ScratchCgroup(
            Resources(
                memory: Resources.Memory(
                    limit: 209_715_200, reservation: 104_857_600, swap: 419_430_400),
                cpu: Resources.CPU(
                    shares: 1024, quota: 25000, burst: 1000, period: 50000, cpus: "0"),
                pids: Resources.Pids(limit: 64), unified: ["memory.high": "150000000"]))
        #expect(scratch.read("memory", "memory.max") == "209715200")
        #expect(scratch.read("memory", "memory.swap.max") == "209715200")
        #expect(scratch.read("memory", "memory.low") == "104857600")
        #expect(scratch.read("memory", "memory.high") == "149999616")
        #expect(scratch.read("cpu", "cpu.weight") == "100")
        #expect(scratch.read("cpu", "cpu.max") == "25000 50000")
        #expect(scratch.read("cpu", "cpu.max.burst") == "1000")
        #expect(scratch.read("cpuset", "cpuset.cpus") == "0")
        #expect(scratch.read("pids", "pids.max") == "64")
    }

    // A098
    @Test func limitsGoUpAndDownWhateverStandsThere() throws {
        let scratch = try ScratchCgroup(
            Resources(
                memory: Resources.Memory(limit: 100 << 20, swap: 200 << 20),
                cpu: Resources.CPU(quota: 5000, period: 100_000)))
        for (limit, swap, text) in [
            (500, 800, "\(300 << 20)"), (50, 60, "\(10 << 20)"), (50, -1, "max"),
        ] as [(Int64, Int64, String)] {
            try scratch.cgroup.update(
                Resources(
                    memory: Resources.Memory(
                        limit: limit << 20, swap: swap < 0 ? -1 : swap << 20)),
                recorder: scratch.recorder)
            #expect(scratch.read("memory", "memory.max") == "\(limit << 20)")
            #expect(scratch.read("memory", "memory.swap.max") == text)
        }
        try scratch.cgroup.update(
            Resources(cpu: Resources.CPU(period: 20000)), recorder: scratch.recorder)
        #expect(scratch.read("cpu", "cpu.max") == "5000 20000")
    }

    @Test func anUnknownUnifiedFileIsAnError() throws {
        let scratch = try ScratchCgroup(make: false)
        let error = #expect(throws: EngineError.self) {
            try scratch.make(Resources(unified: ["memory.no_such": "1"]))
        }
        #expect(error?.cause == "this kernel has no memory.no_such there")
        #expect(scratch.leftovers == [])
    }

    @Test func execJoinsTheCgroupThatInitHasMovedTo() throws {
        let scratch = try ScratchCgroup()
        let directory = try #require(scratch.cgroup.v2).path
        let process = try scratch.run("sleep", ["60"])
        try makeCgroup(directory + "/init.scope")
        try KernelFile.write(
            "\(process.processIdentifier)", to: directory + "/init.scope/cgroup.procs")
        try KernelFile.write("+pids", to: directory + "/cgroup.subtree_control")
        let entry = try scratch.cgroup.entry(besides: process.processIdentifier)
        let other = try scratch.other("sleep", ["60"])
        try entry.add(other.processIdentifier)
        let own = try KernelFile.read("/proc/\(other.processIdentifier)/cgroup")
        #expect(own.hasSuffix("/c1/init.scope"))
    }
}

extension Trait where Self == ConditionTrait {
    /// A v2 hierarchy, alone or beside v1 ones.
    static var needsV2Hierarchy: Self {
        .enabled("needs a cgroup2 mount") { (try? CgroupLayout.detect())?.v2 != nil }
    }

    static var needsPureV2: Self {
        .enabled("needs cgroup v2 alone") { (try? CgroupLayout.detect())?.isPureV2 == true }
    }
}
