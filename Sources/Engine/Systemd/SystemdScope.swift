internal import CLinux
internal import Glibc
internal import Linux
package import OCI

extension Cgroup {
    /// Where systemd will put a unit, in every hierarchy that it shares with us.
    package init(unit: SystemdUnit, layout: CgroupLayout) throws(EngineError) {
        var base = try SystemdUnit.expand(slice: unit.slice)
        if unit.isUsers { base = try SystemdManager(ofUser: true).controlGroup() + base }
        let hierarchies = layout.hierarchies.filter {
            !unit.isUsers || $0.version == .v2 || $0.name == "name=systemd"
        }
        self.init(
            directories: hierarchies.map {
                CgroupDirectory(
                    hierarchy: $0.name, version: $0.version,
                    path: "\($0.mountPoint)\(base)/\(unit.name)",
                    made: !KernelFile.exists("\($0.mountPoint)\(base)/\(unit.name)"))
            })
        self.unit = unit
    }

    /// Has systemd make the unit. A scope lives as long as it holds a process; until the container's
    /// own is there, that is the one that is answered here.
    package func beginUnit(
        id: String, devices: [Resources.DeviceRule], annotations: [String: String]
    ) throws(EngineError) -> ScopeKeeper? {
        guard let unit else { return nil }
        let keeper = try ScopeKeeper()
        let manager = try SystemdManager(ofUser: unit.isUsers)
        try manager.start(
            unit,
            SystemdProperties.initial(
                unit, id: id, pid: keeper.pid, devices: devices, annotations: annotations,
                isV2: isPureV2))
        return keeper
    }

    /// Tells systemd of limits that are about to be set, and of device rules that take the place of
    /// those that it has.
    func announce(
        _ plan: CgroupPlan, devices: [Resources.DeviceRule] = []
    ) throws(EngineError) {
        guard let unit else { return }
        let words = file("cpu", "cpu.max").flatMap(KernelFile.readIfPresent)?.split(separator: " ")
        let period = words.flatMap { $0.count == 2 ? UInt64($0[1]) : nil } ?? 100_000
        let properties =
            (devices.isEmpty ? [] : SystemdProperties.deviceProperties(devices))
            + SystemdProperties.limits(plan, period: period)
        guard !properties.isEmpty else { return }
        try SystemdManager(ofUser: unit.isUsers).set(unit, properties)
    }

    /// Ends the unit. Nothing may be in it any more: systemd would ask politely first, and wait.
    func endUnit() throws(EngineError) {
        // One that was there before is another container's: making ours has failed, or will.
        guard let unit, directories.contains(where: { $0.made }) else { return }
        if !processes().isEmpty {
            try kill(SIGKILL)
            _ = waitUntilEmpty(microseconds: 5_000_000)
        }
        try SystemdManager(ofUser: unit.isUsers).stop(unit)
    }
}

extension Cgroup {
    /// The keeper, and the container's own process beside it.
    static let leastScopeProcesses: Int64 = 2
}

extension Resources {
    /// For as long as the keeper is there.
    mutating func leaveRoomForKeeper() {
        guard let limit = pids?.limit, limit >= 0 else { return }
        pids?.limit = max(limit, Cgroup.leastScopeProcesses)
    }
}

/// A process that does nothing, for as long as it is kept.
package final class ScopeKeeper {
    package let pid: Int32
    private let pidfd: Pidfd

    init() throws(EngineError) {
        let parent = getpid()
        let made = try attempt("make a process for the scope") { () throws(SystemError) in
            try cloneProcess([])
        }
        guard case .parent(let pid, let pidfd) = consume made else { Self.idle(parent) }
        self.pid = pid
        self.pidfd = pidfd
    }

    /// It holds nothing of the runtime's, no lock above all, and ends with it.
    private static func idle(_ parent: Int32) -> Never {
        try? ProcessControl.setParentDeathSignal(SIGKILL)
        try? ProcessControl.closeDescriptors(from: 0)
        while getppid() == parent { pause() }
        _exit(0)
    }

    deinit {
        try? pidfd.send(signal: SIGKILL)
        _ = try? pidfd.wait()
    }
}
