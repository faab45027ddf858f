internal import OCI
internal import Wire

/// Limits of a container, from the words of the API to those of config.json.
struct Limits: Equatable {
    var memoryBytes: Int64?
    var nanoCPUs: Int64?
    var cpuset: String?
    var pids: Int64?
    /// Whether memory and swap can be limited together on this machine.
    var countsSwap: Bool

    /// The scheduler's period over which a quota is counted, in microseconds.
    static let periodMicroseconds: UInt64 = 100_000

    init(_ spec: Apus.ContainerSpec, countsSwap: Bool) {
        memoryBytes = spec.memoryLimitBytes == 0 ? nil : spec.memoryLimitBytes
        nanoCPUs = spec.nanoCPUs == 0 ? nil : spec.nanoCPUs
        cpuset = spec.cpusetCPUs.isEmpty ? nil : spec.cpusetCPUs
        pids = spec.pidsLimit == 0 ? nil : spec.pidsLimit
        self.countsSwap = countsSwap
    }

    init(_ request: Apus.UpdateContainerRequest, countsSwap: Bool) {
        memoryBytes = request.memoryLimitBytes == 0 ? nil : request.memoryLimitBytes
        nanoCPUs = request.nanoCPUs == 0 ? nil : request.nanoCPUs
        cpuset = request.cpusetCPUs.isEmpty ? nil : request.cpusetCPUs
        pids = request.pidsLimit == 0 ? nil : request.pidsLimit
        self.countsSwap = countsSwap
    }

    func resources(devices: [Resources.DeviceRule] = []) -> Resources {
        Resources(devices: devices, memory: memory, cpu: cpu, pids: pids.map { .init(limit: $0) })
    }

    /// As docker has it: swap may take as much again as memory.
    private var memory: Resources.Memory? {
        guard let bytes = memoryBytes else { return nil }
        guard bytes > 0 else { return .init(limit: -1, swap: countsSwap ? -1 : nil) }
        let (twice, overflow) = bytes.multipliedReportingOverflow(by: 2)
        return .init(limit: bytes, swap: countsSwap ? (overflow ? .max : twice) : nil)
    }

    private var cpu: Resources.CPU? {
        guard nanoCPUs != nil || cpuset != nil else { return nil }
        var cpu = Resources.CPU(cpus: cpuset)
        if let nano = nanoCPUs {
            cpu.period = Self.periodMicroseconds
            cpu.quota = nano < 0 ? -1 : max(1000, nano / 10_000)
        }
        return cpu
    }

    /// Why the limits cannot be; nil where they can.
    func problem(processors: Int) -> String? {
        if let bytes = memoryBytes, bytes < -1 { return "the memory limit is negative" }
        if let nano = nanoCPUs {
            if nano < -1 { return "the CPU limit is negative" }
            if nano > Int64(processors) * 1_000_000_000 {
                return "the machine has \(processors) CPUs only"
            }
        }
        if let pids, pids < -1 { return "the limit of processes is negative" }
        if let cpuset, !Self.isCPUList(cpuset) { return "\"\(cpuset)\" is no list of CPUs: 0-1,3" }
        return nil
    }

    /// cpuset(7), list format.
    static func isCPUList(_ text: String) -> Bool {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            let numbers = ends.compactMap { UInt16($0) }
            guard numbers.count == ends.count, let first = numbers.first else { return false }
            return ends.count == 1 || (ends.count == 2 && first <= numbers[1])
        }
    }
}
