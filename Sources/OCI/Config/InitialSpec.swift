extension Spec {
    /// A configuration to begin with: a shell on a terminal, alone in namespaces of its own, with
    /// three capabilities and a read-only root. The one that OCI runtimes agree on.
    package static func initial(hasUnifiedCgroups: Bool) -> Spec {
        let kept: [Capability] = [.auditWrite, .kill, .netBindService]
        let process = Process(
            args: ["sh"],
            env: [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
            ],
            terminal: true,
            capabilities: Capabilities(bounding: kept, effective: kept, permitted: kept),
            rlimits: [Rlimit(.openFiles, soft: 1024, hard: 1024)], noNewPrivileges: true)
        var kinds: [NamespaceKind] = [.pid, .network, .ipc, .uts, .mount]
        if hasUnifiedCgroups { kinds.append(.cgroup) }
        return Spec(
            root: Root(path: "rootfs", readonly: true), process: process, hostname: "apus",
            mounts: initialMounts,
            linux: LinuxSection(
                namespaces: kinds.map { Namespace($0) },
                resources: Resources(devices: [Resources.DeviceRule(allow: false)]),
                maskedPaths: initialMaskedPaths, readonlyPaths: initialReadonlyPaths))
    }

    /// Changes a configuration so that somebody without privileges can run it: one user who is root
    /// inside, the caller's network, /sys of the host.
    package mutating func makeRootless(uid: UInt32, gid: UInt32) {
        linux.namespaces.removeAll { $0.kind == .network || $0.kind == .user }
        linux.namespaces.append(Namespace(.user))
        linux.uidMappings = [IDMapping(containerID: 0, hostID: uid, size: 1)]
        linux.gidMappings = [IDMapping(containerID: 0, hostID: gid, size: 1)]
        linux.resources = nil
        mounts = mounts.map { mount in
            guard mount.destination != "/sys" else {
                return Mount(
                    destination: "/sys", type: "none", source: "/sys",
                    options: ["rbind", "nosuid", "noexec", "nodev", "ro"])
            }
            var mount = mount
            // Ids that the one mapping does not have.
            mount.options.removeAll { $0.hasPrefix("gid=") || $0.hasPrefix("uid=") }
            return mount
        }
    }

    private static var initialMounts: [Mount] {
        [
            Mount(destination: "/proc", type: "proc", source: "proc"),
            Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            Mount(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            Mount(
                destination: "/dev/shm", type: "tmpfs", source: "shm",
                options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            Mount(
                destination: "/dev/mqueue", type: "mqueue", source: "mqueue",
                options: ["nosuid", "noexec", "nodev"]),
            Mount(
                destination: "/sys", type: "sysfs", source: "sysfs",
                options: ["nosuid", "noexec", "nodev", "ro"]),
            Mount(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "relatime", "ro"]),
        ]
    }

    private static let initialMaskedPaths = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
        "/proc/scsi", "/sys/devices/virtual/powercap", "/sys/firmware",
    ]

    private static let initialReadonlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]
}
