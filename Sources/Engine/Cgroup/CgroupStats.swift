/// What the container uses, in the terms of runc's `events --stats`.
package struct CgroupStats: Equatable, Sendable {
    package struct CPU: Equatable, Sendable {
        package var totalNanoseconds: UInt64 = 0
        package var userNanoseconds: UInt64 = 0
        package var kernelNanoseconds: UInt64 = 0
        /// v1 only, by processor.
        package var perProcessorNanoseconds: [UInt64] = []
        package var perProcessorKernelNanoseconds: [UInt64] = []
        package var perProcessorUserNanoseconds: [UInt64] = []
        package var periods: UInt64 = 0
        package var throttledPeriods: UInt64 = 0
        package var throttledNanoseconds: UInt64 = 0
        package var pressure: Pressure?
    }

    /// Where its processes may run.
    package struct CPUSet: Equatable, Sendable {
        package var cpus: [UInt64] = []
        package var mems: [UInt64] = []
        /// v1, by the file's name without its prefix; `memory_pressure` and the like.
        package var flags: [String: Int64] = [:]
    }

    /// A network interface of the container, with what has gone through it.
    package struct NetworkInterface: Equatable, Sendable {
        package var name: String
        /// Bytes, packets, errors and drops.
        package var received: [UInt64]
        package var sent: [UInt64]
    }

    package struct Counter: Equatable, Sendable {
        package var usage: UInt64 = 0
        package var max: UInt64 = 0
        package var failures: UInt64 = 0
        /// UInt64.max is no limit.
        package var limit: UInt64 = 0
    }

    package struct Memory: Equatable, Sendable {
        package var cacheBytes: UInt64 = 0
        package var usage = Counter()
        package var swap = Counter()
        package var kernel = Counter()
        package var kernelTCP = Counter()
        /// memory.stat as it is.
        package var raw: [String: UInt64] = [:]
        /// How often the kernel killed a process for want of memory.
        package var oomKills: UInt64 = 0
        /// v2, memory.events as it is: low, high, max, oom, oom_kill, oom_group_kill.
        package var events: [String: UInt64] = [:]
        package var pressure: Pressure?
    }

    package struct Pids: Equatable, Sendable {
        package var current: UInt64 = 0
        /// 0 is no limit.
        package var limit: UInt64 = 0
        /// How often a fork was refused because of the limit.
        package var refusedForks: UInt64 = 0
    }

    package struct BlockIO: Equatable, Sendable {
        package var major: UInt64
        package var minor: UInt64
        package var operation: String
        package var value: UInt64
    }

    package var cpu = CPU()
    package var memory = Memory()
    package var pids = Pids()
    package var ioBytes: [BlockIO] = []
    package var ioOperations: [BlockIO] = []
    package var ioPressure: Pressure?
    package var cpuset = CPUSet()
    /// Filled by who knows a process of the container.
    package var network: [NetworkInterface] = []
    /// By page size: `2MB`.
    package var hugepages: [String: Counter] = [:]
}

extension Cgroup {
    /// Reads what there is; what a machine does not count stays 0.
    package func stats() -> CgroupStats {
        var stats = CgroupStats()
        readCPU(&stats.cpu)
        readMemory(&stats.memory)
        stats.pids.current = number("pids", "pids.current")
        let limit = number("pids", "pids.max")
        stats.pids.limit = limit == .max ? 0 : limit
        stats.pids.refusedForks = table("pids", "pids.events")["max"] ?? 0
        stats.ioPressure = pressure(of: "io")
        readCPUSet(&stats.cpuset)
        readBlockIO(&stats)
        readHugepages(&stats.hugepages)
        return stats
    }

    /// How often the kernel killed a process of the container for want of memory.
    package func oomKills() -> UInt64 {
        guard let directory = directory(of: "memory") else { return 0 }
        let name = directory.version == .v1 ? "memory.oom_control" : "memory.events"
        return KernelFile.table(directory.file(name)).first { $0.key == "oom_kill" }?.value ?? 0
    }

    /// Why a process of the cgroup was killed, where its memory limit is the reason.
    var memoryDeath: String? {
        let kills = oomKills()
        guard kills > 0, let directory = directory(of: "memory") else { return nil }
        let name = directory.version == .v1 ? "memory.limit_in_bytes" : "memory.max"
        let limit = KernelFile.number(directory.file(name)).map { " of \(Bytes.text($0))" } ?? ""
        return "its memory limit\(limit) was reached (oom_kill \(kills))"
    }

    private func number(_ controller: String, _ name: String) -> UInt64 {
        file(controller, name).flatMap(KernelFile.number) ?? 0
    }

    private func table(_ controller: String, _ name: String) -> [Substring: UInt64] {
        var table: [Substring: UInt64] = [:]
        for row in file(controller, name).map(KernelFile.table) ?? [] { table[row.key] = row.value }
        return table
    }

    private func readCPUSet(_ cpuset: inout CgroupStats.CPUSet) {
        func list(_ name: String) -> [UInt64] {
            let text = file("cpuset", "cpuset.\(name)").flatMap(KernelFile.readIfPresent) ?? ""
            return NumberList(text)?.numbers.map(UInt64.init) ?? []
        }
        guard let directory = directory(of: "cpuset"), directory.version == .v1 else {
            cpuset.cpus = list("cpus.effective")
            cpuset.mems = list("mems.effective")
            return
        }
        cpuset.cpus = list("cpus")
        cpuset.mems = list("mems")
        for name in [
            "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate",
            "memory_spread_page", "memory_spread_slab", "memory_pressure", "sched_load_balance",
            "sched_relax_domain_level",
        ] {
            let text = KernelFile.readIfPresent(directory.file("cpuset.\(name)")) ?? ""
            cpuset.flags[name] = Int64(text) ?? 0
        }
    }

    private func readCPU(_ cpu: inout CgroupStats.CPU) {
        cpu.pressure = pressure(of: "cpu")
        let stat = table("cpu", "cpu.stat")
        cpu.periods = stat["nr_periods"] ?? 0
        cpu.throttledPeriods = stat["nr_throttled"] ?? 0
        guard directory(of: "cpuacct")?.version == .v1 else {
            cpu.totalNanoseconds = (stat["usage_usec"] ?? 0) * 1000
            cpu.userNanoseconds = (stat["user_usec"] ?? 0) * 1000
            cpu.kernelNanoseconds = (stat["system_usec"] ?? 0) * 1000
            cpu.throttledNanoseconds = (stat["throttled_usec"] ?? 0) * 1000
            return
        }
        cpu.throttledNanoseconds = stat["throttled_time"] ?? 0
        cpu.totalNanoseconds = number("cpuacct", "cpuacct.usage")
        cpu.userNanoseconds = number("cpuacct", "cpuacct.usage_user")
        cpu.kernelNanoseconds = number("cpuacct", "cpuacct.usage_sys")
        cpu.perProcessorNanoseconds = perProcessor("usage_percpu")
        cpu.perProcessorKernelNanoseconds = perProcessor("usage_percpu_sys")
        cpu.perProcessorUserNanoseconds = perProcessor("usage_percpu_user")
    }

    private func perProcessor(_ name: String) -> [UInt64] {
        let text = file("cpuacct", "cpuacct.\(name)").flatMap(KernelFile.readIfPresent) ?? ""
        return text.split(separator: " ").compactMap { UInt64($0) }
    }

    private func readMemory(_ memory: inout CgroupStats.Memory) {
        for (key, value) in table("memory", "memory.stat") { memory.raw[String(key)] = value }
        memory.oomKills = oomKills()
        memory.pressure = pressure(of: "memory")
        guard directory(of: "memory")?.version == .v1 else {
            memory.cacheBytes = memory.raw["file"] ?? 0
            memory.usage.usage = number("memory", "memory.current")
            memory.usage.limit = number("memory", "memory.max")
            memory.usage.max = number("memory", "memory.peak")
            for (key, value) in table("memory", "memory.events") {
                memory.events[String(key)] = value
            }
            memory.usage.failures = memory.events["max"] ?? 0
            // v1 counts memory and swap together, and its readers expect that.
            memory.swap.usage = number("memory", "memory.swap.current") + memory.usage.usage
            let swap = number("memory", "memory.swap.max")
            let (sum, overflow) = swap.addingReportingOverflow(memory.usage.limit)
            memory.swap.limit = overflow ? .max : sum
            return
        }
        memory.cacheBytes = memory.raw["total_cache"] ?? memory.raw["cache"] ?? 0
        memory.usage = counter("memory.")
        memory.swap = counter("memory.memsw.")
        memory.kernel = counter("memory.kmem.")
        memory.kernelTCP = counter("memory.kmem.tcp.")
    }

    private func counter(_ prefix: String) -> CgroupStats.Counter {
        CgroupStats.Counter(
            usage: number("memory", prefix + "usage_in_bytes"),
            max: number("memory", prefix + "max_usage_in_bytes"),
            failures: number("memory", prefix + "failcnt"),
            limit: number("memory", prefix + "limit_in_bytes"))
    }

    private func readBlockIO(_ stats: inout CgroupStats) {
        if directory(of: "blkio")?.version == .v1 {
            let names = [
                ("blkio.bfq.io_service_bytes_recursive", "blkio.bfq.io_serviced_recursive"),
                (
                    "blkio.throttle.io_service_bytes_recursive",
                    "blkio.throttle.io_serviced_recursive"
                ),
                ("blkio.throttle.io_service_bytes", "blkio.throttle.io_serviced"),
            ]
            for (bytes, operations) in names {
                stats.ioBytes = blockIOV1(bytes)
                stats.ioOperations = blockIOV1(operations)
                if !stats.ioBytes.isEmpty || !stats.ioOperations.isEmpty { return }
            }
            return
        }
        let text = file("io", "io.stat").flatMap(KernelFile.readIfPresent) ?? ""
        for line in text.split(separator: "\n") { readBlockIOV2(line, &stats) }
    }

    /// `8:0 Read 4096`; the last line is a sum without a device.
    private func blockIOV1(_ name: String) -> [CgroupStats.BlockIO] {
        let text = file("blkio", name).flatMap(KernelFile.readIfPresent) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let (major, minor) = Self.device(words[0]),
                let value = UInt64(words[2])
            else { return nil }
            return CgroupStats.BlockIO(
                major: major, minor: minor, operation: String(words[1]), value: value)
        }
    }

    /// `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`
    private func readBlockIOV2(_ line: Substring, _ stats: inout CgroupStats) {
        let words = line.split(separator: " ")
        guard let first = words.first, let (major, minor) = Self.device(first) else { return }
        for word in words.dropFirst() {
            let pair = word.split(separator: "=")
            guard pair.count == 2, let value = UInt64(pair[1]) else { continue }
            let operation =
                switch pair[0].first {
                case "r": "Read"
                case "w": "Write"
                default: "Discard"
                }
            let entry = CgroupStats.BlockIO(
                major: major, minor: minor, operation: operation, value: value)
            if pair[0].hasSuffix("bytes") { stats.ioBytes.append(entry) }
            if pair[0].hasSuffix("ios") { stats.ioOperations.append(entry) }
        }
    }

    private static func device(_ text: Substring) -> (UInt64, UInt64)? {
        let numbers = text.split(separator: ":").compactMap { UInt64($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    private func readHugepages(_ sizes: inout [String: CgroupStats.Counter]) {
        guard let directory = directory(of: "hugetlb") else { return }
        for name in KernelFile.directories(in: "/sys/kernel/mm/hugepages") {
            guard let kilobytes = UInt64(name.dropFirst("hugepages-".count).dropLast(2)) else {
                continue
            }
            let size = Self.pageSize(kilobytes)
            let isV1 = directory.version == .v1
            let prefix = "hugetlb.\(size)."
            let usage = isV1 ? "usage_in_bytes" : "current"
            guard let used = KernelFile.number(directory.file(prefix + usage)) else { continue }
            var counter = CgroupStats.Counter(usage: used)
            if isV1 {
                counter.max = number("hugetlb", prefix + "max_usage_in_bytes")
                counter.failures = number("hugetlb", prefix + "failcnt")
            } else {
                counter.failures = table("hugetlb", prefix + "events")["max"] ?? 0
            }
            sizes[size] = counter
        }
    }

    /// As the kernel names the files: 2048 kB is `2MB`.
    private static func pageSize(_ kilobytes: UInt64) -> String {
        if kilobytes >= 1 << 20 { return "\(kilobytes >> 20)GB" }
        return kilobytes >= 1 << 10 ? "\(kilobytes >> 10)MB" : "\(kilobytes)KB"
    }
}
