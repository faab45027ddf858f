internal import CLinux
internal import Glibc
internal import Linux
package import OCI

/// A set of capabilities; bit n is the kernel's capability n.
package struct CapabilityMask: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package init(_ capabilities: [Capability]) {
        self.init(rawValue: capabilities.reduce(0) { $0 | 1 << UInt64($1.rawValue) })
    }

    init(number: UInt64) { self.init(rawValue: 1 << number) }

    /// The kernel's numbers of those in it, ascending.
    var numbers: [UInt64] { (0..<64).filter { rawValue & 1 << $0 != 0 } }

    /// Names in the kernel's order; a number where we have none.
    package var names: [String] {
        numbers.map { Capability(rawValue: UInt8($0))?.name ?? "CAP_\($0)" }
    }
}

/// What the calling process can hand on (capabilities(7)).
package struct CapabilityHoldings: Equatable, Sendable {
    package var bounding: CapabilityMask
    package var permitted: CapabilityMask
    package var inheritable: CapabilityMask
    /// What this kernel knows, up to its last capability.
    package var known: CapabilityMask

    package init(
        bounding: CapabilityMask, permitted: CapabilityMask, inheritable: CapabilityMask = [],
        known: CapabilityMask
    ) {
        self.bounding = bounding
        self.permitted = permitted
        self.inheritable = inheritable
        self.known = known
    }

    /// Asks the kernel.
    package static func ofThisProcess() throws(EngineError) -> CapabilityHoldings {
        var known: CapabilityMask = []
        var bounding: CapabilityMask = []
        for number in 0..<64 as Range<UInt64> {
            let held = apus_prctl(PR_CAPBSET_READ, UInt(number), 0, 0, 0)
            if held < 0 {
                let code = apus_errno()
                // It marks the end.
                if code == EINVAL { break }
                throw EngineError(SystemError("ask for the bounding capabilities", code))
            }
            known.insert(CapabilityMask(number: number))
            if held == 1 { bounding.insert(CapabilityMask(number: number)) }
        }
        do {
            let sets = try CapabilityCall.get()
            return CapabilityHoldings(
                bounding: bounding, permitted: sets.permitted, inheritable: sets.inheritable,
                known: known)
        } catch {
            throw EngineError(error)
        }
    }

    /// A process that has just made or joined a user namespace holds everything there.
    package var insideUserNamespace: CapabilityHoldings {
        CapabilityHoldings(bounding: known, permitted: known, known: known)
    }
}

/// The five sets of a container's process, as far as they can be granted.
///
/// In the child, in this order: `dropBounding`, which needs CAP_SETPCAP; `keepThroughSetuid`;
/// then the change of groups and user; then `apply`.
package struct CapabilityPlan: Equatable, Sendable {
    package let bounding: CapabilityMask
    package let permitted: CapabilityMask
    package let effective: CapabilityMask
    package let inheritable: CapabilityMask
    package let ambient: CapabilityMask
    /// What was asked for and will be missing. The specification wants the container to start.
    package let warnings: [String]
    /// What has to leave the bounding set.
    private let dropped: CapabilityMask

    /// Without `capabilities` the process has none.
    package init(_ capabilities: Capabilities?, holdings: CapabilityHoldings) {
        let wanted = capabilities ?? Capabilities()
        var missing: CapabilityMask = []
        func grant(_ list: [Capability], within held: CapabilityMask) -> CapabilityMask {
            let mask = CapabilityMask(list)
            missing.formUnion(mask.subtracting(held))
            return mask.intersection(held)
        }
        bounding = grant(wanted.bounding, within: holdings.bounding)
        permitted = grant(wanted.permitted, within: holdings.permitted)
        effective = grant(wanted.effective, within: permitted)
        // What may be inherited has to be inheritable or permitted already, and in the bounding
        // set or inheritable already (capset(2)).
        inheritable = grant(
            wanted.inheritable,
            within: holdings.inheritable.union(bounding.intersection(holdings.permitted)))
        // Not inheritable, it cannot be ambient either. No warning: widespread configurations, runc's
        // own first one among them, ask for it without meaning it.
        ambient = grant(wanted.ambient, within: permitted).intersection(inheritable)
        dropped = holdings.bounding.subtracting(bounding)
        warnings = Self.describe(unknown: wanted.unknown.map { $0.name }, missing: missing)
    }

    private static func describe(unknown: [String], missing: CapabilityMask) -> [String] {
        var seen: Set<String> = []
        let names = (unknown + missing.names).filter { seen.insert($0).inserted }
        guard !names.isEmpty else { return [] }
        return ["ignoring unknown or unavailable capabilities: [\(names.joined(separator: " "))]"]
    }

    /// What leaves the bounding set never comes back, by no exec of whatever file.
    package func dropBounding() throws(EngineError) {
        for number in dropped.numbers {
            do {
                try check("drop \(CapabilityMask(number: number).names[0])") {
                    apus_prctl(PR_CAPBSET_DROP, UInt(number), 0, 0, 0)
                }
            } catch {
                throw EngineError(
                    error, during: "set the capabilities",
                    hint: "taking capabilities away needs CAP_SETPCAP")
            }
        }
    }

    /// The permitted set stays when the process changes from root to another user.
    package func keepThroughSetuid() throws(EngineError) {
        do { try ProcessControl.keepCapabilities(true) } catch { throw EngineError(error) }
    }

    package func apply() throws(EngineError) {
        do {
            try CapabilityCall.set(
                CapabilityCall.Sets(
                    effective: effective, permitted: permitted, inheritable: inheritable))
            try ProcessControl.keepCapabilities(false)
            try setAmbient()
        } catch {
            throw EngineError(error, during: "set the capabilities")
        }
    }

    /// Kernels before 4.3 have no ambient set; nothing is lost while none is asked for.
    private func setAmbient() throws(SystemError) {
        let clearAll: UInt = 4
        let raise: UInt = 2
        let cleared = apus_prctl(PR_CAP_AMBIENT, clearAll, 0, 0, 0)
        guard !ambient.isEmpty else { return }
        try check("clear the ambient capabilities") { cleared }
        for number in ambient.numbers {
            try check("raise ambient \(CapabilityMask(number: number).names[0])") {
                apus_prctl(PR_CAP_AMBIENT, raise, UInt(number), 0, 0)
            }
        }
    }
}

/// capget(2) and capset(2), whose 64 bits come as two words.
enum CapabilityCall {
    struct Sets: Equatable {
        var effective: CapabilityMask
        var permitted: CapabilityMask
        var inheritable: CapabilityMask
    }

    /// _LINUX_CAPABILITY_VERSION_3
    private static let version: UInt32 = 0x2008_0522

    static func get() throws(SystemError) -> Sets {
        var header: [UInt32] = [version, 0]
        var words = [UInt32](repeating: 0, count: 6)
        try check("read the capabilities") { unsafe apus_capget(&header, &words) }
        func mask(_ index: Int) -> CapabilityMask {
            CapabilityMask(rawValue: UInt64(words[index]) | UInt64(words[index + 3]) << 32)
        }
        return Sets(effective: mask(0), permitted: mask(1), inheritable: mask(2))
    }

    static func set(_ sets: Sets) throws(SystemError) {
        var header: [UInt32] = [version, 0]
        let masks = [sets.effective, sets.permitted, sets.inheritable].map { $0.rawValue }
        var words =
            masks.map { UInt32(truncatingIfNeeded: $0) }
            + masks.map { UInt32(truncatingIfNeeded: $0 >> 32) }
        try check("set the capabilities") { unsafe apus_capset(&header, &words) }
    }
}
