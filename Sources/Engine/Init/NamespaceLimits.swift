internal import Linux

/// How many namespaces a user may have (namespaces(7), /proc/sys/user).
enum NamespaceLimits {
    /// Which limits stand in the way, with their values. The kernel tells only that one does: a
    /// limit of zero is the one, else it may be any of the kinds that were asked for.
    static func hint(_ namespaces: Namespaces) -> String {
        let kinds: [(Namespaces, String)] = [
            (.user, "user"), (.pid, "pid"), (.network, "net"), (.mount, "mnt"), (.ipc, "ipc"),
            (.uts, "uts"), (.cgroup, "cgroup"), (.time, "time"),
        ]
        let limits = kinds.filter { namespaces.contains($0.0) }.compactMap { _, name in
            KernelFile.number("/proc/sys/user/max_\(name)_namespaces").map {
                (name: "user.max_\(name)_namespaces", value: $0)
            }
        }
        let closed = limits.filter { $0.value == 0 }
        let shown = (closed.isEmpty ? limits : closed).map { "\($0.name)=\($0.value)" }
        guard !shown.isEmpty else { return "a limit of namespaces is reached" }
        return "a kernel limit of namespaces is reached: raise sysctl "
            + shown.joined(separator: " or ")
    }
}
