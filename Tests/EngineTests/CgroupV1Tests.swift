import Foundation
import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

/// What stands in the files of cgroup v1, as dockerd's recordings have it.
@Suite(.needsRoot, .needsCgroupV1, .serialized) struct CgroupV1Tests {
    // A081 A085 A086 A087 A088 A090 A093 A096
    @Test func theResourcesOfADockerBundleStandInTheFiles() throws {
        let scratch = try ScratchCgroup(
            Resources(
                memory: Resources.Memory(
                    limit: 209_715_200, reservation: 104_857_600, swap: 419_430_400,
                    swappiness: 10, disableOOMKiller: true),
                cpu: Resources.CPU(shares: 512, quota: 25000, period: 50000, cpus: "1"),
                pids: Resources.Pids(limit: 64), blockIO: Resources.BlockIO(weight: 0)))
        #expect(scratch.read("memory", "memory.limit_in_bytes") == "209715200")
        #expect(scratch.read("memory", "memory.memsw.limit_in_bytes") == "419430400")
        #expect(scratch.read("memory", "memory.soft_limit_in_bytes") == "104857600")
        #expect(scratch.read("memory", "memory.swappiness") == "10")
        #expect(
            scratch.read("memory", "memory.oom_control")?.hasPrefix("oom_kill_disable 1") == true)
        #expect(scratch.read("cpu", "cpu.shares") == "512")
        #expect(scratch.read("cpu", "cpu.cfs_period_us") == "50000")
        #expect(scratch.read("cpu", "cpu.cfs_quota_us") == "25000")
        #expect(scratch.read("cpuset", "cpuset.cpus") == "1")
        #expect(scratch.read("cpuset", "cpuset.mems")?.isEmpty == false)
        #expect(scratch.read("pids", "pids.max") == "64")
        #expect(scratch.recorder.warnings == [])
    }

    // A082
    @Test func theDeviceListIsTheOneOfRunc() throws {
        let scratch = try ScratchCgroup(Resources(devices: [.init(allow: false)]))
        let list = scratch.read("devices", "devices.list")?.split(separator: "\n") ?? []
        #expect(
            Set(list) == [
                "b *:* m", "c *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",
                "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", "c 10:200 rwm",
            ])
    }

    @Test func aContainerWithoutResourcesHasTheDeviceListToo() throws {
        let scratch = try ScratchCgroup(nil)
        #expect(scratch.read("devices", "devices.list")?.contains("a *:*") == false)
    }

    // A083
    @Test func aWeightThatTheKernelDoesNotOfferIsAWarning() throws {
        let scratch = try ScratchCgroup(Resources(blockIO: Resources.BlockIO(weight: 500)))
        let isOffered =
            scratch.read("blkio", "blkio.bfq.weight") != nil
            || scratch.read("blkio", "blkio.weight") != nil
        #expect(scratch.recorder.warnings.isEmpty == isOffered)
    }

    // A083
    @Test func throttlesStandInTheFiles() throws {
        let disk =
            KernelFile.directories(in: "/sys/block").isEmpty
            ? nil : KernelFile.readIfPresent("/sys/block/vda/dev")
        guard let disk, let numbers = Optional(disk.split(separator: ":")),
            let major = Int64(numbers[0]), let minor = Int64(numbers[1])
        else { return }
        let scratch = try ScratchCgroup(
            Resources(
                blockIO: Resources.BlockIO(
                    throttleReadBpsDevice: [.init(major: major, minor: minor, rate: 1 << 20)])))
        #expect(
            scratch.read("blkio", "blkio.throttle.read_bps_device")
                == "\(major):\(minor) 1048576")
    }

    @Test func aThrottleOfADeviceThatDoesNotExistIsAnError() throws {
        let scratch = try ScratchCgroup(make: false)
        let resources = Resources(
            blockIO: Resources.BlockIO(
                throttleReadBpsDevice: [.init(major: 4000, minor: 1, rate: 1)]))
        let error = #expect(throws: EngineError.self) { try scratch.make(resources) }
        #expect(error?.hint == "there is no such block device")
    }

    // A098 A086
    @Test func limitsGoUpAndDownWhateverStandsThere() throws {
        let scratch = try ScratchCgroup(
            Resources(memory: Resources.Memory(limit: 100 << 20, swap: 200 << 20)))
        func update(_ limit: Int64, _ swap: Int64?) throws {
            try scratch.cgroup.update(
                Resources(memory: Resources.Memory(limit: limit, swap: swap)),
                recorder: scratch.recorder)
        }
        try update(500 << 20, 800 << 20)
        #expect(scratch.read("memory", "memory.limit_in_bytes") == "\(500 << 20)")
        #expect(scratch.read("memory", "memory.memsw.limit_in_bytes") == "\(800 << 20)")
        try update(50 << 20, 60 << 20)
        #expect(scratch.read("memory", "memory.limit_in_bytes") == "\(50 << 20)")
        #expect(scratch.read("memory", "memory.memsw.limit_in_bytes") == "\(60 << 20)")
        let error = #expect(throws: EngineError.self) { try update(70 << 20, nil) }
        #expect(error?.cause.contains("70 MiB") == true)
        try update(-1, nil)
        #expect(scratch.read("memory", "memory.memsw.limit_in_bytes")?.count ?? 0 > 15)
    }

    // A098
    @Test func periodAndQuotaGoUpAndDownWhateverStandsThere() throws {
        let scratch = try ScratchCgroup(
            Resources(cpu: Resources.CPU(quota: 50000, period: 100_000)))
        for (quota, period) in [(1000, 2000), (900_000, 1_000_000), (-1, 100_000)] {
            try scratch.cgroup.update(
                Resources(cpu: Resources.CPU(quota: Int64(quota), period: UInt64(period))),
                recorder: scratch.recorder)
            #expect(scratch.read("cpu", "cpu.cfs_quota_us") == "\(quota)")
            #expect(scratch.read("cpu", "cpu.cfs_period_us") == "\(period)")
        }
    }

    @Test func aBurstNeedsItsQuotaWhicheverComesFirst() throws {
        let scratch = try ScratchCgroup(
            Resources(cpu: Resources.CPU(quota: 50000, burst: 40000, period: 100_000)))
        #expect(scratch.read("cpu", "cpu.cfs_burst_us") == "40000")
        try scratch.cgroup.update(
            Resources(cpu: Resources.CPU(quota: 10000, burst: 5000)), recorder: scratch.recorder)
        #expect(scratch.read("cpu", "cpu.cfs_burst_us") == "5000")
    }

    // A098
    @Test func anUpdateOfNothingChangesNothing() throws {
        let scratch = try ScratchCgroup(Resources(pids: Resources.Pids(limit: 7)))
        try scratch.cgroup.update(Resources(), recorder: scratch.recorder)
        #expect(scratch.read("pids", "pids.max") == "7")
        try scratch.cgroup.update(
            Resources(pids: Resources.Pids(limit: -1)), recorder: scratch.recorder)
        #expect(scratch.read("pids", "pids.max") == "max")
    }

    @Test func aLimitBelowWhatIsUsedSaysBothNumbers() throws {
        let scratch = try ScratchCgroup(
            Resources(memory: Resources.Memory(limit: 64 << 20, swap: 64 << 20)))
        // 32 MiB of anonymous memory, which without swap cannot be pushed out.
        let code = "x = bytearray(b'x') * (32 << 20)\nimport time\ntime.sleep(60)"
        try scratch.run("python3", ["-c", code])
        #expect(
            eventually {
                UInt64(scratch.read("memory", "memory.usage_in_bytes") ?? "") ?? 0 > 32 << 20
            })
        let error = #expect(throws: EngineError.self) {
            try scratch.cgroup.update(
                Resources(memory: Resources.Memory(limit: 6 << 20)), recorder: scratch.recorder)
        }
        #expect(error?.cause.hasPrefix("requested 6 MiB but the cgroup already uses ") == true)
    }

    // A064 A085
    @Test func aMemoryHogDiesInItsOwnCgroupAndIsCounted() throws {
        let scratch = try ScratchCgroup(
            Resources(memory: Resources.Memory(limit: 16 << 20, swap: 16 << 20)))
        let hog = try scratch.run("python3", ["-c", "x = bytearray(b'x') * (256 << 20)"])
        hog.waitUntilExit()
        #expect(hog.terminationReason == .uncaughtSignal)
        #expect(hog.terminationStatus == SIGKILL)
        #expect(scratch.cgroup.oomKills() >= 1)
    }

    // A089
    @Test func kernelMemoryIsNeverFatal() throws {
        let scratch = try ScratchCgroup(
            Resources(
                memory: Resources.Memory(limit: 64 << 20, kernel: 1 << 20, kernelTCP: 1 << 20)))
        #expect(scratch.read("memory", "memory.limit_in_bytes") == "\(64 << 20)")
    }

    // A082
    @Test func aForbiddenDeviceCannotBeOpened() throws {
        let scratch = try ScratchCgroup(Resources(devices: [.init(allow: false)]))
        let directory = TemporaryDirectory("devices")
        let node = directory.file("mem")
        // The node may be made, and not be used: 1:1 is the machine's memory.
        let process = try scratch.run(
            "sh", ["-c", "mknod \(node) c 1 1 && ! head -c1 \(node) && head -c1 /dev/zero"])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(KernelFile.exists(node))
    }

    @Test func hugePageLimitsStandInTheV2HierarchyOfAHybridMachine() throws {
        let layout = try CgroupLayout.detect()
        let offered = layout.v2.flatMap {
            KernelFile.readIfPresent($0.mountPoint + "/cgroup.controllers")
        }
        guard offered?.contains("hugetlb") == true else { return }
        let scratch = try ScratchCgroup(
            Resources(hugepageLimits: [.init(pageSize: "2MB", limit: 4 << 20)]))
        #expect(scratch.read("hugetlb", "hugetlb.2MB.max") == "4194304")
    }
}
