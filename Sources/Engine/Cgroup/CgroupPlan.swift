package import OCI

/// One value for one file of the container's cgroup.
package struct CgroupWrite: Equatable, Sendable {
    package enum Tolerance: Equatable, Sendable {
        /// The container does not start without it.
        case required
        /// Where the kernel lacks the file or refuses the value, a warning tells so.
        case warn
        /// Where the kernel lacks the file, there is nothing to do.
        case ifPresent
    }

    package struct Alternative: Equatable, Sendable {
        package var file: String
        package var value: String
    }

    /// `memory`; the v1 hierarchy that it stands in, or the v2 one.
    package var controller: String
    package var file: String
    package var value: String
    /// In a person's words: `memory limit`.
    package var what: String
    package var tolerance: Tolerance
    /// What to write where the kernel lacks `file`.
    package var alternative: Alternative?

    package init(
        _ controller: String, _ file: String, _ value: String, _ what: String,
        tolerance: Tolerance = .required, alternative: Alternative? = nil
    ) {
        self.controller = controller
        self.file = file
        self.value = value
        self.what = what
        self.tolerance = tolerance
        self.alternative = alternative
    }
}

package enum CgroupStep: Equatable, Sendable {
    case write(CgroupWrite)
    /// Values whose order depends on what stands in the files: the kernel refuses a memory limit
    /// above the memory and swap limit, whichever is written first. Each pass writes those that
    /// are still missing; a pass that gets nowhere ends in the first refusal.
    case together([CgroupWrite])
    /// The lines of the v1 device lists.
    case deviceTable(DeviceTable)
    /// The v2 device program.
    case deviceProgram([Resources.DeviceRule])

    package var writes: [CgroupWrite] {
        switch self {
        case .write(let write): [write]
        case .together(let writes): writes
        case .deviceTable, .deviceProgram: []
        }
    }
}

/// Which controllers there are, and in which of the two forms.
package struct CgroupControllers: Equatable, Sendable {
    package var v1: Set<String>
    package var v2: Set<String>

    package init(v1: Set<String> = [], v2: Set<String> = []) {
        self.v1 = v1
        self.v2 = v2
    }

    package func version(of controller: String) -> CgroupLayout.Version? {
        if v1.contains(controller) { return .v1 }
        return v2.contains(controller) ? .v2 : nil
    }

    /// No v1 hierarchy at all, so that v2 stands in for what has no controller of its own there.
    package var isPureV2: Bool { v1.isEmpty }
}

/// What of the present state a change depends on; empty for a cgroup that is new.
package struct CgroupCurrent: Equatable, Sendable {
    /// v2, the first word of cpu.max.
    package var cpuQuota: String?
    /// v2, memory.max; nil is no limit.
    package var memoryLimitBytes: UInt64?
    package var memoryUsageBytes: UInt64?

    package init(
        cpuQuota: String? = nil, memoryLimitBytes: UInt64? = nil, memoryUsageBytes: UInt64? = nil
    ) {
        self.cpuQuota = cpuQuota
        self.memoryLimitBytes = memoryLimitBytes
        self.memoryUsageBytes = memoryUsageBytes
    }
}

/// The resources of config.json as files and values, in the order in which they are written
/// (config-linux.md, cgroups; cgroup-v1/ and cgroup-v2.rst of the kernel).
///
/// As in runc a zero stands for "not asked for" where the kernel has no use for a zero.
package struct CgroupPlan: Equatable, Sendable {
    package internal(set) var steps: [CgroupStep] = []
    package internal(set) var warnings: [String] = []

    let controllers: CgroupControllers
    let current: CgroupCurrent

    /// `updating` nil plans a new cgroup, with its device rules; else a change of an existing one,
    /// whose device rules stay as they are unless there are new ones.
    package init(
        _ resources: Resources, controllers: CgroupControllers,
        updating current: CgroupCurrent? = nil
    ) throws(EngineError) {
        self.controllers = controllers
        self.current = current ?? CgroupCurrent()
        if current == nil || !resources.devices.isEmpty { try planDevices(resources.devices) }
        if let memory = resources.memory { try planMemory(memory) }
        if let cpu = resources.cpu {
            try planCPU(cpu)
            try planCPUSet(cpu)
        }
        if let limit = resources.pids?.limit { try planPids(limit) }
        if let blockIO = resources.blockIO { try planBlockIO(blockIO) }
        try planHugepages(resources.hugepageLimits)
        if let network = resources.network { planNetwork(network) }
        try planRdma(resources.rdma)
        try planUnified(resources.unified)
    }

    /// The form of a controller that a value needs, or an error in the words of the value.
    func version(
        of controller: String, for what: String
    ) throws(EngineError) -> CgroupLayout.Version {
        guard let version = controllers.version(of: controller) else {
            throw EngineError(
                "set the \(what)", "this machine offers no \(controller) cgroup controller",
                hint: "mount it, or enable it in cgroup.subtree_control of the parent cgroup")
        }
        return version
    }

    mutating func write(
        _ controller: String, _ file: String, _ value: String, _ what: String,
        tolerance: CgroupWrite.Tolerance = .required, alternative: CgroupWrite.Alternative? = nil
    ) {
        steps.append(
            .write(
                CgroupWrite(
                    controller, file, value, what, tolerance: tolerance, alternative: alternative)))
    }

    mutating func write(together writes: [CgroupWrite]) {
        guard !writes.isEmpty else { return }
        steps.append(writes.count == 1 ? .write(writes[0]) : .together(writes))
    }

    private mutating func planDevices(_ rules: [Resources.DeviceRule]) throws(EngineError) {
        let rules = DeviceRules.complete(rules)
        if controllers.version(of: "devices") == .v1 {
            steps.append(.deviceTable(try DeviceTable(rules)))
        } else if controllers.isPureV2 {
            steps.append(.deviceProgram(rules))
        } else {
            warnings.append("the devices cgroup controller is not mounted: all devices are open")
        }
    }

    private mutating func planPids(_ limit: Int64) throws(EngineError) {
        _ = try version(of: "pids", for: "limit of processes")
        write("pids", "pids.max", limit < 0 ? "max" : "\(limit)", "limit of processes")
    }

    private mutating func planHugepages(_ limits: [Resources.HugepageLimit]) throws(EngineError) {
        for limit in limits {
            let size = limit.pageSize
            let what = "limit of \(size) huge pages"
            let digits = size.prefix { $0.isNumber }
            guard !digits.isEmpty, ["KB", "MB", "GB"].contains(size.dropFirst(digits.count)) else {
                throw EngineError(
                    "set the \(what)", "\"\(size)\" is no page size",
                    hint: "a size looks like 64KB, 2MB or 1GB")
            }
            let last = try version(of: "hugetlb", for: what) == .v1 ? "limit_in_bytes" : "max"
            write("hugetlb", "hugetlb.\(size).\(last)", "\(limit.limit)", what)
            // Reserved pages are counted apart since Linux 5.7.
            write(
                "hugetlb", "hugetlb.\(size).rsvd.\(last)", "\(limit.limit)", what,
                tolerance: .ifPresent)
        }
    }

    private mutating func planNetwork(_ network: Resources.Network) {
        if let classID = network.classID, classID != 0 {
            if controllers.version(of: "net_cls") == .v1 {
                write("net_cls", "net_cls.classid", "\(classID)", "network class")
            } else {
                warnings.append(
                    "the network class is not set: the net_cls cgroup controller is not mounted")
            }
        }
        guard !network.priorities.isEmpty else { return }
        guard controllers.version(of: "net_prio") == .v1 else {
            warnings.append(
                "network priorities are not set: the net_prio cgroup controller is not mounted")
            return
        }
        for priority in network.priorities {
            write(
                "net_prio", "net_prio.ifpriomap", "\(priority.name) \(priority.priority)",
                "priority of network interface \(priority.name)")
        }
    }

    private mutating func planRdma(_ limits: [String: Resources.Rdma]) throws(EngineError) {
        for (device, limit) in limits.sorted(by: { $0.key < $1.key }) {
            let what = "limits of RDMA device \(device)"
            _ = try version(of: "rdma", for: what)
            let words =
                [device] + (limit.hcaHandles.map { ["hca_handle=\($0)"] } ?? [])
                + (limit.hcaObjects.map { ["hca_object=\($0)"] } ?? [])
            write("rdma", "rdma.max", words.joined(separator: " "), what)
        }
    }

    /// v2 files as they are; the specification wants unknown ones tried, so the kernel decides.
    private mutating func planUnified(_ files: [String: String]) throws(EngineError) {
        for (file, value) in files.sorted(by: { $0.key < $1.key }) {
            let stage = "set linux.resources.unified \"\(file)\""
            guard !file.hasSlash, !file.isEmpty, file != ".", file != "..",
                !file.utf8.contains(0)
            else { throw EngineError(stage, "the key is not the name of a file of a cgroup") }
            let controller = String(file.prefix { $0 != "." })
            guard controllers.isPureV2 || controllers.v2.contains(controller) else {
                throw EngineError(
                    stage, "this machine has no cgroup v2 with the controller \(controller)",
                    hint: "use the other members of linux.resources")
            }
            write("", file, value, "cgroup file \(file)")
        }
    }
}
