internal import Linux
internal import OCI

/// When and where a process runs: sched(7), ioprio_set(2), set_mempolicy(2), personality(2).
enum Scheduling {
    static func apply(
        _ process: OCI.Process, memoryPolicy: MemoryPolicy?
    ) throws(EngineError) {
        if let scheduler = process.scheduler {
            try attempt("set the scheduler \(scheduler.policy.rawValue)") {
                () throws(SystemError) in
                try ProcessControl.setScheduler(
                    policy: number(scheduler.policy), flags: flags(scheduler.flags),
                    nice: scheduler.nice, priority: UInt32(bitPattern: scheduler.priority),
                    runtime: scheduler.runtimeNanoseconds,
                    deadline: scheduler.deadlineNanoseconds, period: scheduler.periodNanoseconds)
            }
        }
        if let priority = process.ioPriority {
            let kind: Int32 =
                switch priority.class {
                case .realtime: 1
                case .bestEffort: 2
                case .idle: 3
                }
            try attempt("set the io priority \(priority.class.rawValue)") {
                () throws(SystemError) in
                try ProcessControl.setIOPriority(class: kind, priority: priority.priority)
            }
        }
        if let memoryPolicy { try apply(memoryPolicy) }
    }

    /// What the runtime's caller was bound to is nothing of the container's: its cpuset says where it
    /// runs. A security policy may forbid the call, which then changes nothing.
    static func forgetCaller() { try? ProcessControl.allowAllProcessors() }

    /// `process.execCPUAffinity`.
    static func apply(processors text: String?) throws(EngineError) {
        guard let text, !text.isEmpty else { return }
        guard let list = NumberList(text) else {
            throw EngineError("set the processor affinity", "\"\(text)\" is no list of processors")
        }
        try attempt("set the processor affinity \(text)") { () throws(SystemError) in
            try ProcessControl.setAffinity(list.ranges.flatMap { $0.map(Int.init) })
        }
    }

    static func apply(_ personality: Personality) throws(EngineError) {
        let value: UInt = personality.domain == .linux32 ? 0x8 : 0
        try attempt("set the personality \(personality.domain.rawValue)") {
            () throws(SystemError) in try ProcessControl.setPersonality(value)
        }
    }

    private static func apply(_ policy: MemoryPolicy) throws(EngineError) {
        guard let nodes = NumberList(policy.nodes) else {
            throw EngineError("set the memory policy", "\"\(policy.nodes)\" is no list of nodes")
        }
        let mode: Int32 =
            switch policy.mode {
            case .default: 0
            case .preferred: 1
            case .bind: 2
            case .interleave: 3
            case .local: 4
            case .preferredMany: 5
            case .weightedInterleave: 6
            }
        var flags: Int32 = 0
        for flag in policy.flags {
            switch flag {
            case .numaBalancing: flags |= 1 << 13
            case .relativeNodes: flags |= 1 << 14
            case .staticNodes: flags |= 1 << 15
            }
        }
        try attempt("set the memory policy \(policy.mode.rawValue)") { () throws(SystemError) in
            try ProcessControl.setMemoryPolicy(
                mode: mode | flags, nodes: nodes.ranges.flatMap { $0.map(Int.init) })
        }
    }

    private static func number(_ policy: Scheduler.Policy) -> UInt32 {
        switch policy {
        case .other: 0
        case .fifo: 1
        case .roundRobin: 2
        case .batch: 3
        case .iso: 4
        case .idle: 5
        case .deadline: 6
        }
    }

    private static func flags(_ flags: [Scheduler.Flag]) -> UInt64 {
        flags.reduce(0) { sum, flag in
            switch flag {
            case .resetOnFork: sum | 0x01
            case .reclaim: sum | 0x02
            case .deadlineOverrun: sum | 0x04
            case .keepPolicy: sum | 0x08
            case .keepParams: sum | 0x10
            case .utilClampMin: sum | 0x20
            case .utilClampMax: sum | 0x40
            }
        }
    }
}
