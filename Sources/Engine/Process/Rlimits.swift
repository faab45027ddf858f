internal import CLinux
internal import Glibc
internal import Linux
package import OCI

/// Resource limits of a process (setrlimit(2), `process.rlimits`).
package enum Rlimits {
    /// In the order of the list. `pid` 0 is the caller.
    package static func apply(_ limits: [Rlimit], to pid: Int32 = 0) throws(EngineError) {
        for limit in limits { try apply(limit, to: pid) }
    }

    private static func apply(_ limit: Rlimit, to pid: Int32) throws(EngineError) {
        let stage =
            "set \(limit.kind.rawValue) to soft \(text(limit.soft)) and hard \(text(limit.hard))"
        guard limit.soft <= limit.hard else {
            throw EngineError(stage, "the soft limit is above the hard one", code: EINVAL)
        }
        do {
            var new = [limit.soft, limit.hard]
            try check(stage) { unsafe apus_prlimit(pid, number(of: limit.kind), &new, nil) }
        } catch {
            throw error.code == EPERM ? explain(limit, stage, pid) : EngineError(error)
        }
    }

    private static func explain(_ limit: Rlimit, _ stage: String, _ pid: Int32) -> EngineError {
        var old: [UInt64] = [0, 0]
        let isKnown = unsafe apus_prlimit(pid, number(of: limit.kind), nil, &old) == 0
        guard isKnown, limit.hard > old[1] else {
            // The one case that even CAP_SYS_RESOURCE does not open.
            let most = KernelFile.number("/proc/sys/fs/nr_open").map(String.init) ?? "fs.nr_open"
            let hint =
                limit.kind == .openFiles
                ? "no process may have more than \(most) (sysctl fs.nr_open)" : ""
            return EngineError(stage, SystemError.reason(EPERM), code: EPERM, hint: hint)
        }
        return EngineError(
            stage,
            "operation not permitted: raising the hard limit above \(text(old[1])) needs "
                + "CAP_SYS_RESOURCE, which the runtime does not have",
            code: EPERM,
            hint: "ask for at most \(text(old[1])), or raise the hard limit of the program that "
                + "starts the runtime")
    }

    private static func text(_ value: UInt64) -> String { value == .max ? "unlimited" : "\(value)" }

    /// The kernel's number (asm-generic/resource.h).
    private static func number(of kind: Rlimit.Kind) -> Int32 {
        switch kind {
        case .cpu: 0
        case .fileSize: 1
        case .data: 2
        case .stack: 3
        case .core: 4
        case .residentSet: 5
        case .processes: 6
        case .openFiles: 7
        case .lockedMemory: 8
        case .addressSpace: 9
        case .locks: 10
        case .pendingSignals: 11
        case .messageQueue: 12
        case .nice: 13
        case .realtimePriority: 14
        case .realtimeTime: 15
        }
    }
}
