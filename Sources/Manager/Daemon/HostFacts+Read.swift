internal import FoundationEssentials

extension HostFacts {
    /// Reads the machine's facts.
    static func read(hardOpenFiles: UInt64) -> HostFacts {
        let files = FileManager.default
        let unified = files.fileExists(atPath: "/sys/fs/cgroup/cgroup.controllers")
        return HostFacts(
            hostname: ThisProcess.hostname, unifiedCgroups: unified,
            countsSwap: unified
                ? files.fileExists(atPath: "/proc/swaps")
                : files.fileExists(
                    atPath: "/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"),
            processors: ThisProcess.processors, hardOpenFiles: hardOpenFiles,
            architecture: .current)
    }
}
