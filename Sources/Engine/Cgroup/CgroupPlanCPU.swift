internal import Glibc
internal import OCI

extension CgroupPlan {
    mutating func planCPU(_ cpu: Resources.CPU) throws(EngineError) {
        let shares = cpu.shares == 0 ? nil : cpu.shares
        let period = cpu.period == 0 ? nil : cpu.period
        let quota = Self.asked(cpu.quota)
        let realtimePeriod = cpu.realtimePeriod == 0 ? nil : cpu.realtimePeriod
        let realtimeRuntime = Self.asked(cpu.realtimeRuntime)
        let hasRealtime = realtimePeriod != nil || realtimeRuntime != nil
        guard
            shares != nil || period != nil || quota != nil || cpu.burst != nil || cpu.idle != nil
                || hasRealtime
        else { return }
        switch try version(of: "cpu", for: "CPU limits") {
        case .v1:
            if hasRealtime { planRealtime(runtime: realtimeRuntime, period: realtimePeriod) }
            planWeight("cpu.shares", shares.map { "\($0)" }, idle: cpu.idle)
            planBandwidthV1(quota: quota, period: period, burst: cpu.burst)
        case .v2:
            guard !hasRealtime else {
                throw EngineError(
                    "set the real-time limits", "cgroup v2 has no limits of real-time processes",
                    hint: "remove realtimeRuntime and realtimePeriod from linux.resources.cpu")
            }
            planWeight("cpu.weight", shares.map { "\(Self.weight(ofShares: $0))" }, idle: cpu.idle)
            planBandwidthV2(quota: quota, period: period, burst: cpu.burst)
        }
    }

    /// An idle group has no weight, and a group without idle has one: which must be written first
    /// depends on what it is now.
    private mutating func planWeight(_ file: String, _ weight: String?, idle: Int64?) {
        var writes: [CgroupWrite] = []
        if let weight { writes.append(CgroupWrite("cpu", file, weight, "CPU shares")) }
        if let idle { writes.append(CgroupWrite("cpu", "cpu.idle", "\(idle)", "CPU idle switch")) }
        write(together: writes)
    }

    private mutating func planBandwidthV1(quota: Int64?, period: UInt64?, burst: UInt64?) {
        var writes: [CgroupWrite] = []
        if let period {
            writes.append(CgroupWrite("cpu", "cpu.cfs_period_us", "\(period)", "CPU period"))
        }
        if let quota {
            writes.append(CgroupWrite("cpu", "cpu.cfs_quota_us", "\(quota)", "CPU quota"))
        }
        if let burst {
            writes.append(CgroupWrite("cpu", "cpu.cfs_burst_us", "\(burst)", "CPU burst"))
        }
        write(together: writes)
    }

    private mutating func planBandwidthV2(quota: Int64?, period: UInt64?, burst: UInt64?) {
        var writes: [CgroupWrite] = []
        let amount = quota.map { $0 < 0 ? "max" : "\($0)" }
        // One number alone is the quota, so a new period repeats the quota that stands there.
        if let period {
            let value = "\(amount ?? current.cpuQuota ?? "max") \(period)"
            writes.append(CgroupWrite("cpu", "cpu.max", value, "CPU quota and period"))
        } else if let amount {
            writes.append(CgroupWrite("cpu", "cpu.max", amount, "CPU quota"))
        }
        if let burst {
            writes.append(CgroupWrite("cpu", "cpu.max.burst", "\(burst)", "CPU burst"))
        }
        write(together: writes)
    }

    private mutating func planRealtime(runtime: Int64?, period: UInt64?) {
        var writes: [CgroupWrite] = []
        if let period {
            writes.append(
                CgroupWrite("cpu", "cpu.rt_period_us", "\(period)", "real-time period"))
        }
        if let runtime {
            writes.append(
                CgroupWrite("cpu", "cpu.rt_runtime_us", "\(runtime)", "real-time runtime"))
        }
        write(together: writes)
    }

    mutating func planCPUSet(_ cpu: Resources.CPU) throws(EngineError) {
        let lists = [
            (cpu.cpus, "cpuset.cpus", "processors of the container"),
            (cpu.mems, "cpuset.mems", "memory nodes of the container"),
        ]
        for (list, file, what) in lists {
            guard let list, !list.isEmpty else { continue }
            guard NumberList(list) != nil else {
                throw EngineError(
                    "set the \(what)", "\"\(list)\" is not a list of numbers",
                    hint: "a list looks like 0-3,7")
            }
            _ = try version(of: "cpuset", for: what)
            write("cpuset", file, list, what)
        }
    }

    /// cpu.shares (2 to 262144, usually 1024) as cpu.weight (1 to 10000, usually 100): the curve
    /// through these three points that runc, crun and systemd agreed on in 2025, quadratic in the
    /// logarithm.
    package static func weight(ofShares shares: UInt64) -> UInt64 {
        if shares <= 2 { return 1 }
        if shares >= 262144 { return 10000 }
        let logarithm = log2(Double(shares))
        let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34
        return UInt64(pow(10, exponent).rounded(.up))
    }
}

/// A list of processors or nodes as cpuset(7) writes it: `0-3,7`.
package struct NumberList: Equatable, Sendable, CustomStringConvertible {
    package private(set) var ranges: [ClosedRange<UInt32>] = []

    /// nil where the text is no such list. Numbers beyond any kernel's are none either.
    package init?(_ text: some StringProtocol) {
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            let trimmed = ends.map { String($0.filter { $0 != " " && $0 != "\n" }) }
            guard let first = UInt32(trimmed[0]), first < 1 << 16 else { return nil }
            guard trimmed.count > 1 else {
                ranges.append(first...first)
                continue
            }
            guard trimmed.count == 2, let last = UInt32(trimmed[1]), last < 1 << 16, first <= last
            else { return nil }
            ranges.append(first...last)
        }
    }

    /// Every number of this list is in the other.
    package func isSubset(of other: NumberList) -> Bool {
        ranges.allSatisfy { range in
            range.allSatisfy { number in other.ranges.contains { $0.contains(number) } }
        }
    }

    package var numbers: [UInt32] { ranges.flatMap(Array.init) }

    package var description: String {
        ranges.map {
            $0.lowerBound == $0.upperBound
                ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        .joined(separator: ",")
    }
}
