/// The `linux` section of config.json (config-linux.md).
package struct LinuxSection: Sendable, Equatable {
    package var namespaces: [Namespace]
    package var uidMappings: [IDMapping]
    package var gidMappings: [IDMapping]
    package var timeOffsets: TimeOffsets
    package var devices: [Device]
    /// Host interface name to what becomes of it in the container's network namespace.
    package var netDevices: [String: NetDevice]
    package var cgroupsPath: String?
    package var resources: Resources?
    package var rootfsPropagation: RootfsPropagation?
    package var seccomp: Seccomp?
    package var sysctl: [String: String]
    package var maskedPaths: [String]
    package var readonlyPaths: [String]
    package var mountLabel: String?
    package var personality: Personality?
    package var intelRdt: IntelRdt?
    package var memoryPolicy: MemoryPolicy?

    package init(
        namespaces: [Namespace] = [], uidMappings: [IDMapping] = [],
        gidMappings: [IDMapping] = [], timeOffsets: TimeOffsets = TimeOffsets(),
        devices: [Device] = [], netDevices: [String: NetDevice] = [:],
        cgroupsPath: String? = nil, resources: Resources? = nil,
        rootfsPropagation: RootfsPropagation? = nil, seccomp: Seccomp? = nil,
        sysctl: [String: String] = [:], maskedPaths: [String] = [],
        readonlyPaths: [String] = [], mountLabel: String? = nil,
        personality: Personality? = nil, intelRdt: IntelRdt? = nil,
        memoryPolicy: MemoryPolicy? = nil
    ) {
        self.namespaces = namespaces
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
        self.timeOffsets = timeOffsets
        self.devices = devices
        self.netDevices = netDevices
        self.cgroupsPath = cgroupsPath
        self.resources = resources
        self.rootfsPropagation = rootfsPropagation
        self.seccomp = seccomp
        self.sysctl = sysctl
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.mountLabel = mountLabel
        self.personality = personality
        self.intelRdt = intelRdt
        self.memoryPolicy = memoryPolicy
    }

    /// The entry of a kind; nil means that the container inherits the runtime's.
    package func namespace(_ kind: NamespaceKind) -> Namespace? {
        namespaces.first { $0.kind == kind }
    }

    /// The container gets a new one: it neither inherits the runtime's nor joins another's.
    package func makes(_ kind: NamespaceKind) -> Bool {
        namespace(kind).map { $0.path?.isEmpty != false } ?? false
    }
}

/// namespaces(7).
package enum NamespaceKind: String, Sendable, CaseIterable {
    case mount, pid, network, ipc, uts, user, cgroup, time
}

package struct Namespace: Sendable, Equatable {
    package var kind: NamespaceKind
    /// An existing namespace to join; nil makes a new one.
    package var path: String?

    package init(_ kind: NamespaceKind, path: String? = nil) {
        self.kind = kind
        self.path = path
    }
}

/// A line of uid_map (user_namespaces(7)).
package struct IDMapping: Sendable, Equatable {
    package var containerID: UInt32
    package var hostID: UInt32
    package var size: UInt32

    package init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }
}

/// time_namespaces(7): offsets of the two clocks in a new time namespace.
package struct TimeOffsets: Sendable, Equatable {
    package struct Offset: Sendable, Equatable {
        package var seconds: Int64
        package var nanoseconds: UInt32

        package init(seconds: Int64 = 0, nanoseconds: UInt32 = 0) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }
    }

    package var monotonic: Offset?
    package var boottime: Offset?

    package init(monotonic: Offset? = nil, boottime: Offset? = nil) {
        self.monotonic = monotonic
        self.boottime = boottime
    }

    package var isEmpty: Bool { monotonic == nil && boottime == nil }
}

/// A device node to make in the container.
package struct Device: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case character = "c"
        case block = "b"
        /// Unbuffered character device; mknod(2) knows it as a character device.
        case unbuffered = "u"
        case fifo = "p"
    }

    package var kind: Kind
    package var path: String
    package var major: Int64
    package var minor: Int64
    package var fileMode: UInt32?
    package var uid: UInt32?
    package var gid: UInt32?

    package init(
        _ kind: Kind, path: String, major: Int64 = 0, minor: Int64 = 0, fileMode: UInt32? = nil,
        uid: UInt32? = nil, gid: UInt32? = nil
    ) {
        self.kind = kind
        self.path = path
        self.major = major
        self.minor = minor
        self.fileMode = fileMode
        self.uid = uid
        self.gid = gid
    }
}

package struct NetDevice: Sendable, Equatable {
    /// The name in the container; nil keeps it. `%d` lets the kernel choose a number.
    package var name: String?

    package init(name: String? = nil) { self.name = name }
}

/// How mounts of the root propagate (mount_namespaces(7)).
package enum RootfsPropagation: String, Sendable, CaseIterable {
    case shared, slave, `private`, unbindable
    case rshared, rslave, rprivate, runbindable
}

/// personality(2).
package struct Personality: Sendable, Equatable {
    package enum Domain: String, Sendable, CaseIterable {
        case linux = "LINUX"
        case linux32 = "LINUX32"
    }

    package var domain: Domain
    package var flags: [String]

    package init(domain: Domain, flags: [String] = []) {
        self.domain = domain
        self.flags = flags
    }
}

/// resctrl: cache and memory bandwidth shares.
package struct IntelRdt: Sendable, Equatable {
    package var closID: String?
    package var schemata: [String]
    package var l3CacheSchema: String?
    package var memBwSchema: String?
    package var enableMonitoring: Bool

    package init(
        closID: String? = nil, schemata: [String] = [], l3CacheSchema: String? = nil,
        memBwSchema: String? = nil, enableMonitoring: Bool = false
    ) {
        self.closID = closID
        self.schemata = schemata
        self.l3CacheSchema = l3CacheSchema
        self.memBwSchema = memBwSchema
        self.enableMonitoring = enableMonitoring
    }
}

/// set_mempolicy(2).
package struct MemoryPolicy: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        case `default` = "MPOL_DEFAULT"
        case bind = "MPOL_BIND"
        case interleave = "MPOL_INTERLEAVE"
        case weightedInterleave = "MPOL_WEIGHTED_INTERLEAVE"
        case preferred = "MPOL_PREFERRED"
        case preferredMany = "MPOL_PREFERRED_MANY"
        case local = "MPOL_LOCAL"
    }

    package enum Flag: String, Sendable, CaseIterable {
        case numaBalancing = "MPOL_F_NUMA_BALANCING"
        case relativeNodes = "MPOL_F_RELATIVE_NODES"
        case staticNodes = "MPOL_F_STATIC_NODES"
    }

    package var mode: Mode
    /// As cpuset(7) lists: `0-1,3`.
    package var nodes: String
    package var flags: [Flag]

    package init(mode: Mode, nodes: String = "", flags: [Flag] = []) {
        self.mode = mode
        self.nodes = nodes
        self.flags = flags
    }
}
