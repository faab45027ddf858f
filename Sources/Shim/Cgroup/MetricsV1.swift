internal import Wire

/// The Stats answer from the files of cgroup v1, as containerd's clients know it.
extension CgroupV1.Metrics {
    init(_ directories: [String: String]) {
        func files(_ controller: String) -> CgroupFiles? {
            directories[controller].map(CgroupFiles.init).flatMap { $0.exists ? $0 : nil }
        }
        self.init()
        pids = files("pids").map {
            let limit = $0.number("pids.max")
            return CgroupV1.PidsStat(
                current: $0.number("pids.current"), limit: limit == .max ? 0 : limit)
        }
        cpu = CgroupV1.CPUStat(usage: files("cpuacct"), throttling: files("cpu"))
        if let memory = files("memory") {
            self.memory = CgroupV1.MemoryStat(memory)
            let control = memory.table("memory.oom_control")
            memoryOomControl = CgroupV1.MemoryOomControl(
                oomKillDisable: control["oom_kill_disable"] ?? 0,
                underOom: control["under_oom"] ?? 0, oomKill: control["oom_kill"] ?? 0)
        }
        blkio = files("blkio").map(CgroupV1.BlkIOStat.init)
    }
}

extension CgroupV1.CPUStat {
    /// The kernel counts user and system time in ticks of 10 ms.
    private static let tick: UInt64 = 10_000_000

    fileprivate init?(usage: CgroupFiles?, throttling: CgroupFiles?) {
        guard usage != nil || throttling != nil else { return nil }
        self.init()
        if let usage {
            let split = usage.table("cpuacct.stat")
            self.usage = CgroupV1.CPUUsage(
                total: usage.number("cpuacct.usage"), kernel: (split["system"] ?? 0) * Self.tick,
                user: (split["user"] ?? 0) * Self.tick,
                perCpu: (usage.rows("cpuacct.usage_percpu").first ?? []).compactMap { UInt64($0) })
        }
        if let throttling {
            let table = throttling.table("cpu.stat")
            self.throttling = CgroupV1.Throttle(
                periods: table["nr_periods"] ?? 0, throttledPeriods: table["nr_throttled"] ?? 0,
                throttledTime: table["throttled_time"] ?? 0)
        }
    }
}

extension CgroupV1.MemoryStat {
    fileprivate init(_ files: CgroupFiles) {
        let table = files.table("memory.stat")
        func value(_ name: String) -> UInt64 { table[name] ?? 0 }
        self.init(
            cache: value("cache"), rss: value("rss"), rssHuge: value("rss_huge"),
            mappedFile: value("mapped_file"), dirty: value("dirty"),
            writeback: value("writeback"), pgPgIn: value("pgpgin"), pgPgOut: value("pgpgout"),
            pgFault: value("pgfault"), pgMajFault: value("pgmajfault"),
            inactiveAnon: value("inactive_anon"), activeAnon: value("active_anon"),
            inactiveFile: value("inactive_file"), activeFile: value("active_file"),
            unevictable: value("unevictable"),
            hierarchicalMemoryLimit: value("hierarchical_memory_limit"),
            hierarchicalSwapLimit: value("hierarchical_memsw_limit"))
        totalCache = value("total_cache")
        totalRss = value("total_rss")
        totalRssHuge = value("total_rss_huge")
        totalMappedFile = value("total_mapped_file")
        totalDirty = value("total_dirty")
        totalWriteback = value("total_writeback")
        totalPgPgIn = value("total_pgpgin")
        totalPgPgOut = value("total_pgpgout")
        totalPgFault = value("total_pgfault")
        totalPgMajFault = value("total_pgmajfault")
        totalInactiveAnon = value("total_inactive_anon")
        totalActiveAnon = value("total_active_anon")
        totalInactiveFile = value("total_inactive_file")
        totalActiveFile = value("total_active_file")
        totalUnevictable = value("total_unevictable")
        usage = Self.entry(files, "memory")
        swap = Self.entry(files, "memory.memsw")
        kernel = Self.entry(files, "memory.kmem")
        kernelTcp = Self.entry(files, "memory.kmem.tcp")
    }

    private static func entry(_ files: CgroupFiles, _ prefix: String) -> CgroupV1.MemoryEntry {
        CgroupV1.MemoryEntry(
            limit: files.number(prefix + ".limit_in_bytes"),
            usage: files.number(prefix + ".usage_in_bytes"),
            max: files.number(prefix + ".max_usage_in_bytes"),
            failcnt: files.number(prefix + ".failcnt"))
    }
}

extension CgroupV1.BlkIOStat {
    fileprivate init(_ files: CgroupFiles) {
        self.init(
            ioServiceBytesRecursive: Self.entries(
                files, ["io_service_bytes_recursive", "throttle.io_service_bytes_recursive"]),
            ioServicedRecursive: Self.entries(
                files, ["io_serviced_recursive", "throttle.io_serviced_recursive"]),
            ioQueuedRecursive: Self.entries(files, ["io_queued_recursive"]),
            ioServiceTimeRecursive: Self.entries(files, ["io_service_time_recursive"]),
            ioWaitTimeRecursive: Self.entries(files, ["io_wait_time_recursive"]),
            ioMergedRecursive: Self.entries(files, ["io_merged_recursive"]),
            ioTimeRecursive: Self.entries(files, ["time_recursive"]),
            sectorsRecursive: Self.entries(files, ["sectors_recursive"]))
    }

    /// Lines like `8:0 Read 4096`, from the first of these files that has any.
    private static func entries(
        _ files: CgroupFiles, _ names: [String]
    ) -> [CgroupV1.BlkIOEntry] {
        for name in names {
            let found = files.rows("blkio." + name).compactMap { row -> CgroupV1.BlkIOEntry? in
                let device = row.first?.split(separator: ":").compactMap { UInt64($0) } ?? []
                guard device.count == 2, let value = row.last.flatMap({ UInt64($0) }) else {
                    return nil
                }
                return CgroupV1.BlkIOEntry(
                    op: row.count == 3 ? String(row[1]) : "", major: device[0], minor: device[1],
                    value: value)
            }
            if !found.isEmpty { return found }
        }
        return []
    }
}
