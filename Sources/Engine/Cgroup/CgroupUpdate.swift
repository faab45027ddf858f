package import OCI

extension Cgroup {
    /// Changes the limits of a running container: what `resources` names, and nothing else.
    package func update(_ resources: Resources, recorder: Recorder) throws(EngineError) {
        let quota = file("cpu", "cpu.max").flatMap(KernelFile.readIfPresent)
        let limit = file("memory", "memory.max").flatMap(KernelFile.number)
        let current = CgroupCurrent(
            cpuQuota: quota.flatMap { $0.split(separator: " ").first.map(String.init) },
            memoryLimitBytes: limit == .max ? nil : limit,
            memoryUsageBytes: file("memory", "memory.current").flatMap(KernelFile.number))
        let plan = try CgroupPlan(resources, controllers: controllers(), updating: current)
        // The v1 lists are written line by line, beginning with none, by systemd as well: nobody may
        // look meanwhile.
        let pauses = plan.steps.contains { if case .deviceTable = $0 { true } else { false } }
        guard pauses, !isFrozen else { return try change(plan, resources, recorder) }
        try freeze()
        do throws(EngineError) {
            try change(plan, resources, recorder)
        } catch {
            try? thaw()
            throw error
        }
        try thaw()
    }

    private func change(
        _ plan: CgroupPlan, _ resources: Resources, _ recorder: Recorder
    ) throws(EngineError) {
        try announce(plan, devices: resources.devices)
        try apply(plan, recorder: recorder)
    }
}
