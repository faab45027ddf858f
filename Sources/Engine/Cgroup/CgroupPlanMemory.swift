internal import OCI

extension CgroupPlan {
    mutating func planMemory(_ memory: Resources.Memory) throws(EngineError) {
        let wanted = [
            memory.limit, memory.reservation, memory.swap, memory.kernel, memory.kernelTCP,
        ]
        .contains { ($0 ?? 0) != 0 }
        guard wanted || memory.swappiness != nil || memory.disableOOMKiller == true else { return }
        let limit = Self.asked(memory.limit)
        let swap = Self.asked(memory.swap)
        if let limit, let swap, limit > 0, swap > 0, swap < limit {
            throw EngineError(
                "set the limit of memory and swap",
                "\(Bytes.text(swap)) for both together is below the memory limit of "
                    + Bytes.text(limit),
                hint: "linux.resources.memory.swap counts memory and swap together")
        }
        if let swappiness = memory.swappiness, swappiness > 100 {
            throw EngineError(
                "set the swappiness", "\(swappiness) is not between 0 and 100")
        }
        if memory.useHierarchy == false {
            warnings.append("memory.useHierarchy false is ignored: memory is always hierarchical")
        }
        switch try version(of: "memory", for: "memory limit") {
        case .v1: planMemoryV1(memory, limit: limit, swap: swap)
        case .v2: try planMemoryV2(memory, limit: limit, swap: swap)
        }
    }

    private mutating func planMemoryV1(
        _ memory: Resources.Memory, limit: Int64?, swap: Int64?
    ) {
        var writes: [CgroupWrite] = []
        if let limit {
            writes.append(
                CgroupWrite("memory", "memory.limit_in_bytes", "\(limit)", "memory limit"))
        }
        if let swap {
            writes.append(
                CgroupWrite(
                    "memory", "memory.memsw.limit_in_bytes", "\(swap)",
                    "limit of memory and swap"))
        } else if limit == -1 {
            // Memory without limit below memory and swap with one is refused by the kernel.
            writes.append(
                CgroupWrite(
                    "memory", "memory.memsw.limit_in_bytes", "-1", "limit of memory and swap",
                    tolerance: .ifPresent))
        }
        write(together: writes)
        if let reservation = Self.asked(memory.reservation) {
            write(
                "memory", "memory.soft_limit_in_bytes", "\(reservation)", "memory reservation")
        }
        if let kernel = Self.asked(memory.kernel) {
            write(
                "memory", "memory.kmem.limit_in_bytes", "\(kernel)", "kernel memory limit",
                tolerance: .warn)
        }
        if let kernelTCP = Self.asked(memory.kernelTCP) {
            write(
                "memory", "memory.kmem.tcp.limit_in_bytes", "\(kernelTCP)",
                "limit of kernel memory for TCP", tolerance: .warn)
        }
        if memory.disableOOMKiller == true {
            write("memory", "memory.oom_control", "1", "OOM killer switch")
        }
        if let swappiness = memory.swappiness {
            write("memory", "memory.swappiness", "\(swappiness)", "swappiness")
        }
    }

    private mutating func planMemoryV2(
        _ memory: Resources.Memory, limit: Int64?, swap: Int64?
    ) throws(EngineError) {
        // Below its usage the v2 controller does not refuse a limit: it kills.
        if memory.checkBeforeUpdate == true, let limit, limit > 0,
            let usage = current.memoryUsageBytes, usage > UInt64(limit)
        {
            throw EngineError(
                "set the memory limit",
                "requested \(Bytes.text(limit)) but the cgroup already uses \(Bytes.text(usage))")
        }
        if let value = try swapMax(limit: limit, swap: swap) {
            write("memory", "memory.swap.max", value, "swap limit")
        }
        if let limit {
            write("memory", "memory.max", limit < 0 ? "max" : "\(limit)", "memory limit")
        }
        if let reservation = Self.asked(memory.reservation) {
            write(
                "memory", "memory.low", reservation < 0 ? "max" : "\(reservation)",
                "memory reservation")
        }
        for (isAsked, name) in [
            (Self.asked(memory.kernel) != nil, "memory.kernel"),
            (Self.asked(memory.kernelTCP) != nil, "memory.kernelTCP"),
            (memory.swappiness != nil, "memory.swappiness"),
            (memory.disableOOMKiller == true, "memory.disableOOMKiller"),
        ] where isAsked {
            warnings.append("linux.resources.\(name) is ignored: cgroup v2 has nothing like it")
        }
    }

    /// v1 counts memory and swap together, v2 swap alone.
    private func swapMax(limit: Int64?, swap: Int64?) throws(EngineError) -> String? {
        guard let swap else { return limit == -1 ? "max" : nil }
        if swap < 0 { return "max" }
        let memory = limit ?? current.memoryLimitBytes.flatMap(Int64.init(exactly:))
        guard let memory else {
            throw EngineError(
                "set the swap limit",
                "a limit of memory and swap together needs a memory limit, and there is none",
                hint: "set linux.resources.memory.limit")
        }
        if memory < 0 { return "\(swap)" }
        guard swap >= memory else {
            throw EngineError(
                "set the swap limit",
                "\(Bytes.text(swap)) for memory and swap together is below the memory limit of "
                    + Bytes.text(memory))
        }
        return "\(swap - memory)"
    }

    /// Zero is how Go's programs write that they do not ask.
    static func asked(_ value: Int64?) -> Int64? { value == 0 ? nil : value }
}

/// Sizes for people.
enum Bytes {
    static func text(_ bytes: some BinaryInteger) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var tenths = UInt64(clamping: bytes).multipliedReportingOverflow(by: 10).partialValue
        if UInt64(clamping: bytes) > UInt64.max / 10 { return "\(bytes) bytes" }
        var unit = 0
        while tenths >= 10240, unit < units.count - 1 {
            tenths = (tenths + 512) / 1024
            unit += 1
        }
        let fraction = tenths % 10
        return fraction == 0
            ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(fraction) \(units[unit])"
    }
}
