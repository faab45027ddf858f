// Generated from spec/proto/kubernetes/pod_sandbox.proto by spec/generate-swift.py; do not edit.

import CWire

extension CRIAPI {
    /// Whose namespace a pod's processes are in.
    public struct NamespaceMode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        /// One for the pod.
        public static let pod = NamespaceMode(rawValue: 0)
        /// One for each container.
        public static let container = NamespaceMode(rawValue: 1)
        /// The host's.
        public static let node = NamespaceMode(rawValue: 2)
        /// Another container's.
        public static let target = NamespaceMode(rawValue: 3)
        public var description: String {
            switch rawValue {
            case 0: "pod"
            case 1: "container"
            case 2: "node"
            case 3: "target"
            default: "unknown(\(rawValue))"
            }
        }
    }

    /// What a kubelet says of a pod, as far as a shim that makes its sandbox has to know it: the fields
    /// that are missing here are passed over.
    public struct PodSandboxConfig: WireMessage {
        public var hostname: String
        public var linuxConfig: CRIAPI.LinuxPodSandboxConfig?

        public init(hostname: String = "", linuxConfig: CRIAPI.LinuxPodSandboxConfig? = nil) {
            self.hostname = hostname
            self.linuxConfig = linuxConfig
        }

        public static var wireName: String { "runtime.v1.PodSandboxConfig" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct LinuxPodSandboxConfig: WireMessage {
        /// The pod's cgroup: a path, or the name of a slice.
        public var cgroupParent: String
        public var securityContext: CRIAPI.LinuxSandboxSecurityContext?
        public var sysctls: [String: String]

        public init(cgroupParent: String = "", securityContext: CRIAPI.LinuxSandboxSecurityContext? = nil, sysctls: [String: String] = [:]) {
            self.cgroupParent = cgroupParent
            self.securityContext = securityContext
            self.sysctls = sysctls
        }

        public static var wireName: String { "runtime.v1.LinuxPodSandboxConfig" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct LinuxSandboxSecurityContext: WireMessage {
        public var namespaceOptions: CRIAPI.NamespaceOption?
        public var selinuxOptions: CRIAPI.SELinuxOption?
        public var runAsUser: Int64Value?
        public var runAsGroup: Int64Value?

        public init(namespaceOptions: CRIAPI.NamespaceOption? = nil, selinuxOptions: CRIAPI.SELinuxOption? = nil, runAsUser: Int64Value? = nil, runAsGroup: Int64Value? = nil) {
            self.namespaceOptions = namespaceOptions
            self.selinuxOptions = selinuxOptions
            self.runAsUser = runAsUser
            self.runAsGroup = runAsGroup
        }

        public static var wireName: String { "runtime.v1.LinuxSandboxSecurityContext" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct SELinuxOption: WireMessage {
        public var user: String
        public var role: String
        public var type: String
        public var level: String

        public init(user: String = "", role: String = "", type: String = "", level: String = "") {
            self.user = user
            self.role = role
            self.type = type
            self.level = level
        }

        public static var wireName: String { "runtime.v1.SELinuxOption" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct NamespaceOption: WireMessage {
        public var network: CRIAPI.NamespaceMode
        public var pid: CRIAPI.NamespaceMode
        public var ipc: CRIAPI.NamespaceMode
        public var usernsOptions: CRIAPI.UserNamespace?

        public init(network: CRIAPI.NamespaceMode = CRIAPI.NamespaceMode(rawValue: 0), pid: CRIAPI.NamespaceMode = CRIAPI.NamespaceMode(rawValue: 0), ipc: CRIAPI.NamespaceMode = CRIAPI.NamespaceMode(rawValue: 0), usernsOptions: CRIAPI.UserNamespace? = nil) {
            self.network = network
            self.pid = pid
            self.ipc = ipc
            self.usernsOptions = usernsOptions
        }

        public static var wireName: String { "runtime.v1.NamespaceOption" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct UserNamespace: WireMessage {
        public var mode: CRIAPI.NamespaceMode
        public var uids: [CRIAPI.IDMapping]
        public var gids: [CRIAPI.IDMapping]

        public init(mode: CRIAPI.NamespaceMode = CRIAPI.NamespaceMode(rawValue: 0), uids: [CRIAPI.IDMapping] = [], gids: [CRIAPI.IDMapping] = []) {
            self.mode = mode
            self.uids = uids
            self.gids = gids
        }

        public static var wireName: String { "runtime.v1.UserNamespace" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct IDMapping: WireMessage {
        public var hostID: UInt32
        public var containerID: UInt32
        public var length: UInt32

        public init(hostID: UInt32 = 0, containerID: UInt32 = 0, length: UInt32 = 0) {
            self.hostID = hostID
            self.containerID = containerID
            self.length = length
        }

        public static var wireName: String { "runtime.v1.IDMapping" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension CRIAPI.PodSandboxConfig: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__PodSandboxConfig>) { unsafe runtime__v1__pod_sandbox_config__init(c) }
    init(reading c: borrowing Runtime__V1__PodSandboxConfig) {
        self.hostname = unsafe readString(c.hostname)
        self.linuxConfig = unsafe readMessage(c.linux_config, CRIAPI.LinuxPodSandboxConfig.self)
    }
    func write(to c: inout Runtime__V1__PodSandboxConfig, in arena: Arena) {
        unsafe c.hostname = arena.string(self.hostname)
        unsafe c.linux_config = arena.message(self.linuxConfig)
    }
}

extension CRIAPI.LinuxPodSandboxConfig: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__LinuxPodSandboxConfig>) { unsafe runtime__v1__linux_pod_sandbox_config__init(c) }
    init(reading c: borrowing Runtime__V1__LinuxPodSandboxConfig) {
        self.cgroupParent = unsafe readString(c.cgroup_parent)
        self.securityContext = unsafe readMessage(c.security_context, CRIAPI.LinuxSandboxSecurityContext.self)
        self.sysctls = unsafe readMap(c.sysctls, c.n_sysctls) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Runtime__V1__LinuxPodSandboxConfig, in arena: Arena) {
        unsafe c.cgroup_parent = arena.string(self.cgroupParent)
        unsafe c.security_context = arena.message(self.securityContext)
        unsafe c.sysctls = arena.map(self.sysctls, runtime__v1__linux_pod_sandbox_config__sysctls_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_sysctls = self.sysctls.count
    }
}

extension CRIAPI.LinuxSandboxSecurityContext: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__LinuxSandboxSecurityContext>) { unsafe runtime__v1__linux_sandbox_security_context__init(c) }
    init(reading c: borrowing Runtime__V1__LinuxSandboxSecurityContext) {
        self.namespaceOptions = unsafe readMessage(c.namespace_options, CRIAPI.NamespaceOption.self)
        self.selinuxOptions = unsafe readMessage(c.selinux_options, CRIAPI.SELinuxOption.self)
        self.runAsUser = unsafe readMessage(c.run_as_user, Int64Value.self)
        self.runAsGroup = unsafe readMessage(c.run_as_group, Int64Value.self)
    }
    func write(to c: inout Runtime__V1__LinuxSandboxSecurityContext, in arena: Arena) {
        unsafe c.namespace_options = arena.message(self.namespaceOptions)
        unsafe c.selinux_options = arena.message(self.selinuxOptions)
        unsafe c.run_as_user = arena.message(self.runAsUser)
        unsafe c.run_as_group = arena.message(self.runAsGroup)
    }
}

extension CRIAPI.SELinuxOption: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__SELinuxOption>) { unsafe runtime__v1__selinux_option__init(c) }
    init(reading c: borrowing Runtime__V1__SELinuxOption) {
        self.user = unsafe readString(c.user)
        self.role = unsafe readString(c.role)
        self.type = unsafe readString(c.type)
        self.level = unsafe readString(c.level)
    }
    func write(to c: inout Runtime__V1__SELinuxOption, in arena: Arena) {
        unsafe c.user = arena.string(self.user)
        unsafe c.role = arena.string(self.role)
        unsafe c.type = arena.string(self.type)
        unsafe c.level = arena.string(self.level)
    }
}

extension CRIAPI.NamespaceOption: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__NamespaceOption>) { unsafe runtime__v1__namespace_option__init(c) }
    init(reading c: borrowing Runtime__V1__NamespaceOption) {
        self.network = CRIAPI.NamespaceMode(rawValue: Int32(bitPattern: unsafe c.network.rawValue))
        self.pid = CRIAPI.NamespaceMode(rawValue: Int32(bitPattern: unsafe c.pid.rawValue))
        self.ipc = CRIAPI.NamespaceMode(rawValue: Int32(bitPattern: unsafe c.ipc.rawValue))
        self.usernsOptions = unsafe readMessage(c.userns_options, CRIAPI.UserNamespace.self)
    }
    func write(to c: inout Runtime__V1__NamespaceOption, in arena: Arena) {
        unsafe c.network = Runtime__V1__NamespaceMode(rawValue: UInt32(bitPattern: self.network.rawValue))
        unsafe c.pid = Runtime__V1__NamespaceMode(rawValue: UInt32(bitPattern: self.pid.rawValue))
        unsafe c.ipc = Runtime__V1__NamespaceMode(rawValue: UInt32(bitPattern: self.ipc.rawValue))
        unsafe c.userns_options = arena.message(self.usernsOptions)
    }
}

extension CRIAPI.UserNamespace: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__UserNamespace>) { unsafe runtime__v1__user_namespace__init(c) }
    init(reading c: borrowing Runtime__V1__UserNamespace) {
        self.mode = CRIAPI.NamespaceMode(rawValue: Int32(bitPattern: unsafe c.mode.rawValue))
        self.uids = unsafe readArray(c.uids, c.n_uids, CRIAPI.IDMapping.self)
        self.gids = unsafe readArray(c.gids, c.n_gids, CRIAPI.IDMapping.self)
    }
    func write(to c: inout Runtime__V1__UserNamespace, in arena: Arena) {
        unsafe c.mode = Runtime__V1__NamespaceMode(rawValue: UInt32(bitPattern: self.mode.rawValue))
        unsafe c.uids = arena.array(self.uids)
        unsafe c.n_uids = self.uids.count
        unsafe c.gids = arena.array(self.gids)
        unsafe c.n_gids = self.gids.count
    }
}

extension CRIAPI.IDMapping: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Runtime__V1__IDMapping>) { unsafe runtime__v1__idmapping__init(c) }
    init(reading c: borrowing Runtime__V1__IDMapping) {
        self.hostID = unsafe c.host_id
        self.containerID = unsafe c.container_id
        self.length = unsafe c.length
    }
    func write(to c: inout Runtime__V1__IDMapping, in arena: Arena) {
        unsafe c.host_id = self.hostID
        unsafe c.container_id = self.containerID
        unsafe c.length = self.length
    }
}
