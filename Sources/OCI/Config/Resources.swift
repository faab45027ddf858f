/// Limits of a container, in cgroup v1 terms whatever the machine has (config-linux.md).
package struct Resources: Sendable, Equatable {
    package var devices: [DeviceRule]
    package var memory: Memory?
    package var cpu: CPU?
    package var pids: Pids?
    package var blockIO: BlockIO?
    package var hugepageLimits: [HugepageLimit]
    package var network: Network?
    /// By device name: `mlx5_1`.
    package var rdma: [String: Rdma]
    /// cgroup v2 files and what is written there, as they are.
    package var unified: [String: String]

    package init(
        devices: [DeviceRule] = [], memory: Memory? = nil, cpu: CPU? = nil, pids: Pids? = nil,
        blockIO: BlockIO? = nil, hugepageLimits: [HugepageLimit] = [], network: Network? = nil,
        rdma: [String: Rdma] = [:], unified: [String: String] = [:]
    ) {
        self.devices = devices
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
        self.blockIO = blockIO
        self.hugepageLimits = hugepageLimits
        self.network = network
        self.rdma = rdma
        self.unified = unified
    }

    /// A line of the device allow list; later lines win.
    package struct DeviceRule: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable {
            case all = "a"
            case character = "c"
            case block = "b"
        }

        package var allow: Bool
        package var kind: Kind
        /// nil is every number.
        package var major: Int64?
        package var minor: Int64?
        /// Letters of `rwm`.
        package var access: String

        package init(
            allow: Bool, kind: Kind = .all, major: Int64? = nil, minor: Int64? = nil,
            access: String = "rwm"
        ) {
            self.allow = allow
            self.kind = kind
            self.major = major
            self.minor = minor
            self.access = access
        }
    }

    /// Bytes; -1 is no limit.
    package struct Memory: Sendable, Equatable {
        package var limit: Int64?
        package var reservation: Int64?
        /// Memory and swap together.
        package var swap: Int64?
        package var kernel: Int64?
        package var kernelTCP: Int64?
        package var swappiness: UInt64?
        package var disableOOMKiller: Bool?
        package var useHierarchy: Bool?
        package var checkBeforeUpdate: Bool?

        package init(
            limit: Int64? = nil, reservation: Int64? = nil, swap: Int64? = nil,
            kernel: Int64? = nil, kernelTCP: Int64? = nil, swappiness: UInt64? = nil,
            disableOOMKiller: Bool? = nil, useHierarchy: Bool? = nil,
            checkBeforeUpdate: Bool? = nil
        ) {
            self.limit = limit
            self.reservation = reservation
            self.swap = swap
            self.kernel = kernel
            self.kernelTCP = kernelTCP
            self.swappiness = swappiness
            self.disableOOMKiller = disableOOMKiller
            self.useHierarchy = useHierarchy
            self.checkBeforeUpdate = checkBeforeUpdate
        }
    }

    /// Times are microseconds.
    package struct CPU: Sendable, Equatable {
        package var shares: UInt64?
        package var quota: Int64?
        package var burst: UInt64?
        package var period: UInt64?
        package var realtimeRuntime: Int64?
        package var realtimePeriod: UInt64?
        /// cpuset(7) list.
        package var cpus: String?
        package var mems: String?
        package var idle: Int64?

        package init(
            shares: UInt64? = nil, quota: Int64? = nil, burst: UInt64? = nil,
            period: UInt64? = nil, realtimeRuntime: Int64? = nil, realtimePeriod: UInt64? = nil,
            cpus: String? = nil, mems: String? = nil, idle: Int64? = nil
        ) {
            self.shares = shares
            self.quota = quota
            self.burst = burst
            self.period = period
            self.realtimeRuntime = realtimeRuntime
            self.realtimePeriod = realtimePeriod
            self.cpus = cpus
            self.mems = mems
            self.idle = idle
        }
    }

    package struct Pids: Sendable, Equatable {
        /// -1 is no limit, 0 is a limit; nil asks for nothing.
        package var limit: Int64?

        package init(limit: Int64?) { self.limit = limit }
    }

    package struct BlockIO: Sendable, Equatable {
        package struct WeightDevice: Sendable, Equatable {
            package var major: Int64
            package var minor: Int64
            package var weight: UInt16?
            package var leafWeight: UInt16?

            package init(
                major: Int64, minor: Int64, weight: UInt16? = nil, leafWeight: UInt16? = nil
            ) {
                self.major = major
                self.minor = minor
                self.weight = weight
                self.leafWeight = leafWeight
            }
        }

        /// Bytes or operations in a second.
        package struct ThrottleDevice: Sendable, Equatable {
            package var major: Int64
            package var minor: Int64
            package var rate: UInt64

            package init(major: Int64, minor: Int64, rate: UInt64) {
                self.major = major
                self.minor = minor
                self.rate = rate
            }
        }

        package var weight: UInt16?
        package var leafWeight: UInt16?
        package var weightDevice: [WeightDevice]
        package var throttleReadBpsDevice: [ThrottleDevice]
        package var throttleWriteBpsDevice: [ThrottleDevice]
        package var throttleReadIOPSDevice: [ThrottleDevice]
        package var throttleWriteIOPSDevice: [ThrottleDevice]

        package init(
            weight: UInt16? = nil, leafWeight: UInt16? = nil, weightDevice: [WeightDevice] = [],
            throttleReadBpsDevice: [ThrottleDevice] = [],
            throttleWriteBpsDevice: [ThrottleDevice] = [],
            throttleReadIOPSDevice: [ThrottleDevice] = [],
            throttleWriteIOPSDevice: [ThrottleDevice] = []
        ) {
            self.weight = weight
            self.leafWeight = leafWeight
            self.weightDevice = weightDevice
            self.throttleReadBpsDevice = throttleReadBpsDevice
            self.throttleWriteBpsDevice = throttleWriteBpsDevice
            self.throttleReadIOPSDevice = throttleReadIOPSDevice
            self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
        }
    }

    package struct HugepageLimit: Sendable, Equatable {
        /// `2MB`.
        package var pageSize: String
        package var limit: UInt64

        package init(pageSize: String, limit: UInt64) {
            self.pageSize = pageSize
            self.limit = limit
        }
    }

    package struct Network: Sendable, Equatable {
        package struct Priority: Sendable, Equatable {
            package var name: String
            package var priority: UInt32

            package init(name: String, priority: UInt32) {
                self.name = name
                self.priority = priority
            }
        }

        package var classID: UInt32?
        package var priorities: [Priority]

        package init(classID: UInt32? = nil, priorities: [Priority] = []) {
            self.classID = classID
            self.priorities = priorities
        }
    }

    package struct Rdma: Sendable, Equatable {
        package var hcaHandles: UInt32?
        package var hcaObjects: UInt32?

        package init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
            self.hcaHandles = hcaHandles
            self.hcaObjects = hcaObjects
        }
    }
}
