/// What a bundle depends on beside its container: facts of the machine, read once.
struct HostFacts: Sendable, Equatable {
    var hostname: String
    /// The whole machine is on cgroup v2; containers get a cgroup namespace there, as docker has it.
    var unifiedCgroups: Bool
    /// The kernel counts swap, so that memory and swap can be limited together.
    var countsSwap: Bool
    var processors: Int
    /// The manager's own hard limit of open files: nothing it starts can have more.
    var hardOpenFiles: UInt64
    var architecture: SeccompProfile.Architecture
}
