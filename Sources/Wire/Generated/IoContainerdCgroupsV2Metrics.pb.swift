// Generated from spec/proto/io/containerd/cgroups/v2/metrics.proto by spec/generate-swift.py; do not edit.

import CWire

extension CgroupV2 {
    /// What the Stats call answers on a machine with cgroup v2. Names and numbers are containerd's, so
    /// that its clients read them.
    public struct Metrics: WireMessage {
        public var pids: CgroupV2.PidsStat?
        public var cpu: CgroupV2.CPUStat?
        public var memory: CgroupV2.MemoryStat?
        public var rdma: CgroupV2.RdmaStat?
        public var io: CgroupV2.IOStat?
        public var hugetlb: [CgroupV2.HugeTlbStat]
        public var memoryEvents: CgroupV2.MemoryEvents?

        public init(pids: CgroupV2.PidsStat? = nil, cpu: CgroupV2.CPUStat? = nil, memory: CgroupV2.MemoryStat? = nil, rdma: CgroupV2.RdmaStat? = nil, io: CgroupV2.IOStat? = nil, hugetlb: [CgroupV2.HugeTlbStat] = [], memoryEvents: CgroupV2.MemoryEvents? = nil) {
            self.pids = pids
            self.cpu = cpu
            self.memory = memory
            self.rdma = rdma
            self.io = io
            self.hugetlb = hugetlb
            self.memoryEvents = memoryEvents
        }

        public static var wireName: String { "io.containerd.cgroups.v2.Metrics" }
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

        public static var wireName: String { "io.containerd.cgroups.v2.PidsStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// cpu.stat, in microseconds.
    public struct CPUStat: WireMessage {
        public var usageUsec: UInt64
        public var userUsec: UInt64
        public var systemUsec: UInt64
        public var nrPeriods: UInt64
        public var nrThrottled: UInt64
        public var throttledUsec: UInt64

        public init(usageUsec: UInt64 = 0, userUsec: UInt64 = 0, systemUsec: UInt64 = 0, nrPeriods: UInt64 = 0, nrThrottled: UInt64 = 0, throttledUsec: UInt64 = 0) {
            self.usageUsec = usageUsec
            self.userUsec = userUsec
            self.systemUsec = systemUsec
            self.nrPeriods = nrPeriods
            self.nrThrottled = nrThrottled
            self.throttledUsec = throttledUsec
        }

        public static var wireName: String { "io.containerd.cgroups.v2.CPUStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// memory.stat by the kernel's own names, then the usage and its limits in bytes.
    public struct MemoryStat: WireMessage {
        public var anon: UInt64
        public var file: UInt64
        public var kernelStack: UInt64
        public var slab: UInt64
        public var sock: UInt64
        public var shmem: UInt64
        public var fileMapped: UInt64
        public var fileDirty: UInt64
        public var fileWriteback: UInt64
        public var anonThp: UInt64
        public var inactiveAnon: UInt64
        public var activeAnon: UInt64
        public var inactiveFile: UInt64
        public var activeFile: UInt64
        public var unevictable: UInt64
        public var slabReclaimable: UInt64
        public var slabUnreclaimable: UInt64
        public var pgfault: UInt64
        public var pgmajfault: UInt64
        public var workingsetRefault: UInt64
        public var workingsetActivate: UInt64
        public var workingsetNodereclaim: UInt64
        public var pgrefill: UInt64
        public var pgscan: UInt64
        public var pgsteal: UInt64
        public var pgactivate: UInt64
        public var pgdeactivate: UInt64
        public var pglazyfree: UInt64
        public var pglazyfreed: UInt64
        public var thpFaultAlloc: UInt64
        public var thpCollapseAlloc: UInt64
        public var usage: UInt64
        /// The largest number: no limit.
        public var usageLimit: UInt64
        public var swapUsage: UInt64
        public var swapLimit: UInt64
        public var maxUsage: UInt64
        public var swapMaxUsage: UInt64

        public init(anon: UInt64 = 0, file: UInt64 = 0, kernelStack: UInt64 = 0, slab: UInt64 = 0, sock: UInt64 = 0, shmem: UInt64 = 0, fileMapped: UInt64 = 0, fileDirty: UInt64 = 0, fileWriteback: UInt64 = 0, anonThp: UInt64 = 0, inactiveAnon: UInt64 = 0, activeAnon: UInt64 = 0, inactiveFile: UInt64 = 0, activeFile: UInt64 = 0, unevictable: UInt64 = 0, slabReclaimable: UInt64 = 0, slabUnreclaimable: UInt64 = 0, pgfault: UInt64 = 0, pgmajfault: UInt64 = 0, workingsetRefault: UInt64 = 0, workingsetActivate: UInt64 = 0, workingsetNodereclaim: UInt64 = 0, pgrefill: UInt64 = 0, pgscan: UInt64 = 0, pgsteal: UInt64 = 0, pgactivate: UInt64 = 0, pgdeactivate: UInt64 = 0, pglazyfree: UInt64 = 0, pglazyfreed: UInt64 = 0, thpFaultAlloc: UInt64 = 0, thpCollapseAlloc: UInt64 = 0, usage: UInt64 = 0, usageLimit: UInt64 = 0, swapUsage: UInt64 = 0, swapLimit: UInt64 = 0, maxUsage: UInt64 = 0, swapMaxUsage: UInt64 = 0) {
            self.anon = anon
            self.file = file
            self.kernelStack = kernelStack
            self.slab = slab
            self.sock = sock
            self.shmem = shmem
            self.fileMapped = fileMapped
            self.fileDirty = fileDirty
            self.fileWriteback = fileWriteback
            self.anonThp = anonThp
            self.inactiveAnon = inactiveAnon
            self.activeAnon = activeAnon
            self.inactiveFile = inactiveFile
            self.activeFile = activeFile
            self.unevictable = unevictable
            self.slabReclaimable = slabReclaimable
            self.slabUnreclaimable = slabUnreclaimable
            self.pgfault = pgfault
            self.pgmajfault = pgmajfault
            self.workingsetRefault = workingsetRefault
            self.workingsetActivate = workingsetActivate
            self.workingsetNodereclaim = workingsetNodereclaim
            self.pgrefill = pgrefill
            self.pgscan = pgscan
            self.pgsteal = pgsteal
            self.pgactivate = pgactivate
            self.pgdeactivate = pgdeactivate
            self.pglazyfree = pglazyfree
            self.pglazyfreed = pglazyfreed
            self.thpFaultAlloc = thpFaultAlloc
            self.thpCollapseAlloc = thpCollapseAlloc
            self.usage = usage
            self.usageLimit = usageLimit
            self.swapUsage = swapUsage
            self.swapLimit = swapLimit
            self.maxUsage = maxUsage
            self.swapMaxUsage = swapMaxUsage
        }

        public static var wireName: String { "io.containerd.cgroups.v2.MemoryStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// memory.events
    public struct MemoryEvents: WireMessage {
        public var low: UInt64
        public var high: UInt64
        public var max: UInt64
        public var oom: UInt64
        public var oomKill: UInt64

        public init(low: UInt64 = 0, high: UInt64 = 0, max: UInt64 = 0, oom: UInt64 = 0, oomKill: UInt64 = 0) {
            self.low = low
            self.high = high
            self.max = max
            self.oom = oom
            self.oomKill = oomKill
        }

        public static var wireName: String { "io.containerd.cgroups.v2.MemoryEvents" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RdmaStat: WireMessage {
        public var current: [CgroupV2.RdmaEntry]
        public var limit: [CgroupV2.RdmaEntry]

        public init(current: [CgroupV2.RdmaEntry] = [], limit: [CgroupV2.RdmaEntry] = []) {
            self.current = current
            self.limit = limit
        }

        public static var wireName: String { "io.containerd.cgroups.v2.RdmaStat" }
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

        public static var wireName: String { "io.containerd.cgroups.v2.RdmaEntry" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct IOStat: WireMessage {
        public var usage: [CgroupV2.IOEntry]

        public init(usage: [CgroupV2.IOEntry] = []) {
            self.usage = usage
        }

        public static var wireName: String { "io.containerd.cgroups.v2.IOStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// One device of io.stat.
    public struct IOEntry: WireMessage {
        public var major: UInt64
        public var minor: UInt64
        public var rbytes: UInt64
        public var wbytes: UInt64
        public var rios: UInt64
        public var wios: UInt64

        public init(major: UInt64 = 0, minor: UInt64 = 0, rbytes: UInt64 = 0, wbytes: UInt64 = 0, rios: UInt64 = 0, wios: UInt64 = 0) {
            self.major = major
            self.minor = minor
            self.rbytes = rbytes
            self.wbytes = wbytes
            self.rios = rios
            self.wios = wios
        }

        public static var wireName: String { "io.containerd.cgroups.v2.IOEntry" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct HugeTlbStat: WireMessage {
        public var current: UInt64
        public var max: UInt64
        public var pagesize: String

        public init(current: UInt64 = 0, max: UInt64 = 0, pagesize: String = "") {
            self.current = current
            self.max = max
            self.pagesize = pagesize
        }

        public static var wireName: String { "io.containerd.cgroups.v2.HugeTlbStat" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension CgroupV2.Metrics: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__Metrics>) { unsafe io__containerd__cgroups__v2__metrics__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__Metrics) {
        self.pids = unsafe readMessage(c.pids, CgroupV2.PidsStat.self)
        self.cpu = unsafe readMessage(c.cpu, CgroupV2.CPUStat.self)
        self.memory = unsafe readMessage(c.memory, CgroupV2.MemoryStat.self)
        self.rdma = unsafe readMessage(c.rdma, CgroupV2.RdmaStat.self)
        self.io = unsafe readMessage(c.io, CgroupV2.IOStat.self)
        self.hugetlb = unsafe readArray(c.hugetlb, c.n_hugetlb, CgroupV2.HugeTlbStat.self)
        self.memoryEvents = unsafe readMessage(c.memory_events, CgroupV2.MemoryEvents.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__Metrics, in arena: Arena) {
        unsafe c.pids = arena.message(self.pids)
        unsafe c.cpu = arena.message(self.cpu)
        unsafe c.memory = arena.message(self.memory)
        unsafe c.rdma = arena.message(self.rdma)
        unsafe c.io = arena.message(self.io)
        unsafe c.hugetlb = arena.array(self.hugetlb)
        unsafe c.n_hugetlb = self.hugetlb.count
        unsafe c.memory_events = arena.message(self.memoryEvents)
    }
}

extension CgroupV2.PidsStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__PidsStat>) { unsafe io__containerd__cgroups__v2__pids_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__PidsStat) {
        self.current = unsafe c.current
        self.limit = unsafe c.limit
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__PidsStat, in arena: Arena) {
        unsafe c.current = self.current
        unsafe c.limit = self.limit
    }
}

extension CgroupV2.CPUStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__CPUStat>) { unsafe io__containerd__cgroups__v2__cpustat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__CPUStat) {
        self.usageUsec = unsafe c.usage_usec
        self.userUsec = unsafe c.user_usec
        self.systemUsec = unsafe c.system_usec
        self.nrPeriods = unsafe c.nr_periods
        self.nrThrottled = unsafe c.nr_throttled
        self.throttledUsec = unsafe c.throttled_usec
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__CPUStat, in arena: Arena) {
        unsafe c.usage_usec = self.usageUsec
        unsafe c.user_usec = self.userUsec
        unsafe c.system_usec = self.systemUsec
        unsafe c.nr_periods = self.nrPeriods
        unsafe c.nr_throttled = self.nrThrottled
        unsafe c.throttled_usec = self.throttledUsec
    }
}

extension CgroupV2.MemoryStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__MemoryStat>) { unsafe io__containerd__cgroups__v2__memory_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__MemoryStat) {
        self.anon = unsafe c.anon
        self.file = unsafe c.file
        self.kernelStack = unsafe c.kernel_stack
        self.slab = unsafe c.slab
        self.sock = unsafe c.sock
        self.shmem = unsafe c.shmem
        self.fileMapped = unsafe c.file_mapped
        self.fileDirty = unsafe c.file_dirty
        self.fileWriteback = unsafe c.file_writeback
        self.anonThp = unsafe c.anon_thp
        self.inactiveAnon = unsafe c.inactive_anon
        self.activeAnon = unsafe c.active_anon
        self.inactiveFile = unsafe c.inactive_file
        self.activeFile = unsafe c.active_file
        self.unevictable = unsafe c.unevictable
        self.slabReclaimable = unsafe c.slab_reclaimable
        self.slabUnreclaimable = unsafe c.slab_unreclaimable
        self.pgfault = unsafe c.pgfault
        self.pgmajfault = unsafe c.pgmajfault
        self.workingsetRefault = unsafe c.workingset_refault
        self.workingsetActivate = unsafe c.workingset_activate
        self.workingsetNodereclaim = unsafe c.workingset_nodereclaim
        self.pgrefill = unsafe c.pgrefill
        self.pgscan = unsafe c.pgscan
        self.pgsteal = unsafe c.pgsteal
        self.pgactivate = unsafe c.pgactivate
        self.pgdeactivate = unsafe c.pgdeactivate
        self.pglazyfree = unsafe c.pglazyfree
        self.pglazyfreed = unsafe c.pglazyfreed
        self.thpFaultAlloc = unsafe c.thp_fault_alloc
        self.thpCollapseAlloc = unsafe c.thp_collapse_alloc
        self.usage = unsafe c.usage
        self.usageLimit = unsafe c.usage_limit
        self.swapUsage = unsafe c.swap_usage
        self.swapLimit = unsafe c.swap_limit
        self.maxUsage = unsafe c.max_usage
        self.swapMaxUsage = unsafe c.swap_max_usage
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__MemoryStat, in arena: Arena) {
        unsafe c.anon = self.anon
        unsafe c.file = self.file
        unsafe c.kernel_stack = self.kernelStack
        unsafe c.slab = self.slab
        unsafe c.sock = self.sock
        unsafe c.shmem = self.shmem
        unsafe c.file_mapped = self.fileMapped
        unsafe c.file_dirty = self.fileDirty
        unsafe c.file_writeback = self.fileWriteback
        unsafe c.anon_thp = self.anonThp
        unsafe c.inactive_anon = self.inactiveAnon
        unsafe c.active_anon = self.activeAnon
        unsafe c.inactive_file = self.inactiveFile
        unsafe c.active_file = self.activeFile
        unsafe c.unevictable = self.unevictable
        unsafe c.slab_reclaimable = self.slabReclaimable
        unsafe c.slab_unreclaimable = self.slabUnreclaimable
        unsafe c.pgfault = self.pgfault
        unsafe c.pgmajfault = self.pgmajfault
        unsafe c.workingset_refault = self.workingsetRefault
        unsafe c.workingset_activate = self.workingsetActivate
        unsafe c.workingset_nodereclaim = self.workingsetNodereclaim
        unsafe c.pgrefill = self.pgrefill
        unsafe c.pgscan = self.pgscan
        unsafe c.pgsteal = self.pgsteal
        unsafe c.pgactivate = self.pgactivate
        unsafe c.pgdeactivate = self.pgdeactivate
        unsafe c.pglazyfree = self.pglazyfree
        unsafe c.pglazyfreed = self.pglazyfreed
        unsafe c.thp_fault_alloc = self.thpFaultAlloc
        unsafe c.thp_collapse_alloc = self.thpCollapseAlloc
        unsafe c.usage = self.usage
        unsafe c.usage_limit = self.usageLimit
        unsafe c.swap_usage = self.swapUsage
        unsafe c.swap_limit = self.swapLimit
        unsafe c.max_usage = self.maxUsage
        unsafe c.swap_max_usage = self.swapMaxUsage
    }
}

extension CgroupV2.MemoryEvents: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__MemoryEvents>) { unsafe io__containerd__cgroups__v2__memory_events__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__MemoryEvents) {
        self.low = unsafe c.low
        self.high = unsafe c.high
        self.max = unsafe c.max
        self.oom = unsafe c.oom
        self.oomKill = unsafe c.oom_kill
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__MemoryEvents, in arena: Arena) {
        unsafe c.low = self.low
        unsafe c.high = self.high
        unsafe c.max = self.max
        unsafe c.oom = self.oom
        unsafe c.oom_kill = self.oomKill
    }
}

extension CgroupV2.RdmaStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__RdmaStat>) { unsafe io__containerd__cgroups__v2__rdma_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__RdmaStat) {
        self.current = unsafe readArray(c.current, c.n_current, CgroupV2.RdmaEntry.self)
        self.limit = unsafe readArray(c.limit, c.n_limit, CgroupV2.RdmaEntry.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__RdmaStat, in arena: Arena) {
        unsafe c.current = arena.array(self.current)
        unsafe c.n_current = self.current.count
        unsafe c.limit = arena.array(self.limit)
        unsafe c.n_limit = self.limit.count
    }
}

extension CgroupV2.RdmaEntry: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__RdmaEntry>) { unsafe io__containerd__cgroups__v2__rdma_entry__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__RdmaEntry) {
        self.device = unsafe readString(c.device)
        self.hcaHandles = unsafe c.hca_handles
        self.hcaObjects = unsafe c.hca_objects
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__RdmaEntry, in arena: Arena) {
        unsafe c.device = arena.string(self.device)
        unsafe c.hca_handles = self.hcaHandles
        unsafe c.hca_objects = self.hcaObjects
    }
}

extension CgroupV2.IOStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__IOStat>) { unsafe io__containerd__cgroups__v2__iostat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__IOStat) {
        self.usage = unsafe readArray(c.usage, c.n_usage, CgroupV2.IOEntry.self)
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__IOStat, in arena: Arena) {
        unsafe c.usage = arena.array(self.usage)
        unsafe c.n_usage = self.usage.count
    }
}

extension CgroupV2.IOEntry: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__IOEntry>) { unsafe io__containerd__cgroups__v2__ioentry__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__IOEntry) {
        self.major = unsafe c.major
        self.minor = unsafe c.minor
        self.rbytes = unsafe c.rbytes
        self.wbytes = unsafe c.wbytes
        self.rios = unsafe c.rios
        self.wios = unsafe c.wios
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__IOEntry, in arena: Arena) {
        unsafe c.major = self.major
        unsafe c.minor = self.minor
        unsafe c.rbytes = self.rbytes
        unsafe c.wbytes = self.wbytes
        unsafe c.rios = self.rios
        unsafe c.wios = self.wios
    }
}

extension CgroupV2.HugeTlbStat: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Io__Containerd__Cgroups__V2__HugeTlbStat>) { unsafe io__containerd__cgroups__v2__huge_tlb_stat__init(c) }
    init(reading c: borrowing Io__Containerd__Cgroups__V2__HugeTlbStat) {
        self.current = unsafe c.current
        self.max = unsafe c.max
        self.pagesize = unsafe readString(c.pagesize)
    }
    func write(to c: inout Io__Containerd__Cgroups__V2__HugeTlbStat, in arena: Arena) {
        unsafe c.current = self.current
        unsafe c.max = self.max
        unsafe c.pagesize = arena.string(self.pagesize)
    }
}
