internal import OCI

/// What every container has unless it is asked otherwise: docker's defaults.
enum DefaultProfile {
    static let capabilities: [Capability] = [
        .chown, .dacOverride, .fsetid, .fowner, .mknod, .netRaw, .setgid, .setuid, .setfcap,
        .setpcap, .netBindService, .sysChroot, .kill, .auditWrite,
    ]

    static let maskedPaths = [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
        "/sys/firmware",
    ]

    static let readonlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    static let mounts: [Mount] = [
        Mount(
            destination: "/proc", type: "proc", source: "proc",
            options: ["nosuid", "noexec", "nodev"]),
        Mount(
            destination: "/dev", type: "tmpfs", source: "tmpfs",
            options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        Mount(
            destination: "/dev/pts", type: "devpts", source: "devpts",
            options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        Mount(
            destination: "/sys", type: "sysfs", source: "sysfs",
            options: ["nosuid", "noexec", "nodev", "ro"]),
        Mount(
            destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
            options: ["ro", "nosuid", "noexec", "nodev"]),
        Mount(
            destination: "/dev/mqueue", type: "mqueue", source: "mqueue",
            options: ["nosuid", "noexec", "nodev"]),
        Mount(
            destination: "/dev/shm", type: "tmpfs", source: "shm",
            options: ["nosuid", "noexec", "nodev", "mode=1777", "size=67108864"]),
    ]

    /// zero, null, urandom, random, tty, console; and never fuse.
    static let deviceRules: [Resources.DeviceRule] =
        [Resources.DeviceRule(allow: false, kind: .all)]
        + [(1, 5), (1, 3), (1, 9), (1, 8), (5, 0), (5, 1)].map { major, minor in
            Resources.DeviceRule(allow: true, kind: .character, major: major, minor: minor)
        } + [Resources.DeviceRule(allow: false, kind: .character, major: 10, minor: 229)]

    /// Of a network namespace of its own: everybody in it may bind low ports and ping.
    static let networkSysctls = [
        "net.ipv4.ip_unprivileged_port_start": "0",
        "net.ipv4.ping_group_range": "0 2147483647",
    ]

    /// Soft limit of open files: programs that close every possible descriptor one by one crawl
    /// under a high one, and whoever needs more may raise it up to the hard limit.
    static let softOpenFiles: UInt64 = 1024
    static let mostOpenFiles: UInt64 = 524_288

    static let stopSignal = "SIGTERM"
}
