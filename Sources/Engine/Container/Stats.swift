package import Linux

extension Container {
    /// What the container uses; a container has a cgroup unless it was made without.
    package func stats(of cgroup: Cgroup) -> CgroupStats {
        var stats = cgroup.stats()
        if record.initPid > 0 { stats.network = NetworkCounters.read(pid: record.initPid) }
        return stats
    }

    /// The init process, for who waits for its end; nil where it has ended.
    package func initProcess() throws(EngineError) -> Pidfd? { try initPidfd() }
}

/// The interfaces that a process sees, less the loopback (/proc/PID/net/dev, proc(5)).
enum NetworkCounters {
    /// None for a process in the caller's own network, whose traffic is not the container's.
    static func read(pid: Int32) -> [CgroupStats.NetworkInterface] {
        guard let text = KernelFile.readIfPresent("/proc/\(pid)/net/dev"),
            let theirs = try? FileStatus(path: "/proc/\(pid)/ns/net"),
            let ours = try? FileStatus(path: "/proc/self/ns/net"), theirs.inode != ours.inode
        else { return [] }
        return parse(text)
    }

    /// Two lines of header, then `eth0: BYTES PACKETS ERRS DROP …`, eight numbers received and eight
    /// sent.
    static func parse(_ text: String) -> [CgroupStats.NetworkInterface] {
        text.split(separator: "\n").compactMap { line in
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2 else { return nil }
            let name = halves[0].split(separator: " ").joined()
            let numbers = halves[1].split(separator: " ").compactMap { UInt64($0) }
            guard numbers.count >= 16, name != "lo" else { return nil }
            return CgroupStats.NetworkInterface(
                name: name, received: Array(numbers[0..<4]), sent: Array(numbers[8..<12]))
        }
    }
}
