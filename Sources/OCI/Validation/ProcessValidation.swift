extension Process {
    /// Reads and checks a process document, as `exec --process` gets it.
    package init(document text: [UInt8], name: String) throws(DocumentError) {
        self = try readJSON(from: text, of: name)
        do throws(DocumentError) {
            try validate()
        } catch {
            throw DocumentError(document: name, path: error.path, error.problem)
        }
    }

    /// Checks what the types cannot say.
    package func validate() throws(DocumentError) {
        try require(!cwd.isEmpty, ["cwd"], "must not be empty")
        try require(cwd.hasPrefix("/"), ["cwd"], "must be an absolute path, found \"\(cwd)\"")
        try require(!args.isEmpty, ["args"], "must not be empty: it names the program to run")
        if let repeated = firstRepetition(in: rlimits, by: { $0.kind }) {
            throw DocumentError(
                path: ["rlimits", .index(repeated), "type"],
                "\(rlimits[repeated].kind.rawValue) is there twice")
        }
        try validateEach(rlimits, in: "rlimits") { limit throws(DocumentError) in
            try require(
                limit.soft <= limit.hard, ["soft"],
                "\(limit.soft) is above the hard limit \(limit.hard)")
        }
        try require(
            (user.umask ?? 0) <= 0o777, ["user", "umask"], "must be at most 511 (0777 octal)")
        try require(
            (-1000...1000).contains(oomScoreAdj ?? 0), ["oomScoreAdj"],
            "\(oomScoreAdj ?? 0) is out of range (-1000 to 1000)")
        try scheduler?.validate()
        try require(
            (0...7).contains(ioPriority?.priority ?? 0), ["ioPriority", "priority"],
            "\(ioPriority?.priority ?? 0) is out of range (0 to 7)")
    }
}

extension Scheduler {
    /// sched_setattr(2): which attribute belongs to which policy.
    fileprivate func validate() throws(DocumentError) {
        try require(
            (-20...19).contains(nice), ["scheduler", "nice"],
            "\(nice) is out of range (-20 to 19)")
        let isRealtime = policy == .fifo || policy == .roundRobin
        try require(
            priority == 0 || isRealtime, ["scheduler", "priority"],
            "is only for SCHED_FIFO and SCHED_RR")
        let hasDeadline =
            runtimeNanoseconds != 0 || deadlineNanoseconds != 0 || periodNanoseconds != 0
        try require(
            !hasDeadline || policy == .deadline, ["scheduler", "runtime"],
            "runtime, deadline and period are only for SCHED_DEADLINE")
    }
}
