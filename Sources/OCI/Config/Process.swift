/// The program that a container runs, or that `exec` adds to one.
package struct Process: Sendable, Equatable {
    package var terminal: Bool
    /// Only of use with `terminal`.
    package var consoleSize: ConsoleSize?
    package var user: User
    package var args: [String]
    package var env: [String]
    package var cwd: String
    package var capabilities: Capabilities?
    package var rlimits: [Rlimit]
    package var noNewPrivileges: Bool
    package var apparmorProfile: String?
    package var selinuxLabel: String?
    package var oomScoreAdj: Int32?
    package var scheduler: Scheduler?
    package var ioPriority: IOPriority?
    package var execCPUAffinity: ExecCPUAffinity?

    package init(
        args: [String], cwd: String = "/", env: [String] = [], user: User = User(),
        terminal: Bool = false, consoleSize: ConsoleSize? = nil,
        capabilities: Capabilities? = nil, rlimits: [Rlimit] = [], noNewPrivileges: Bool = false,
        apparmorProfile: String? = nil, selinuxLabel: String? = nil, oomScoreAdj: Int32? = nil,
        scheduler: Scheduler? = nil, ioPriority: IOPriority? = nil,
        execCPUAffinity: ExecCPUAffinity? = nil
    ) {
        self.args = args
        self.cwd = cwd
        self.env = env
        self.user = user
        self.terminal = terminal
        self.consoleSize = consoleSize
        self.capabilities = capabilities
        self.rlimits = rlimits
        self.noNewPrivileges = noNewPrivileges
        self.apparmorProfile = apparmorProfile
        self.selinuxLabel = selinuxLabel
        self.oomScoreAdj = oomScoreAdj
        self.scheduler = scheduler
        self.ioPriority = ioPriority
        self.execCPUAffinity = execCPUAffinity
    }
}

package struct ConsoleSize: Sendable, Equatable {
    package var height: UInt16
    package var width: UInt16

    package init(height: UInt16, width: UInt16) {
        self.height = height
        self.width = width
    }
}

/// Numeric identities; names are resolved by whoever writes config.json.
package struct User: Sendable, Equatable {
    package var uid: UInt32
    package var gid: UInt32
    package var umask: UInt32?
    package var additionalGids: [UInt32]

    package init(
        uid: UInt32 = 0, gid: UInt32 = 0, umask: UInt32? = nil, additionalGids: [UInt32] = []
    ) {
        self.uid = uid
        self.gid = gid
        self.umask = umask
        self.additionalGids = additionalGids
    }
}

/// setrlimit(2); UInt64.max is RLIM_INFINITY.
package struct Rlimit: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case addressSpace = "RLIMIT_AS"
        case core = "RLIMIT_CORE"
        case cpu = "RLIMIT_CPU"
        case data = "RLIMIT_DATA"
        case fileSize = "RLIMIT_FSIZE"
        case locks = "RLIMIT_LOCKS"
        case lockedMemory = "RLIMIT_MEMLOCK"
        case messageQueue = "RLIMIT_MSGQUEUE"
        case nice = "RLIMIT_NICE"
        case openFiles = "RLIMIT_NOFILE"
        case processes = "RLIMIT_NPROC"
        case residentSet = "RLIMIT_RSS"
        case realtimePriority = "RLIMIT_RTPRIO"
        case realtimeTime = "RLIMIT_RTTIME"
        case pendingSignals = "RLIMIT_SIGPENDING"
        case stack = "RLIMIT_STACK"
    }

    package var kind: Kind
    package var soft: UInt64
    package var hard: UInt64

    package init(_ kind: Kind, soft: UInt64, hard: UInt64) {
        self.kind = kind
        self.soft = soft
        self.hard = hard
    }
}

/// sched_setattr(2).
package struct Scheduler: Sendable, Equatable {
    package enum Policy: String, Sendable, CaseIterable {
        case other = "SCHED_OTHER"
        case fifo = "SCHED_FIFO"
        case roundRobin = "SCHED_RR"
        case batch = "SCHED_BATCH"
        case iso = "SCHED_ISO"
        case idle = "SCHED_IDLE"
        case deadline = "SCHED_DEADLINE"
    }

    package enum Flag: String, Sendable, CaseIterable {
        case resetOnFork = "SCHED_FLAG_RESET_ON_FORK"
        case reclaim = "SCHED_FLAG_RECLAIM"
        case deadlineOverrun = "SCHED_FLAG_DL_OVERRUN"
        case keepPolicy = "SCHED_FLAG_KEEP_POLICY"
        case keepParams = "SCHED_FLAG_KEEP_PARAMS"
        case utilClampMin = "SCHED_FLAG_UTIL_CLAMP_MIN"
        case utilClampMax = "SCHED_FLAG_UTIL_CLAMP_MAX"
    }

    package var policy: Policy
    package var nice: Int32
    package var priority: Int32
    package var flags: [Flag]
    package var runtimeNanoseconds: UInt64
    package var deadlineNanoseconds: UInt64
    package var periodNanoseconds: UInt64

    package init(
        policy: Policy, nice: Int32 = 0, priority: Int32 = 0, flags: [Flag] = [],
        runtimeNanoseconds: UInt64 = 0, deadlineNanoseconds: UInt64 = 0,
        periodNanoseconds: UInt64 = 0
    ) {
        self.policy = policy
        self.nice = nice
        self.priority = priority
        self.flags = flags
        self.runtimeNanoseconds = runtimeNanoseconds
        self.deadlineNanoseconds = deadlineNanoseconds
        self.periodNanoseconds = periodNanoseconds
    }
}

/// ioprio_set(2).
package struct IOPriority: Sendable, Equatable {
    package enum Class: String, Sendable, CaseIterable {
        case realtime = "IOPRIO_CLASS_RT"
        case bestEffort = "IOPRIO_CLASS_BE"
        case idle = "IOPRIO_CLASS_IDLE"
    }

    package var `class`: Class
    /// 0 (highest) to 7.
    package var priority: Int32

    package init(class: Class, priority: Int32 = 0) {
        self.class = `class`
        self.priority = priority
    }
}

/// Processors of an exec'd process, as cpuset(7) lists: `0-3,7`.
package struct ExecCPUAffinity: Sendable, Equatable {
    /// While the runtime is still at work in the process.
    package var initial: String?
    /// From the program's start.
    package var final: String?

    package init(initial: String? = nil, final: String? = nil) {
        self.initial = initial
        self.final = final
    }
}
