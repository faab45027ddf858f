internal import OCI
internal import RPC
internal import Store
internal import Wire

extension Container {
    func pids() async throws -> Apus.ContainerPids {
        let shim = try livingShim(for: .inspect)
        let answer = try await shim.call(
            TaskAPI.TaskService.pids, TaskAPI.PidsRequest(id: id), "list processes of container",
            record.name, limit: Deadlines.state)
        return Apus.ContainerPids(
            processes: answer.processes.map { process in
                let details = process.info.flatMap { try? $0.unwrap(RuncAPI.ProcessDetails.self) }
                return Apus.ContainerPid(pid: process.pid, execID: details?.execID ?? "")
            })
    }

    func stats() async throws -> Apus.ContainerStats {
        let shim = try livingShim(for: .inspect)
        let answer = try await shim.call(
            TaskAPI.TaskService.stats, TaskAPI.StatsRequest(id: id), "measure container",
            record.name, limit: Deadlines.state)
        guard let any = answer.stats, let stats = try Apus.ContainerStats(metrics: any) else {
            throw Failure(
                .unimplemented, "measure container", record.name,
                "its shim measures in a form that is not known: \(answer.stats?.typeURL ?? "none")")
        }
        return stats
    }

    /// Changes limits, of a container that lives at once, of any for its next start.
    func update(_ request: Apus.UpdateContainerRequest) async throws {
        let limits = Limits(request, countsSwap: context.host.countsSwap)
        if let cause = limits.problem(processors: context.host.processors) {
            throw Failure(.invalidArgument, "update container", record.name, cause)
        }
        try await inTurn {
            try require(.update)
            if record.state.isAlive {
                let shim = try livingShim(for: .update)
                let resources = AnyMessage(
                    typeURL: "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources",
                    value: Array(limits.resources().jsonText().utf8))
                _ = try await shim.call(
                    TaskAPI.TaskService.update,
                    TaskAPI.UpdateTaskRequest(id: id, resources: resources),
                    "update container", record.name, limit: Deadlines.signal)
            }
            try rewriteConfig(request)
        }
    }

    private func rewriteConfig(_ request: Apus.UpdateContainerRequest) throws {
        var spec = record.spec
        if request.memoryLimitBytes != 0 {
            spec.memoryLimitBytes = max(0, request.memoryLimitBytes)
        }
        if request.nanoCPUs != 0 { spec.nanoCPUs = max(0, request.nanoCPUs) }
        if !request.cpusetCPUs.isEmpty { spec.cpusetCPUs = request.cpusetCPUs }
        if request.pidsLimit != 0 { spec.pidsLimit = max(0, request.pidsLimit) }
        let path = files.config
        var config: Spec = try readJSON(from: try ContainerFiles.readConfig(path), of: path)
        config.linux.resources = Limits(spec, countsSwap: context.host.countsSwap)
            .resources(devices: config.linux.resources?.devices ?? [])
        try files.replaceConfig(Array(config.jsonText().utf8))
        if !record.state.isAlive { try bundle.prepare(from: files) }
        try move(to: record.state, events: [EventDraft(.update, of: record)]) { $0.spec = spec }
    }

    /// The manager's phases of the last create and start, the shim's and the runtime's, in time.
    func timeline() async -> [RuntimeAPI.Phase] {
        var all = phases.phases
        // Of a run that has ended, what the shim told at its end is among them already.
        if let shim { all += await shim.timeline(id).filter { !all.contains($0) } }
        return all.sorted { ($0.startNS, $1.endNS) < ($1.startNS, $0.endNS) }
    }
}

extension Apus.ContainerStats {
    /// From what a shim measured, in cgroup v1's terms or v2's; nil where it is neither.
    init?(metrics: AnyMessage) throws {
        if let v1 = try metrics.unwrap(CgroupV1.Metrics.self) {
            self.init(v1)
        } else if let v2 = try metrics.unwrap(CgroupV2.Metrics.self) {
            self.init(v2)
        } else {
            return nil
        }
    }

    private init(_ metrics: CgroupV1.Metrics) {
        self.init(
            time: .init(Moment.now()), cpuUsageNS: metrics.cpu?.usage?.total ?? 0,
            memoryUsageBytes: metrics.memory?.usage?.usage ?? 0,
            memoryLimitBytes: Self.limit(metrics.memory?.usage?.limit),
            memoryPeakBytes: metrics.memory?.usage?.max ?? 0,
            pidsCurrent: metrics.pids?.current ?? 0, pidsLimit: metrics.pids?.limit ?? 0,
            oomKills: metrics.memoryOomControl?.oomKill ?? 0)
    }

    private init(_ metrics: CgroupV2.Metrics) {
        self.init(
            time: .init(Moment.now()), cpuUsageNS: (metrics.cpu?.usageUsec ?? 0) &* 1000,
            memoryUsageBytes: metrics.memory?.usage ?? 0,
            memoryLimitBytes: Self.limit(metrics.memory?.usageLimit),
            memoryPeakBytes: metrics.memory?.maxUsage ?? 0,
            pidsCurrent: metrics.pids?.current ?? 0, pidsLimit: Self.limit(metrics.pids?.limit),
            oomKills: metrics.memoryEvents?.oomKill ?? 0)
    }

    /// The kernel's ways to say "none" become 0.
    private static func limit(_ value: UInt64?) -> UInt64 {
        guard let value, value < UInt64(Int64.max) - (1 << 20) else { return 0 }
        return value
    }
}
