import OCI
import Testing

@testable import Engine

private let v1 = CgroupControllers(v1: [
    "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "hugetlb",
])
private let v2 = CgroupControllers(v2: [
    "cpu", "cpuset", "memory", "io", "pids", "hugetlb", "rdma",
])

/// `file=value` of every write that is not about devices.
private func files(
    _ resources: Resources, _ controllers: CgroupControllers, updating: CgroupCurrent? = nil
) throws -> [String] {
    try CgroupPlan(resources, controllers: controllers, updating: updating).steps
        .flatMap(\.writes).map { "\($0.file)=\($0.value)" }
}

private func mebibytes(_ count: Int64) -> Int64 { count << 20 }

// A081
@Suite struct CgroupPlanTests {
    @Test func memoryOnV1() throws {  // A085 A086 A087 A088 A090
        let memory = Resources.Memory(
            limit: mebibytes(200), reservation: mebibytes(100), swap: mebibytes(400),
            swappiness: 10, disableOOMKiller: true)
        #expect(
            try files(Resources(memory: memory), v1) == [
                "memory.limit_in_bytes=209715200", "memory.memsw.limit_in_bytes=419430400",
                "memory.soft_limit_in_bytes=104857600", "memory.oom_control=1",
                "memory.swappiness=10",
            ])
    }

    @Test func memoryAndSwapOnV1AreWrittenInWhicheverOrderTheKernelTakes() throws {
        let memory = Resources.Memory(limit: mebibytes(200), swap: mebibytes(400))
        let steps = try CgroupPlan(Resources(memory: memory), controllers: v1).steps
        guard case .together(let writes) = steps.last else {
            Issue.record("not written together: \(steps)")
            return
        }
        #expect(writes.count == 2)
    }

    @Test func memoryOnV2CountsSwapAlone() throws {
        let memory = Resources.Memory(
            limit: mebibytes(200), reservation: mebibytes(100), swap: mebibytes(400))
        #expect(
            try files(Resources(memory: memory), v2) == [
                "memory.swap.max=209715200", "memory.max=209715200", "memory.low=104857600",
            ])
    }

    @Test func withoutLimitOnBoth() throws {
        let memory = Resources.Memory(limit: -1, swap: -1)
        #expect(
            try files(Resources(memory: memory), v1)
                == ["memory.limit_in_bytes=-1", "memory.memsw.limit_in_bytes=-1"])
        #expect(
            try files(Resources(memory: memory), v2) == ["memory.swap.max=max", "memory.max=max"])
        // Memory alone without limit would stand above memory and swap with one.
        let alone = Resources(memory: Resources.Memory(limit: -1))
        #expect(try files(alone, v1).last == "memory.memsw.limit_in_bytes=-1")
        #expect(try files(alone, v2).first == "memory.swap.max=max")
    }

    @Test func swapBelowMemoryIsRefused() {
        let resources = Resources(
            memory: Resources.Memory(limit: mebibytes(200), swap: mebibytes(100)))
        for controllers in [v1, v2] {
            let error = #expect(throws: EngineError.self) { try files(resources, controllers) }
            #expect(error?.description.contains("100 MiB") == true)
        }
    }

    @Test func swapOnV2WithoutAMemoryLimitIsRefusedUnlessOneStandsThere() throws {
        let resources = Resources(memory: Resources.Memory(swap: mebibytes(300)))
        #expect(throws: EngineError.self) { try files(resources, v2) }
        let current = CgroupCurrent(memoryLimitBytes: 100 << 20)
        #expect(
            try files(resources, v2, updating: current) == ["memory.swap.max=\(200 << 20)"])
    }

    @Test func swappinessAbove100IsRefused() {  // A088
        let resources = Resources(memory: Resources.Memory(swappiness: 101))
        #expect(throws: EngineError.self) { try files(resources, v1) }
    }

    @Test func whatV2HasNothingLikeIsAWarning() throws {
        let memory = Resources.Memory(
            limit: mebibytes(1), kernel: 1, kernelTCP: 1, swappiness: 1, disableOOMKiller: true)
        let plan = try CgroupPlan(Resources(memory: memory), controllers: v2)
        #expect(plan.warnings.count == 4)
    }

    @Test func aCheckedLimitBelowTheUsageIsRefusedInWords() {
        let memory = Resources.Memory(limit: mebibytes(6), checkBeforeUpdate: true)
        let error = #expect(throws: EngineError.self) {
            try files(
                Resources(memory: memory), v2,
                updating: CgroupCurrent(memoryUsageBytes: 9 << 20))
        }
        #expect(error?.cause == "requested 6 MiB but the cgroup already uses 9 MiB")
    }

    @Test func processorTimeOnBoth() throws {  // A093
        let cpu = Resources.CPU(shares: 512, quota: 25000, burst: 1000, period: 50000)
        #expect(
            try files(Resources(cpu: cpu), v1) == [
                "cpu.shares=512", "cpu.cfs_period_us=50000", "cpu.cfs_quota_us=25000",
                "cpu.cfs_burst_us=1000",
            ])
        #expect(
            try files(Resources(cpu: cpu), v2)
                == ["cpu.weight=59", "cpu.max=25000 50000", "cpu.max.burst=1000"])
    }

    @Test func aNewPeriodOnV2KeepsTheQuotaThatStandsThere() throws {
        let resources = Resources(cpu: Resources.CPU(period: 20000))
        #expect(try files(resources, v2) == ["cpu.max=max 20000"])
        #expect(
            try files(resources, v2, updating: CgroupCurrent(cpuQuota: "5000"))
                == ["cpu.max=5000 20000"])
        #expect(try files(Resources(cpu: Resources.CPU(quota: -1)), v2) == ["cpu.max=max"])
    }

    @Test func sharesBecomeWeightsOnTheQuadraticCurve() {  // A096
        #expect(CgroupPlan.weight(ofShares: 2) == 1)
        #expect(CgroupPlan.weight(ofShares: 1024) == 100)
        #expect(CgroupPlan.weight(ofShares: 262144) == 10000)
        #expect(CgroupPlan.weight(ofShares: 1 << 40) == 10000)
        var last: UInt64 = 0
        for shares in stride(from: UInt64(2), through: 262144, by: 997) {
            let weight = CgroupPlan.weight(ofShares: shares)
            #expect(weight >= last && (1...10000).contains(weight))
            last = weight
        }
    }

    @Test func realTimeLimitsNeedV1() throws {
        let cpu = Resources.CPU(realtimeRuntime: 950, realtimePeriod: 1000)
        #expect(
            try files(Resources(cpu: cpu), v1) == [
                "cpu.rt_period_us=1000", "cpu.rt_runtime_us=950",
            ]
        )
        #expect(throws: EngineError.self) { try files(Resources(cpu: cpu), v2) }
    }

    @Test func zerosOfGoProgramsAskForNothing() throws {
        let resources = Resources(
            memory: Resources.Memory(limit: 0, reservation: 0, swap: 0, kernel: 0),
            cpu: Resources.CPU(shares: 0, quota: 0, period: 0, cpus: "", mems: ""),
            blockIO: Resources.BlockIO(weight: 0))
        #expect(try files(resources, v1) == [])
        #expect(try files(resources, v2) == [])
        #expect(try files(resources, CgroupControllers(v1: ["devices"])) == [])
    }

    @Test func aLimitOfZeroProcessesIsALimit() throws {
        for (limit, text) in [(-1, "max"), (0, "0"), (42, "42")] as [(Int64, String)] {
            let resources = Resources(pids: Resources.Pids(limit: limit))
            #expect(try files(resources, v1) == ["pids.max=\(text)"])
            #expect(try files(resources, v2) == ["pids.max=\(text)"])
        }
        #expect(try files(Resources(pids: Resources.Pids(limit: nil)), v1) == [])
    }

    @Test func blockInputAndOutput() throws {  // A083
        let blockIO = Resources.BlockIO(
            weight: 500,
            weightDevice: [.init(major: 8, minor: 0, weight: 10)],
            throttleReadBpsDevice: [.init(major: 8, minor: 0, rate: 1048576)],
            throttleWriteIOPSDevice: [.init(major: 8, minor: 16, rate: 0)])
        #expect(
            try files(Resources(blockIO: blockIO), v1) == [
                "blkio.bfq.weight=500", "blkio.bfq.weight_device=8:0 10",
                "blkio.throttle.read_bps_device=8:0 1048576",
                "blkio.throttle.write_iops_device=8:16 0",
            ])
        let plan = try CgroupPlan(Resources(blockIO: blockIO), controllers: v2)
        let writes = plan.steps.flatMap(\.writes)
        #expect(writes.map(\.value) == ["500", "8:0 10", "8:0 rbps=1048576", "8:16 wiops=max"])
        #expect(writes[0].alternative == .init(file: "io.weight", value: "4950"))
        #expect(writes[0].tolerance == .warn)
        #expect(writes[1].alternative == .init(file: "io.weight", value: "8:0 1"))
    }

    @Test func aWeightOutOfRangeIsRefused() {
        let resources = Resources(blockIO: Resources.BlockIO(weight: 5))
        #expect(throws: EngineError.self) { try files(resources, v1) }
    }

    @Test func hugePagesAndReservedOnes() throws {
        let resources = Resources(hugepageLimits: [.init(pageSize: "2MB", limit: 4 << 20)])
        #expect(
            try files(resources, v1) == [
                "hugetlb.2MB.limit_in_bytes=4194304", "hugetlb.2MB.rsvd.limit_in_bytes=4194304",
            ])
        #expect(
            try files(resources, v2)
                == ["hugetlb.2MB.max=4194304", "hugetlb.2MB.rsvd.max=4194304"])
        for size in ["2", "MB", "2MB/../x", "2mb"] {
            let bad = Resources(hugepageLimits: [.init(pageSize: size, limit: 1)])
            #expect(throws: EngineError.self) { try files(bad, v1) }
        }
    }

    @Test func networkClassesWithoutTheirControllerAreAWarning() throws {  // A084
        let network = Resources.Network(
            classID: 0x100001, priorities: [.init(name: "eth0", priority: 5)])
        let plan = try CgroupPlan(Resources(network: network), controllers: v1)
        #expect(plan.warnings.count == 2)
        let mounted = CgroupControllers(v1: ["net_cls", "net_prio"])
        #expect(
            try files(Resources(network: network), mounted)
                == ["net_cls.classid=1048577", "net_prio.ifpriomap=eth0 5"])
    }

    @Test func rdma() throws {
        let resources = Resources(rdma: [
            "mlx5_1": .init(hcaHandles: 3, hcaObjects: 10000), "mlx4_0": .init(hcaObjects: 1),
        ])
        #expect(
            try files(resources, v2)
                == [
                    "rdma.max=mlx4_0 hca_object=1", "rdma.max=mlx5_1 hca_handle=3 hca_object=10000",
                ]
        )
        #expect(throws: EngineError.self) { try files(resources, v1) }
    }

    @Test func unifiedFilesAreWrittenAsTheyAre() throws {
        let resources = Resources(unified: ["memory.high": "1G", "cpu.idle": "1", "new.key": "x"])
        #expect(try files(resources, v2) == ["cpu.idle=1", "memory.high=1G", "new.key=x"])
        #expect(throws: EngineError.self) { try files(resources, v1) }
    }

    @Test(arguments: ["../cgroup.procs", "a/b", "", ".."])
    func aUnifiedKeyThatIsNoFileNameIsRefused(key: String) {
        #expect(throws: EngineError.self) { try files(Resources(unified: [key: "1"]), v2) }
    }

    @Test func aLimitWhoseControllerIsMissingNamesIt() {
        let resources = Resources(pids: Resources.Pids(limit: 1))
        let error = #expect(throws: EngineError.self) {
            try files(resources, CgroupControllers(v1: ["cpu"]))
        }
        #expect(error?.cause.contains("pids") == true)
    }

    @Test func processorListsAreChecked() throws {
        #expect(NumberList("0-3,7")?.description == "0-3,7")
        #expect(NumberList("")?.ranges == [])
        for bad in ["a", "3-1", "1-", "1--2", "0-99999999"] { #expect(NumberList(bad) == nil) }
        #expect(NumberList("1,3")!.isSubset(of: NumberList("0-3")!))
        #expect(!NumberList("1,3")!.isSubset(of: NumberList("0-1")!))
        let resources = Resources(cpu: Resources.CPU(cpus: "one"))
        #expect(throws: EngineError.self) { try files(resources, v1) }
    }

    @Test func sizesForPeople() {
        #expect(Bytes.text(6 << 20) == "6 MiB")
        #expect(Bytes.text(1536) == "1.5 KiB")
        #expect(Bytes.text(512) == "512 bytes")
        #expect(Bytes.text(UInt64.max).hasSuffix("bytes"))
    }

    @Test func anUpdateLeavesTheDevicesAloneUnlessItNamesThem() throws {
        let silent = try CgroupPlan(Resources(), controllers: v1, updating: CgroupCurrent())
        #expect(silent.steps.isEmpty)
        let named = try CgroupPlan(
            Resources(devices: [.init(allow: true)]), controllers: v1, updating: CgroupCurrent())
        #expect(named.steps.count == 1)
    }
}
