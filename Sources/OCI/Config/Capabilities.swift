/// The five capability sets (capabilities(7)).
package struct Capabilities: Sendable, Equatable {
    package var bounding: [Capability]
    package var effective: [Capability]
    package var inheritable: [Capability]
    package var permitted: [Capability]
    package var ambient: [Capability]
    /// Names that the file asks for and nobody knows: the specification wants a warning, no error.
    /// Each with its path: `process.capabilities.bounding[3]`.
    package var unknown: [UnknownCapability]

    package init(
        bounding: [Capability] = [], effective: [Capability] = [], inheritable: [Capability] = [],
        permitted: [Capability] = [], ambient: [Capability] = [],
        unknown: [UnknownCapability] = []
    ) {
        self.bounding = bounding
        self.effective = effective
        self.inheritable = inheritable
        self.permitted = permitted
        self.ambient = ambient
        self.unknown = unknown
    }
}

package struct UnknownCapability: Sendable, Equatable {
    /// Within `capabilities`: `bounding[3]`.
    package var path: String
    package var name: String

    package init(path: String, name: String) {
        self.path = path
        self.name = name
    }
}

/// A capability; the raw value is the kernel's number (linux/capability.h).
package enum Capability: UInt8, Sendable, CaseIterable {
    case chown, dacOverride, dacReadSearch, fowner, fsetid, kill, setgid, setuid, setpcap
    case linuxImmutable, netBindService, netBroadcast, netAdmin, netRaw, ipcLock, ipcOwner
    case sysModule, sysRawio, sysChroot, sysPtrace, sysPacct, sysAdmin, sysBoot, sysNice
    case sysResource, sysTime, sysTtyConfig, mknod, lease, auditWrite, auditControl, setfcap
    case macOverride, macAdmin, syslog, wakeAlarm, blockSuspend, auditRead, perfmon, bpf
    case checkpointRestore

    /// `CAP_NET_ADMIN`.
    package var name: String { Self.names[Int(rawValue)] }

    /// From `CAP_NET_ADMIN`, in capitals as config.json writes it.
    package init?(name: String) {
        guard let number = Self.names.firstIndex(of: name) else { return nil }
        self.init(rawValue: UInt8(number))
    }

    package static let names = [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID",
        "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
        "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
        "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ",
        "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ]
}
