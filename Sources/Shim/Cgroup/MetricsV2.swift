internal import Wire

/// The Stats answer from the files of cgroup v2, as containerd's clients know it.
extension CgroupV2.Metrics {
    init(_ directory: String) {
        let files = CgroupFiles(directory: directory)
        let limit = files.number("pids.max")
        self.init(
            pids: CgroupV2.PidsStat(
                current: files.number("pids.current"), limit: limit == .max ? 0 : limit),
            cpu: CgroupV2.CPUStat(files), memory: CgroupV2.MemoryStat(files),
            io: CgroupV2.IOStat(usage: files.rows("io.stat").compactMap(CgroupV2.IOEntry.init)),
            memoryEvents: CgroupV2.MemoryEvents(files))
    }
}

extension CgroupV2.CPUStat {
    fileprivate init(_ files: CgroupFiles) {
        let table = files.table("cpu.stat")
        func value(_ name: String) -> UInt64 { table[name] ?? 0 }
        self.init(
            usageUsec: value("usage_usec"), userUsec: value("user_usec"),
            systemUsec: value("system_usec"), nrPeriods: value("nr_periods"),
            nrThrottled: value("nr_throttled"), throttledUsec: value("throttled_usec"))
    }
}

extension CgroupV2.MemoryStat {
    fileprivate init(_ files: CgroupFiles) {
        let table = files.table("memory.stat")
        func value(_ name: String) -> UInt64 { table[name] ?? 0 }
        self.init(
            anon: value("anon"), file: value("file"), kernelStack: value("kernel_stack"),
            slab: value("slab"), sock: value("sock"), shmem: value("shmem"),
            fileMapped: value("file_mapped"), fileDirty: value("file_dirty"),
            fileWriteback: value("file_writeback"), anonThp: value("anon_thp"),
            inactiveAnon: value("inactive_anon"), activeAnon: value("active_anon"),
            inactiveFile: value("inactive_file"), activeFile: value("active_file"),
            unevictable: value("unevictable"), slabReclaimable: value("slab_reclaimable"),
            slabUnreclaimable: value("slab_unreclaimable"), pgfault: value("pgfault"),
            pgmajfault: value("pgmajfault"))
        workingsetRefault = value("workingset_refault_anon") + value("workingset_refault_file")
        workingsetActivate =
            value("workingset_activate_anon") + value("workingset_activate_file")
        workingsetNodereclaim = value("workingset_nodereclaim")
        pgrefill = value("pgrefill")
        pgscan = value("pgscan")
        pgsteal = value("pgsteal")
        pgactivate = value("pgactivate")
        pgdeactivate = value("pgdeactivate")
        pglazyfree = value("pglazyfree")
        pglazyfreed = value("pglazyfreed")
        thpFaultAlloc = value("thp_fault_alloc")
        thpCollapseAlloc = value("thp_collapse_alloc")
        usage = files.number("memory.current")
        usageLimit = files.number("memory.max")
        maxUsage = files.number("memory.peak")
        swapUsage = files.number("memory.swap.current")
        swapLimit = files.number("memory.swap.max")
        swapMaxUsage = files.number("memory.swap.peak")
    }
}

extension CgroupV2.MemoryEvents {
    fileprivate init(_ files: CgroupFiles) {
        let table = files.table("memory.events")
        self.init(
            low: table["low"] ?? 0, high: table["high"] ?? 0, max: table["max"] ?? 0,
            oom: table["oom"] ?? 0, oomKill: table["oom_kill"] ?? 0)
    }
}

extension CgroupV2.IOEntry {
    /// `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`
    fileprivate init?(_ row: [Substring]) {
        let device = row.first?.split(separator: ":").compactMap { UInt64($0) } ?? []
        guard device.count == 2 else { return nil }
        self.init(major: device[0], minor: device[1])
        for word in row.dropFirst() {
            let pair = word.split(separator: "=")
            guard pair.count == 2, let value = UInt64(pair[1]) else { continue }
            switch pair[0] {
            case "rbytes": rbytes = value
            case "wbytes": wbytes = value
            case "rios": rios = value
            case "wios": wios = value
            default: continue
            }
        }
    }
}
