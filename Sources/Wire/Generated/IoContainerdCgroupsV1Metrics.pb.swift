// Generated from spec/proto/io/containerd/cgroups/v1/metrics.proto by spec/generate-swift.py; do not edit.

import CWire

extension CgroupV1 {
    /// What the Stats call answers on a machine with cgroup v1. Names and numbers are containerd's, so
    /// that its clients read them; each number stands in the file of the controller named beside it.
    public struct Metrics: WireMessage {
        public var hugetlb: [CgroupV1.HugetlbStat]
        public var pids: CgroupV1.PidsStat?
        public var cpu: CgroupV1.CPUStat?
        public var memory: CgroupV1.MemoryStat?
        public var blkio: CgroupV1.BlkIOStat?
        public var rdma: CgroupV1.RdmaStat?
        public var network: [CgroupV1.NetworkStat]
        public var cgroupStats: CgroupV1.CgroupStats?
        public var memoryOomControl: CgroupV1.MemoryOomControl?

        public init(hugetlb: [CgroupV1.HugetlbStat] = [], pids: CgroupV1.PidsStat? = nil, cpu: CgroupV1.CPUStat? = nil, memory: CgroupV1.MemoryStat? = nil, blkio: CgroupV1.BlkIOStat? = nil, rdma: CgroupV1.RdmaStat? = nil, network: [CgroupV1.NetworkStat] = [], cgroupStats: CgroupV1.CgroupStats? = nil, memoryOomControl: CgroupV1.MemoryOomControl? = nil) {
            self.hugetlb = hugetlb
            self.pids = pids
            self.cpu = cpu
            self.memory = memory
            self.blkio = blkio
            self.rdma = rdma
            self.network = network
            self.cgroupStats = cgroupStats
            self.memoryOomControl = memoryOomControl
        }

        public static var wireName: String { "io.containerd.cgroups.v1.Metrics" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// Bytes.
    public struct HugetlbStat: WireMessage {
        public var usage: UInt64
        public var max: UInt64
        public var failcnt: UInt64
        public var pagesize: String

        public init(usage: UInt64 = 0, max: UInt64 = 0, failcnt: UInt64 = 0, pagesize: String = "") {
            self.usage = usage
            self.max = max
            self.failcnt = failcnt
            self.pagesize = pagesize
        }

        public static var wireName: String { "io.containerd.cgroups.v1.HugetlbStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PidsStat: WireMessage {
        public var current: UInt64
        /// 0: no limit.
        public var limit: UInt64

        public init(current: UInt64 = 0, limit: UInt64 = 0) {
            self.current = current
            self.limit = limit
        }

        public static var wireName: String { "io.containerd.cgroups.v1.PidsStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CPUStat: WireMessage {
        public var usage: CgroupV1.CPUUsage?
        public var throttling: CgroupV1.Throttle?

        public init(usage: CgroupV1.CPUUsage? = nil, throttling: CgroupV1.Throttle? = nil) {
            self.usage = usage
            self.throttling = throttling
        }

        public static var wireName: String { "io.containerd.cgroups.v1.CPUStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// Nanoseconds.
    public struct CPUUsage: WireMessage {
        public var total: UInt64
        public var kernel: UInt64
        public var user: UInt64
        public var perCpu: [UInt64]

        public init(total: UInt64 = 0, kernel: UInt64 = 0, user: UInt64 = 0, perCpu: [UInt64] = []) {
            self.total = total
            self.kernel = kernel
            self.user = user
            self.perCpu = perCpu
        }

        public static var wireName: String { "io.containerd.cgroups.v1.CPUUsage" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// cpu.stat
    public struct Throttle: WireMessage {
        public var periods: UInt64
        public var throttledPeriods: UInt64
        /// Nanoseconds.
        public var throttledTime: UInt64

        public init(periods: UInt64 = 0, throttledPeriods: UInt64 = 0, throttledTime: UInt64 = 0) {
            self.periods = periods
            self.throttledPeriods = throttledPeriods
            self.throttledTime = throttledTime
        }

        public static var wireName: String { "io.containerd.cgroups.v1.Throttle" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// memory.stat, in bytes or counts as the kernel gives them.
    public struct MemoryStat: WireMessage {
        public var cache: UInt64
        public var rss: UInt64
        public var rssHuge: UInt64
        public var mappedFile: UInt64
        public var dirty: UInt64
        public var writeback: UInt64
        public var pgPgIn: UInt64
        public var pgPgOut: UInt64
        public var pgFault: UInt64
        public var pgMajFault: UInt64
        public var inactiveAnon: UInt64
        public var activeAnon: UInt64
        public var inactiveFile: UInt64
        public var activeFile: UInt64
        public var unevictable: UInt64
        public var hierarchicalMemoryLimit: UInt64
        public var hierarchicalSwapLimit: UInt64
        public var totalCache: UInt64
        public var totalRss: UInt64
        public var totalRssHuge: UInt64
        public var totalMappedFile: UInt64
        public var totalDirty: UInt64
        public var totalWriteback: UInt64
        public var totalPgPgIn: UInt64
        public var totalPgPgOut: UInt64
        public var totalPgFault: UInt64
        public var totalPgMajFault: UInt64
        public var totalInactiveAnon: UInt64
        public var totalActiveAnon: UInt64
        public var totalInactiveFile: UInt64
        public var totalActiveFile: UInt64
        public var totalUnevictable: UInt64
        /// memory.usage_in_bytes and its neighbours
        public var usage: CgroupV1.MemoryEntry?
        /// memory.memsw.*
        public var swap: CgroupV1.MemoryEntry?
        /// memory.kmem.*
        public var kernel: CgroupV1.MemoryEntry?
        /// memory.kmem.tcp.*
        public var kernelTcp: CgroupV1.MemoryEntry?

        public init(cache: UInt64 = 0, rss: UInt64 = 0, rssHuge: UInt64 = 0, mappedFile: UInt64 = 0, dirty: UInt64 = 0, writeback: UInt64 = 0, pgPgIn: UInt64 = 0, pgPgOut: UInt64 = 0, pgFault: UInt64 = 0, pgMajFault: UInt64 = 0, inactiveAnon: UInt64 = 0, activeAnon: UInt64 = 0, inactiveFile: UInt64 = 0, activeFile: UInt64 = 0, unevictable: UInt64 = 0, hierarchicalMemoryLimit: UInt64 = 0, hierarchicalSwapLimit: UInt64 = 0, totalCache: UInt64 = 0, totalRss: UInt64 = 0, totalRssHuge: UInt64 = 0, totalMappedFile: UInt64 = 0, totalDirty: UInt64 = 0, totalWriteback: UInt64 = 0, totalPgPgIn: UInt64 = 0, totalPgPgOut: UInt64 = 0, totalPgFault: UInt64 = 0, totalPgMajFault: UInt64 = 0, totalInactiveAnon: UInt64 = 0, totalActiveAnon: UInt64 = 0, totalInactiveFile: UInt64 = 0, totalActiveFile: UInt64 = 0, totalUnevictable: UInt64 = 0, usage: CgroupV1.MemoryEntry? = nil, swap: CgroupV1.MemoryEntry? = nil, kernel: CgroupV1.MemoryEntry? = nil, kernelTcp: CgroupV1.MemoryEntry? = nil) {
            self.cache = cache
            self.rss = rss
            self.rssHuge = rssHuge
            self.mappedFile = mappedFile
            self.dirty = dirty
            self.writeback = writeback
            self.pgPgIn = pgPgIn
            self.pgPgOut = pgPgOut
            self.pgFault = pgFault
            self.pgMajFault = pgMajFault
            self.inactiveAnon = inactiveAnon
            self.activeAnon = activeAnon
            self.inactiveFile = inactiveFile
            self.activeFile = activeFile
            self.unevictable = unevictable
            self.hierarchicalMemoryLimit = hierarchicalMemoryLimit
            self.hierarchicalSwapLimit = hierarchicalSwapLimit
            self.totalCache = totalCache
            self.totalRss = totalRss
            self.totalRssHuge = totalRssHuge
            self.totalMappedFile = totalMappedFile
            self.totalDirty = totalDirty
            self.totalWriteback = totalWriteback
            self.totalPgPgIn = totalPgPgIn
            self.totalPgPgOut = totalPgPgOut
            self.totalPgFault = totalPgFault
            self.totalPgMajFault = totalPgMajFault
            self.totalInactiveAnon = totalInactiveAnon
            self.totalActiveAnon = totalActiveAnon
            self.totalInactiveFile = totalInactiveFile
            self.totalActiveFile = totalActiveFile
            self.totalUnevictable = totalUnevictable
            self.usage = usage
            self.swap = swap
            self.kernel = kernel
            self.kernelTcp = kernelTcp
        }

        public static var wireName: String { "io.containerd.cgroups.v1.MemoryStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// Bytes; failcnt counts the times the limit was hit.
    public struct MemoryEntry: WireMessage {
        public var limit: UInt64
        public var usage: UInt64
        public var max: UInt64
        public var failcnt: UInt64

        public init(limit: UInt64 = 0, usage: UInt64 = 0, max: UInt64 = 0, failcnt: UInt64 = 0) {
            self.limit = limit
            self.usage = usage
            self.max = max
            self.failcnt = failcnt
        }

        public static var wireName: String { "io.containerd.cgroups.v1.MemoryEntry" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// memory.oom_control
    public struct MemoryOomControl: WireMessage {
        public var oomKillDisable: UInt64
        public var underOom: UInt64
        public var oomKill: UInt64

        public init(oomKillDisable: UInt64 = 0, underOom: UInt64 = 0, oomKill: UInt64 = 0) {
            self.oomKillDisable = oomKillDisable
            self.underOom = underOom
            self.oomKill = oomKill
        }

        public static var wireName: String { "io.containerd.cgroups.v1.MemoryOomControl" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct BlkIOStat: WireMessage {
        public var ioServiceBytesRecursive: [CgroupV1.BlkIOEntry]
        public var ioServicedRecursive: [CgroupV1.BlkIOEntry]
        public var ioQueuedRecursive: [CgroupV1.BlkIOEntry]
        public var ioServiceTimeRecursive: [CgroupV1.BlkIOEntry]
        public var ioWaitTimeRecursive: [CgroupV1.BlkIOEntry]
        public var ioMergedRecursive: [CgroupV1.BlkIOEntry]
        public var ioTimeRecursive: [CgroupV1.BlkIOEntry]
        public var sectorsRecursive: [CgroupV1.BlkIOEntry]

        public init(ioServiceBytesRecursive: [CgroupV1.BlkIOEntry] = [], ioServicedRecursive: [CgroupV1.BlkIOEntry] = [], ioQueuedRecursive: [CgroupV1.BlkIOEntry] = [], ioServiceTimeRecursive: [CgroupV1.BlkIOEntry] = [], ioWaitTimeRecursive: [CgroupV1.BlkIOEntry] = [], ioMergedRecursive: [CgroupV1.BlkIOEntry] = [], ioTimeRecursive: [CgroupV1.BlkIOEntry] = [], sectorsRecursive: [CgroupV1.BlkIOEntry] = []) {
            self.ioServiceBytesRecursive = ioServiceBytesRecursive
            self.ioServicedRecursive = ioServicedRecursive
            self.ioQueuedRecursive = ioQueuedRecursive
            self.ioServiceTimeRecursive = ioServiceTimeRecursive
            self.ioWaitTimeRecursive = ioWaitTimeRecursive
            self.ioMergedRecursive = ioMergedRecursive
            self.ioTimeRecursive = ioTimeRecursive
            self.sectorsRecursive = sectorsRecursive
        }

        public static var wireName: String { "io.containerd.cgroups.v1.BlkIOStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct BlkIOEntry: WireMessage {
        /// Read, Write, Sync ... or empty.
        public var op: String
        public var device: String
        public var major: UInt64
        public var minor: UInt64
        public var value: UInt64

        public init(op: String = "", device: String = "", major: UInt64 = 0, minor: UInt64 = 0, value: UInt64 = 0) {
            self.op = op
            self.device = device
            self.major = major
            self.minor = minor
            self.value = value
        }

        public static var wireName: String { "io.containerd.cgroups.v1.BlkIOEntry" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RdmaStat: WireMessage {
        public var current: [CgroupV1.RdmaEntry]
        public var limit: [CgroupV1.RdmaEntry]

        public init(current: [CgroupV1.RdmaEntry] = [], limit: [CgroupV1.RdmaEntry] = []) {
            self.current = current
            self.limit = limit
        }

        public static var wireName: String { "io.containerd.cgroups.v1.RdmaStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RdmaEntry: WireMessage {
        public var device: String
        public var hcaHandles: UInt32
        public var hcaObjects: UInt32

        public init(device: String = "", hcaHandles: UInt32 = 0, hcaObjects: UInt32 = 0) {
            self.device = device
            self.hcaHandles = hcaHandles
            self.hcaObjects = hcaObjects
        }

        public static var wireName: String { "io.containerd.cgroups.v1.RdmaEntry" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct NetworkStat: WireMessage {
        public var name: String
        public var rxBytes: UInt64
        public var rxPackets: UInt64
        public var rxErrors: UInt64
        public var rxDropped: UInt64
        public var txBytes: UInt64
        public var txPackets: UInt64
        public var txErrors: UInt64
        public var txDropped: UInt64

        public init(name: String = "", rxBytes: UInt64 = 0, rxPackets: UInt64 = 0, rxErrors: UInt64 = 0, rxDropped: UInt64 = 0, txBytes: UInt64 = 0, txPackets: UInt64 = 0, txErrors: UInt64 = 0, txDropped: UInt64 = 0) {
            self.name = name
            self.rxBytes = rxBytes
            self.rxPackets = rxPackets
            self.rxErrors = rxErrors
            self.rxDropped = rxDropped
            self.txBytes = txBytes
            self.txPackets = txPackets
            self.txErrors = txErrors
            self.txDropped = txDropped
        }

        public static var wireName: String { "io.containerd.cgroups.v1.NetworkStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// Tasks by their state.
    public struct CgroupStats: WireMessage {
        public var nrSleeping: UInt64
        public var nrRunning: UInt64
        public var nrStopped: UInt64
        public var nrUninterruptible: UInt64
        public var nrIOWait: UInt64

        public init(nrSleeping: UInt64 = 0, nrRunning: UInt64 = 0, nrStopped: UInt64 = 0, nrUninterruptible: UInt64 = 0, nrIOWait: UInt64 = 0) {
            self.nrSleeping = nrSleeping
            self.nrRunning = nrRunning
            self.nrStopped = nrStopped
            self.nrUninterruptible = nrUninterruptible
            self.nrIOWait = nrIOWait
        }

        public static var wireName: String { "io.containerd.cgroups.v1.CgroupStats" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension CgroupV1.Metrics: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__Metrics>) { unsafe io__containerd__cgroups__v1__metrics__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__Metrics) {
        self.hugetlb = unsafe readArray(c.hugetlb, c.n_hugetlb, CgroupV1.HugetlbStat.self)
        self.pids = unsafe readMessage(c.pids, CgroupV1.PidsStat.self)
        self.cpu = unsafe readMessage(c.cpu, CgroupV1.CPUStat.self)
        self.memory = unsafe readMessage(c.memory, CgroupV1.MemoryStat.self)
        self.blkio = unsafe readMessage(c.blkio, CgroupV1.BlkIOStat.self)
        self.rdma = unsafe readMessage(c.rdma, CgroupV1.RdmaStat.self)
        self.network = unsafe readArray(c.network, c.n_network, CgroupV1.NetworkStat.self)
        self.cgroupStats = unsafe readMessage(c.cgroup_stats, CgroupV1.CgroupStats.self)
        self.memoryOomControl = unsafe readMessage(c.memory_oom_control, CgroupV1.MemoryOomControl.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__Metrics, in arena: Arena) {
        unsafe c.hugetlb = arena.array(self.hugetlb)
        unsafe c.n_hugetlb = self.hugetlb.count
        unsafe c.pids = arena.message(self.pids)
        unsafe c.cpu = arena.message(self.cpu)
        unsafe c.memory = arena.message(self.memory)
        unsafe c.blkio = arena.message(self.blkio)
        unsafe c.rdma = arena.message(self.rdma)
        unsafe c.network = arena.array(self.network)
        unsafe c.n_network = self.network.count
        unsafe c.cgroup_stats = arena.message(self.cgroupStats)
        unsafe c.memory_oom_control = arena.message(self.memoryOomControl)
    }
}

extension CgroupV1.HugetlbStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__HugetlbStat>) { unsafe io__containerd__cgroups__v1__hugetlb_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__HugetlbStat) {
        self.usage = unsafe c.usage
        self.max = unsafe c.max
        self.failcnt = unsafe c.failcnt
        self.pagesize = unsafe readString(c.pagesize)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__HugetlbStat, in arena: Arena) {
        unsafe c.usage = self.usage
        unsafe c.max = self.max
        unsafe c.failcnt = self.failcnt
        unsafe c.pagesize = arena.string(self.pagesize)
    }
}

extension CgroupV1.PidsStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__PidsStat>) { unsafe io__containerd__cgroups__v1__pids_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__PidsStat) {
        self.current = unsafe c.current
        self.limit = unsafe c.limit
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__PidsStat, in arena: Arena) {
        unsafe c.current = self.current
        unsafe c.limit = self.limit
    }
}

extension CgroupV1.CPUStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__CPUStat>) { unsafe io__containerd__cgroups__v1__cpustat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__CPUStat) {
        self.usage = unsafe readMessage(c.usage, CgroupV1.CPUUsage.self)
        self.throttling = unsafe readMessage(c.throttling, CgroupV1.Throttle.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__CPUStat, in arena: Arena) {
        unsafe c.usage = arena.message(self.usage)
        unsafe c.throttling = arena.message(self.throttling)
    }
}

extension CgroupV1.CPUUsage: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__CPUUsage>) { unsafe io__containerd__cgroups__v1__cpuusage__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__CPUUsage) {
        self.total = unsafe c.total
        self.kernel = unsafe c.kernel
        self.user = unsafe c.user
        self.perCpu = unsafe readScalars(c.per_cpu, c.n_per_cpu)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__CPUUsage, in arena: Arena) {
        unsafe c.total = self.total
        unsafe c.kernel = self.kernel
        unsafe c.user = self.user
        unsafe c.per_cpu = arena.scalars(self.perCpu)
        unsafe c.n_per_cpu = self.perCpu.count
    }
}

extension CgroupV1.Throttle: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__Throttle>) { unsafe io__containerd__cgroups__v1__throttle__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__Throttle) {
        self.periods = unsafe c.periods
        self.throttledPeriods = unsafe c.throttled_periods
        self.throttledTime = unsafe c.throttled_time
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__Throttle, in arena: Arena) {
        unsafe c.periods = self.periods
        unsafe c.throttled_periods = self.throttledPeriods
        unsafe c.throttled_time = self.throttledTime
    }
}

extension CgroupV1.MemoryStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__MemoryStat>) { unsafe io__containerd__cgroups__v1__memory_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__MemoryStat) {
        self.cache = unsafe c.cache
        self.rss = unsafe c.rss
        self.rssHuge = unsafe c.rss_huge
        self.mappedFile = unsafe c.mapped_file
        self.dirty = unsafe c.dirty
        self.writeback = unsafe c.writeback
        self.pgPgIn = unsafe c.pg_pg_in
        self.pgPgOut = unsafe c.pg_pg_out
        self.pgFault = unsafe c.pg_fault
        self.pgMajFault = unsafe c.pg_maj_fault
        self.inactiveAnon = unsafe c.inactive_anon
        self.activeAnon = unsafe c.active_anon
        self.inactiveFile = unsafe c.inactive_file
        self.activeFile = unsafe c.active_file
        self.unevictable = unsafe c.unevictable
        self.hierarchicalMemoryLimit = unsafe c.hierarchical_memory_limit
        self.hierarchicalSwapLimit = unsafe c.hierarchical_swap_limit
        self.totalCache = unsafe c.total_cache
        self.totalRss = unsafe c.total_rss
        self.totalRssHuge = unsafe c.total_rss_huge
        self.totalMappedFile = unsafe c.total_mapped_file
        self.totalDirty = unsafe c.total_dirty
        self.totalWriteback = unsafe c.total_writeback
        self.totalPgPgIn = unsafe c.total_pg_pg_in
        self.totalPgPgOut = unsafe c.total_pg_pg_out
        self.totalPgFault = unsafe c.total_pg_fault
        self.totalPgMajFault = unsafe c.total_pg_maj_fault
        self.totalInactiveAnon = unsafe c.total_inactive_anon
        self.totalActiveAnon = unsafe c.total_active_anon
        self.totalInactiveFile = unsafe c.total_inactive_file
        self.totalActiveFile = unsafe c.total_active_file
        self.totalUnevictable = unsafe c.total_unevictable
        self.usage = unsafe readMessage(c.usage, CgroupV1.MemoryEntry.self)
        self.swap = unsafe readMessage(c.swap, CgroupV1.MemoryEntry.self)
        self.kernel = unsafe readMessage(c.kernel, CgroupV1.MemoryEntry.self)
        self.kernelTcp = unsafe readMessage(c.kernel_tcp, CgroupV1.MemoryEntry.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__MemoryStat, in arena: Arena) {
        unsafe c.cache = self.cache
        unsafe c.rss = self.rss
        unsafe c.rss_huge = self.rssHuge
        unsafe c.mapped_file = self.mappedFile
        unsafe c.dirty = self.dirty
        unsafe c.writeback = self.writeback
        unsafe c.pg_pg_in = self.pgPgIn
        unsafe c.pg_pg_out = self.pgPgOut
        unsafe c.pg_fault = self.pgFault
        unsafe c.pg_maj_fault = self.pgMajFault
        unsafe c.inactive_anon = self.inactiveAnon
        unsafe c.active_anon = self.activeAnon
        unsafe c.inactive_file = self.inactiveFile
        unsafe c.active_file = self.activeFile
        unsafe c.unevictable = self.unevictable
        unsafe c.hierarchical_memory_limit = self.hierarchicalMemoryLimit
        unsafe c.hierarchical_swap_limit = self.hierarchicalSwapLimit
        unsafe c.total_cache = self.totalCache
        unsafe c.total_rss = self.totalRss
        unsafe c.total_rss_huge = self.totalRssHuge
        unsafe c.total_mapped_file = self.totalMappedFile
        unsafe c.total_dirty = self.totalDirty
        unsafe c.total_writeback = self.totalWriteback
        unsafe c.total_pg_pg_in = self.totalPgPgIn
        unsafe c.total_pg_pg_out = self.totalPgPgOut
        unsafe c.total_pg_fault = self.totalPgFault
        unsafe c.total_pg_maj_fault = self.totalPgMajFault
        unsafe c.total_inactive_anon = self.totalInactiveAnon
        unsafe c.total_active_anon = self.totalActiveAnon
        unsafe c.total_inactive_file = self.totalInactiveFile
        unsafe c.total_active_file = self.totalActiveFile
        unsafe c.total_unevictable = self.totalUnevictable
        unsafe c.usage = arena.message(self.usage)
        unsafe c.swap = arena.message(self.swap)
        unsafe c.kernel = arena.message(self.kernel)
        unsafe c.kernel_tcp = arena.message(self.kernelTcp)
    }
}

extension CgroupV1.MemoryEntry: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__MemoryEntry>) { unsafe io__containerd__cgroups__v1__memory_entry__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__MemoryEntry) {
        self.limit = unsafe c.limit
        self.usage = unsafe c.usage
        self.max = unsafe c.max
        self.failcnt = unsafe c.failcnt
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__MemoryEntry, in arena: Arena) {
        unsafe c.limit = self.limit
        unsafe c.usage = self.usage
        unsafe c.max = self.max
        unsafe c.failcnt = self.failcnt
    }
}

extension CgroupV1.MemoryOomControl: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__MemoryOomControl>) { unsafe io__containerd__cgroups__v1__memory_oom_control__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__MemoryOomControl) {
        self.oomKillDisable = unsafe c.oom_kill_disable
        self.underOom = unsafe c.under_oom
        self.oomKill = unsafe c.oom_kill
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__MemoryOomControl, in arena: Arena) {
        unsafe c.oom_kill_disable = self.oomKillDisable
        unsafe c.under_oom = self.underOom
        unsafe c.oom_kill = self.oomKill
    }
}

extension CgroupV1.BlkIOStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__BlkIOStat>) { unsafe io__containerd__cgroups__v1__blk_iostat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__BlkIOStat) {
        self.ioServiceBytesRecursive = unsafe readArray(c.io_service_bytes_recursive, c.n_io_service_bytes_recursive, CgroupV1.BlkIOEntry.self)
        self.ioServicedRecursive = unsafe readArray(c.io_serviced_recursive, c.n_io_serviced_recursive, CgroupV1.BlkIOEntry.self)
        self.ioQueuedRecursive = unsafe readArray(c.io_queued_recursive, c.n_io_queued_recursive, CgroupV1.BlkIOEntry.self)
        self.ioServiceTimeRecursive = unsafe readArray(c.io_service_time_recursive, c.n_io_service_time_recursive, CgroupV1.BlkIOEntry.self)
        self.ioWaitTimeRecursive = unsafe readArray(c.io_wait_time_recursive, c.n_io_wait_time_recursive, CgroupV1.BlkIOEntry.self)
        self.ioMergedRecursive = unsafe readArray(c.io_merged_recursive, c.n_io_merged_recursive, CgroupV1.BlkIOEntry.self)
        self.ioTimeRecursive = unsafe readArray(c.io_time_recursive, c.n_io_time_recursive, CgroupV1.BlkIOEntry.self)
        self.sectorsRecursive = unsafe readArray(c.sectors_recursive, c.n_sectors_recursive, CgroupV1.BlkIOEntry.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__BlkIOStat, in arena: Arena) {
        unsafe c.io_service_bytes_recursive = arena.array(self.ioServiceBytesRecursive)
        unsafe c.n_io_service_bytes_recursive = self.ioServiceBytesRecursive.count
        unsafe c.io_serviced_recursive = arena.array(self.ioServicedRecursive)
        unsafe c.n_io_serviced_recursive = self.ioServicedRecursive.count
        unsafe c.io_queued_recursive = arena.array(self.ioQueuedRecursive)
        unsafe c.n_io_queued_recursive = self.ioQueuedRecursive.count
        unsafe c.io_service_time_recursive = arena.array(self.ioServiceTimeRecursive)
        unsafe c.n_io_service_time_recursive = self.ioServiceTimeRecursive.count
        unsafe c.io_wait_time_recursive = arena.array(self.ioWaitTimeRecursive)
        unsafe c.n_io_wait_time_recursive = self.ioWaitTimeRecursive.count
        unsafe c.io_merged_recursive = arena.array(self.ioMergedRecursive)
        unsafe c.n_io_merged_recursive = self.ioMergedRecursive.count
        unsafe c.io_time_recursive = arena.array(self.ioTimeRecursive)
        unsafe c.n_io_time_recursive = self.ioTimeRecursive.count
        unsafe c.sectors_recursive = arena.array(self.sectorsRecursive)
        unsafe c.n_sectors_recursive = self.sectorsRecursive.count
    }
}

extension CgroupV1.BlkIOEntry: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__BlkIOEntry>) { unsafe io__containerd__cgroups__v1__blk_ioentry__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__BlkIOEntry) {
        self.op = unsafe readString(c.op)
        self.device = unsafe readString(c.device)
        self.major = unsafe c.major
        self.minor = unsafe c.minor
        self.value = unsafe c.value
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__BlkIOEntry, in arena: Arena) {
        unsafe c.op = arena.string(self.op)
        unsafe c.device = arena.string(self.device)
        unsafe c.major = self.major
        unsafe c.minor = self.minor
        unsafe c.value = self.value
    }
}

extension CgroupV1.RdmaStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__RdmaStat>) { unsafe io__containerd__cgroups__v1__rdma_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__RdmaStat) {
        self.current = unsafe readArray(c.current, c.n_current, CgroupV1.RdmaEntry.self)
        self.limit = unsafe readArray(c.limit, c.n_limit, CgroupV1.RdmaEntry.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__RdmaStat, in arena: Arena) {
        unsafe c.current = arena.array(self.current)
        unsafe c.n_current = self.current.count
        unsafe c.limit = arena.array(self.limit)
        unsafe c.n_limit = self.limit.count
    }
}

extension CgroupV1.RdmaEntry: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__RdmaEntry>) { unsafe io__containerd__cgroups__v1__rdma_entry__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__RdmaEntry) {
        self.device = unsafe readString(c.device)
        self.hcaHandles = unsafe c.hca_handles
        self.hcaObjects = unsafe c.hca_objects
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__RdmaEntry, in arena: Arena) {
        unsafe c.device = arena.string(self.device)
        unsafe c.hca_handles = self.hcaHandles
        unsafe c.hca_objects = self.hcaObjects
    }
}

extension CgroupV1.NetworkStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__NetworkStat>) { unsafe io__containerd__cgroups__v1__network_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__NetworkStat) {
        self.name = unsafe readString(c.name)
        self.rxBytes = unsafe c.rx_bytes
        self.rxPackets = unsafe c.rx_packets
        self.rxErrors = unsafe c.rx_errors
        self.rxDropped = unsafe c.rx_dropped
        self.txBytes = unsafe c.tx_bytes
        self.txPackets = unsafe c.tx_packets
        self.txErrors = unsafe c.tx_errors
        self.txDropped = unsafe c.tx_dropped
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__NetworkStat, in arena: Arena) {
        unsafe c.name = arena.string(self.name)
        unsafe c.rx_bytes = self.rxBytes
        unsafe c.rx_packets = self.rxPackets
        unsafe c.rx_errors = self.rxErrors
        unsafe c.rx_dropped = self.rxDropped
        unsafe c.tx_bytes = self.txBytes
        unsafe c.tx_packets = self.txPackets
        unsafe c.tx_errors = self.txErrors
        unsafe c.tx_dropped = self.txDropped
    }
}

extension CgroupV1.CgroupStats: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V1__CgroupStats>) { unsafe io__containerd__cgroups__v1__cgroup_stats__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V1__CgroupStats) {
        self.nrSleeping = unsafe c.nr_sleeping
        self.nrRunning = unsafe c.nr_running
        self.nrStopped = unsafe c.nr_stopped
        self.nrUninterruptible = unsafe c.nr_uninterruptible
        self.nrIOWait = unsafe c.nr_io_wait
    }
    func write(to c: inout Io__Containerd__Cgroups__V1__CgroupStats, in arena: Arena) {
        unsafe c.nr_sleeping = self.nrSleeping
        unsafe c.nr_running = self.nrRunning
        unsafe c.nr_stopped = self.nrStopped
        unsafe c.nr_uninterruptible = self.nrUninterruptible
        unsafe c.nr_io_wait = self.nrIOWait
    }
}
