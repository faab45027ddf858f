internal import Glibc
package import OCI

/// A property of a unit (systemd.resource-control(5), org.freedesktop.systemd1(5)).
package struct SystemdProperty: Equatable, Sendable {
    package var name: String
    package var value: DBusValue

    package init(_ name: String, _ value: DBusValue) {
        self.name = name
        self.value = value
    }
}

/// What systemd has to know of a container's limits. It sets them again whenever it is reloaded, so
/// that what stands in the files alone would be lost then.
package enum SystemdProperties {
    /// What a new scope begins with, around the process that is its first.
    package static func initial(
        _ unit: SystemdUnit, id: String, pid: Int32, devices: [Resources.DeviceRule],
        annotations: [String: String], isV2: Bool
    ) throws(EngineError) -> [SystemdProperty] {
        var properties = [
            SystemdProperty("Description", .string("apus container \(id)")),
            SystemdProperty("Slice", .string(unit.slice)),
            SystemdProperty("DefaultDependencies", .boolean(false)),
            SystemdProperty("Delegate", .boolean(true)),
            SystemdProperty("PIDs", .array("u", [.uint32(UInt32(pid))])),
            // One that has failed shall not lie there for ever.
            SystemdProperty("CollectMode", .string("inactive-or-failed")),
            SystemdProperty("CPUAccounting", .boolean(true)),
            SystemdProperty("MemoryAccounting", .boolean(true)),
            SystemdProperty("TasksAccounting", .boolean(true)),
            SystemdProperty(isV2 ? "IOAccounting" : "BlockIOAccounting", .boolean(true)),
        ]
        properties += deviceProperties(devices)
        for (name, text) in annotations.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(annotationPrefix) {
            properties.append(
                try annotated(String(name.dropFirst(annotationPrefix.count)), text))
        }
        return properties
    }

    // MARK: Limits

    /// From what is written to the container's files. `period` is that of cpu.max now.
    package static func limits(_ plan: CgroupPlan, period: UInt64) -> [SystemdProperty] {
        plan.steps.flatMap { $0.writes }.flatMap { limit($0.file, $0.value, period: period) }
    }

    private static func limit(
        _ file: String, _ value: String, period: UInt64
    ) -> [SystemdProperty] {
        if let name = numbers[file] {
            let number = value == "max" ? UInt64.max : UInt64(value)
            // A limit of no process at all is none that systemd knows; the file has it.
            guard let number, !(file == "pids.max" && number == 0) else { return [] }
            return [SystemdProperty(name, .uint64(number))]
        }
        switch file {
        case "cpu.max": return bandwidth(value, period: period)
        case "cpuset.cpus": return bits(value).map { [SystemdProperty("AllowedCPUs", $0)] } ?? []
        case "cpuset.mems":
            return bits(value).map { [SystemdProperty("AllowedMemoryNodes", $0)] } ?? []
        default: return []
        }
    }

    private static let numbers = [
        "memory.max": "MemoryMax", "memory.high": "MemoryHigh", "memory.low": "MemoryLow",
        "memory.min": "MemoryMin", "memory.swap.max": "MemorySwapMax", "cpu.weight": "CPUWeight",
        "pids.max": "TasksMax", "memory.limit_in_bytes": "MemoryLimit", "cpu.shares": "CPUShares",
    ]

    /// systemd counts microseconds of processor a second, in steps of 10 ms.
    private static func bandwidth(_ value: String, period: UInt64) -> [SystemdProperty] {
        let words = value.split(separator: " ")
        let length = words.count > 1 ? UInt64(words[1]) ?? period : period
        guard let amount = words.first, length > 0 else { return [] }
        var perSecond = UInt64.max
        if amount != "max" {
            guard let quota = UInt64(amount), quota < 1 << 40 else { return [] }
            perSecond = (quota * 1_000_000 / length + 9999) / 10_000 * 10_000
        }
        return [
            SystemdProperty("CPUQuotaPeriodUSec", .uint64(length)),
            SystemdProperty("CPUQuotaPerSecUSec", .uint64(perSecond)),
        ]
    }

    /// A bit a processor or node, the first in the lowest bit of the first byte.
    private static func bits(_ list: String) -> DBusValue? {
        guard let numbers = NumberList(list), let last = numbers.ranges.map({ $0.upperBound }).max()
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(last) / 8 + 1)
        for range in numbers.ranges {
            for number in range { bytes[Int(number) / 8] |= 1 << (number % 8) }
        }
        return .array("y", bytes.map { .byte($0) })
    }

    // MARK: Devices

    /// The list that systemd keeps beside our own program; where it cannot say what the rules say,
    /// it shall not stand in their way. Entries are added to those that are there, but for an empty
    /// list, which takes them all away.
    package static func deviceProperties(_ rules: [Resources.DeviceRule]) -> [SystemdProperty] {
        let none = SystemdProperty("DeviceAllow", .array("(ss)", []))
        let open = [SystemdProperty("DevicePolicy", .string("auto")), none]
        guard let table = try? DeviceTable(DeviceRules.complete(rules)), !table.allowsByDefault
        else { return open }
        var entries: [DBusValue] = []
        for (pattern, access) in table.exceptions {
            guard let name = name(of: pattern) else { return open }
            entries.append(.structure([.string(name), .string(access.letters)]))
        }
        return [
            SystemdProperty("DevicePolicy", .string("strict")), none,
            SystemdProperty("DeviceAllow", .array("(ss)", entries)),
        ]
    }

    /// `/dev/char/1:3`, `char-pts` for all of a major number, `char-*` for all.
    private static func name(of pattern: DevicePattern) -> String? {
        let kind = pattern.kind == .character ? "char" : "block"
        switch (pattern.major, pattern.minor) {
        case (nil, nil): return "\(kind)-*"
        case (nil, _?): return nil
        case (let major?, let minor?): return "/dev/\(kind)/\(major):\(minor)"
        case (let major?, nil): return group(major, pattern.kind).map { "\(kind)-\($0)" }
        }
    }

    /// /proc/devices gives major numbers their names.
    private static func group(_ major: UInt32, _ kind: DevicePattern.Kind) -> String? {
        let text = KernelFile.readIfPresent("/proc/devices") ?? ""
        var isInSection = false
        for line in text.split(separator: "\n") {
            if line.hasSuffix("devices:") {
                isInSection = line.hasPrefix(kind == .character ? "Character" : "Block")
                continue
            }
            let words = line.split(separator: " ")
            if isInSection, words.count == 2, UInt32(words[0]) == major { return String(words[1]) }
        }
        return nil
    }

    // MARK: Annotations

    private static let annotationPrefix = "org.systemd.property."

    /// How the unit is described, ordered, ended and limited. A manager may pass annotations on that
    /// its users write; a property that stops other units (Conflicts), reboots the machine
    /// (FailureAction), takes other processes along (PIDs) or opens devices is none of theirs.
    private static let annotatable: Set<String> = [
        "After", "AllowedCPUs", "AllowedMemoryNodes", "Before", "BlockIOWeight",
        "CPUQuotaPerSecUSec",
        "CPUQuotaPeriodUSec", "CPUShares", "CPUWeight", "CollectMode", "DefaultMemoryLow",
        "DefaultMemoryMin", "Description", "Documentation", "FinalKillSignal", "IOWeight",
        "KillSignal", "ManagedOOMMemoryPressure", "ManagedOOMMemoryPressureLimit",
        "ManagedOOMPreference", "ManagedOOMSwap", "MemoryHigh", "MemoryLimit", "MemoryLow",
        "MemoryMax", "MemoryMin", "MemorySwapMax", "MemoryZSwapMax", "OOMPolicy", "RuntimeMaxUSec",
        "SendSIGHUP", "SendSIGKILL", "StartupAllowedCPUs", "StartupAllowedMemoryNodes",
        "StartupBlockIOWeight", "StartupCPUShares", "StartupCPUWeight", "StartupIOWeight",
        "TasksMax", "TimeoutStopUSec",
    ]

    /// `org.systemd.property.TimeoutStopUSec: "uint64 5000000"`: a property, its value in the text
    /// form of GVariant. `...Sec` is in seconds, as in unit files.
    package static func annotated(
        _ name: String, _ text: String
    ) throws(EngineError) -> SystemdProperty {
        let stage = "read annotation \(annotationPrefix)\(name)"
        guard name.utf8.count > 2,
            name.utf8.allSatisfy({ (0x41...0x5a).contains($0 & 0xdf) })
        else { throw EngineError(stage, "\"\(name)\" is no name of a property") }
        let known =
            name.hasSuffix("Sec") && !name.hasSuffix("USec") ? name.dropLast(3) + "USec" : name
        guard annotatable.contains(known) else {
            throw EngineError(
                stage, "an annotation may not set \(name) of the container's unit", code: EPERM,
                hint: "only how the unit is described, ordered, ended and limited")
        }
        guard let value = GVariantText.value(text) else {
            throw EngineError(
                stage, "\"\(text)\" is no value",
                hint: "such as 'text', true, 5, uint64 5 or ['a', 'b']")
        }
        guard name.hasSuffix("Sec"), !name.hasSuffix("USec") else {
            return SystemdProperty(name, value)
        }
        let seconds: Double? =
            switch value {
            case .int32(let number): Double(number)
            case .uint32(let number): Double(number)
            case .int64(let number): Double(number)
            case .uint64(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        guard let seconds, seconds >= 0, seconds < 1e12 else {
            throw EngineError(stage, "\"\(text)\" is no number of seconds")
        }
        return SystemdProperty(
            name.dropLast(3) + "USec", .uint64(UInt64(seconds * 1_000_000)))
    }
}
