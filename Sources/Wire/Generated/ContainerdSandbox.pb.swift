// Generated from spec/proto/containerd/sandbox.proto by spec/generate-swift.py; do not edit.

import CWire

extension SandboxAPI {
    public struct CreateSandboxRequest: WireMessage {
        public var sandboxID: String
        /// Where `start` was executed. Its config.json is the sandbox's; where there is none, one is made
        /// from the options.
        public var bundlePath: String
        /// Mounted in this order below bundle_path/rootfs.
        public var rootfs: [TaskAPI.Mount]
        /// A runtime.v1.PodSandboxConfig, or nothing.
        public var options: AnyMessage?
        /// The network namespace, made by the caller; empty for the host's or, where the options ask for
        /// one, a new one.
        public var netnsPath: String
        /// For the annotations of the config.json that is made.
        public var annotations: [String: String]

        public init(sandboxID: String = "", bundlePath: String = "", rootfs: [TaskAPI.Mount] = [], options: AnyMessage? = nil, netnsPath: String = "", annotations: [String: String] = [:]) {
            self.sandboxID = sandboxID
            self.bundlePath = bundlePath
            self.rootfs = rootfs
            self.options = options
            self.netnsPath = netnsPath
            self.annotations = annotations
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.CreateSandboxRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct CreateSandboxResponse: WireMessage {

        public init() {
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.CreateSandboxResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StartSandboxRequest: WireMessage {
        public var sandboxID: String

        public init(sandboxID: String = "") {
            self.sandboxID = sandboxID
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.StartSandboxRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StartSandboxResponse: WireMessage {
        /// Of the process whose namespaces the containers join.
        public var pid: UInt32
        public var createdAt: Timestamp?
        /// Changes to the specifications of containers that the sandbox wants; this shim wants none.
        public var spec: AnyMessage?

        public init(pid: UInt32 = 0, createdAt: Timestamp? = nil, spec: AnyMessage? = nil) {
            self.pid = pid
            self.createdAt = createdAt
            self.spec = spec
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.StartSandboxResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PlatformRequest: WireMessage {
        public var sandboxID: String

        public init(sandboxID: String = "") {
            self.sandboxID = sandboxID
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.PlatformRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PlatformResponse: WireMessage {
        public var platform: TaskAPI.Platform?

        public init(platform: TaskAPI.Platform? = nil) {
            self.platform = platform
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.PlatformResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StopSandboxRequest: WireMessage {
        public var sandboxID: String
        /// How long the process may take to end by itself; 0 kills it at once.
        public var timeoutSecs: UInt32

        public init(sandboxID: String = "", timeoutSecs: UInt32 = 0) {
            self.sandboxID = sandboxID
            self.timeoutSecs = timeoutSecs
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.StopSandboxRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct StopSandboxResponse: WireMessage {

        public init() {
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.StopSandboxResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WaitSandboxRequest: WireMessage {
        public var sandboxID: String

        public init(sandboxID: String = "") {
            self.sandboxID = sandboxID
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.WaitSandboxRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WaitSandboxResponse: WireMessage {
        /// The exit code, or 128 and the signal.
        public var exitStatus: UInt32
        public var exitedAt: Timestamp?

        public init(exitStatus: UInt32 = 0, exitedAt: Timestamp? = nil) {
            self.exitStatus = exitStatus
            self.exitedAt = exitedAt
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.WaitSandboxResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct SandboxStatusRequest: WireMessage {
        public var sandboxID: String
        /// Asks for `info`.
        public var verbose: Bool

        public init(sandboxID: String = "", verbose: Bool = false) {
            self.sandboxID = sandboxID
            self.verbose = verbose
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.SandboxStatusRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct SandboxStatusResponse: WireMessage {
        public var sandboxID: String
        public var pid: UInt32
        /// SANDBOX_READY while its process runs, SANDBOX_NOTREADY before and after.
        public var state: String
        public var info: [String: String]
        public var createdAt: Timestamp?
        public var exitedAt: Timestamp?
        public var extra: AnyMessage?

        public init(sandboxID: String = "", pid: UInt32 = 0, state: String = "", info: [String: String] = [:], createdAt: Timestamp? = nil, exitedAt: Timestamp? = nil, extra: AnyMessage? = nil) {
            self.sandboxID = sandboxID
            self.pid = pid
            self.state = state
            self.info = info
            self.createdAt = createdAt
            self.exitedAt = exitedAt
            self.extra = extra
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.SandboxStatusResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PingRequest: WireMessage {
        public var sandboxID: String

        public init(sandboxID: String = "") {
            self.sandboxID = sandboxID
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.PingRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct PingResponse: WireMessage {

        public init() {
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.PingResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ShutdownSandboxRequest: WireMessage {
        public var sandboxID: String

        public init(sandboxID: String = "") {
            self.sandboxID = sandboxID
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.ShutdownSandboxRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct ShutdownSandboxResponse: WireMessage {

        public init() {
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.ShutdownSandboxResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct SandboxMetricsRequest: WireMessage {
        public var sandboxID: String

        public init(sandboxID: String = "") {
            self.sandboxID = sandboxID
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.SandboxMetricsRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct SandboxMetricsResponse: WireMessage {
        public var metrics: TaskAPI.Metric?

        public init(metrics: TaskAPI.Metric? = nil) {
            self.metrics = metrics
        }

        public static var wireName: String { "containerd.runtime.sandbox.v1.SandboxMetricsResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// A sandbox is what the containers of a pod have in common: namespaces, a cgroup, and the life of
    /// the shim. The first process of its own keeps them; the containers are made by Task/Create on the
    /// same socket, and join it by what their config.json says.
    public enum SandboxService {
        public static let name = "containerd.runtime.sandbox.v1.Sandbox"
        /// Makes it, up to the point where its process could start. The first call after `start`.
        public static let createSandbox = UnaryMethod<SandboxAPI.CreateSandboxRequest, SandboxAPI.CreateSandboxResponse>(service: name, name: "CreateSandbox")
        public static let startSandbox = UnaryMethod<SandboxAPI.StartSandboxRequest, SandboxAPI.StartSandboxResponse>(service: name, name: "StartSandbox")
        /// For what the specifications of its containers are to be written.
        public static let platform = UnaryMethod<SandboxAPI.PlatformRequest, SandboxAPI.PlatformResponse>(service: name, name: "Platform")
        /// Ends its containers and its process. One that has ended is none to complain of.
        public static let stopSandbox = UnaryMethod<SandboxAPI.StopSandboxRequest, SandboxAPI.StopSandboxResponse>(service: name, name: "StopSandbox")
        /// Answers when its process has ended.
        public static let waitSandbox = UnaryMethod<SandboxAPI.WaitSandboxRequest, SandboxAPI.WaitSandboxResponse>(service: name, name: "WaitSandbox")
        public static let sandboxStatus = UnaryMethod<SandboxAPI.SandboxStatusRequest, SandboxAPI.SandboxStatusResponse>(service: name, name: "SandboxStatus")
        public static let pingSandbox = UnaryMethod<SandboxAPI.PingRequest, SandboxAPI.PingResponse>(service: name, name: "PingSandbox")
        /// Ends and removes everything, and then the shim.
        public static let shutdownSandbox = UnaryMethod<SandboxAPI.ShutdownSandboxRequest, SandboxAPI.ShutdownSandboxResponse>(service: name, name: "ShutdownSandbox")
        public static let sandboxMetrics = UnaryMethod<SandboxAPI.SandboxMetricsRequest, SandboxAPI.SandboxMetricsResponse>(service: name, name: "SandboxMetrics")
    }

}

extension SandboxAPI.CreateSandboxRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__CreateSandboxRequest>) { unsafe containerd__runtime__sandbox__v1__create_sandbox_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__CreateSandboxRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
        self.bundlePath = unsafe readString(c.bundle_path)
        self.rootfs = unsafe readArray(c.rootfs, c.n_rootfs, TaskAPI.Mount.self)
        self.options = unsafe readMessage(c.options, AnyMessage.self)
        self.netnsPath = unsafe readString(c.netns_path)
        self.annotations = unsafe readMap(c.annotations, c.n_annotations) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__CreateSandboxRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
        unsafe c.bundle_path = arena.string(self.bundlePath)
        unsafe c.rootfs = arena.array(self.rootfs)
        unsafe c.n_rootfs = self.rootfs.count
        unsafe c.options = arena.message(self.options)
        unsafe c.netns_path = arena.string(self.netnsPath)
        unsafe c.annotations = arena.map(self.annotations, containerd__runtime__sandbox__v1__create_sandbox_request__annotations_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_annotations = self.annotations.count
    }
}

extension SandboxAPI.CreateSandboxResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__CreateSandboxResponse>) { unsafe containerd__runtime__sandbox__v1__create_sandbox_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__CreateSandboxResponse) {
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__CreateSandboxResponse, in arena: Arena) {
    }
}

extension SandboxAPI.StartSandboxRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__StartSandboxRequest>) { unsafe containerd__runtime__sandbox__v1__start_sandbox_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__StartSandboxRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__StartSandboxRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
    }
}

extension SandboxAPI.StartSandboxResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__StartSandboxResponse>) { unsafe containerd__runtime__sandbox__v1__start_sandbox_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__StartSandboxResponse) {
        self.pid = unsafe c.pid
        self.createdAt = unsafe readMessage(c.created_at, Timestamp.self)
        self.spec = unsafe readMessage(c.spec, AnyMessage.self)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__StartSandboxResponse, in arena: Arena) {
        unsafe c.pid = self.pid
        unsafe c.created_at = arena.message(self.createdAt)
        unsafe c.spec = arena.message(self.spec)
    }
}

extension SandboxAPI.PlatformRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__PlatformRequest>) { unsafe containerd__runtime__sandbox__v1__platform_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__PlatformRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__PlatformRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
    }
}

extension SandboxAPI.PlatformResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__PlatformResponse>) { unsafe containerd__runtime__sandbox__v1__platform_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__PlatformResponse) {
        self.platform = unsafe readMessage(c.platform, TaskAPI.Platform.self)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__PlatformResponse, in arena: Arena) {
        unsafe c.platform = arena.message(self.platform)
    }
}

extension SandboxAPI.StopSandboxRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__StopSandboxRequest>) { unsafe containerd__runtime__sandbox__v1__stop_sandbox_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__StopSandboxRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
        self.timeoutSecs = unsafe c.timeout_secs
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__StopSandboxRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
        unsafe c.timeout_secs = self.timeoutSecs
    }
}

extension SandboxAPI.StopSandboxResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__StopSandboxResponse>) { unsafe containerd__runtime__sandbox__v1__stop_sandbox_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__StopSandboxResponse) {
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__StopSandboxResponse, in arena: Arena) {
    }
}

extension SandboxAPI.WaitSandboxRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__WaitSandboxRequest>) { unsafe containerd__runtime__sandbox__v1__wait_sandbox_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__WaitSandboxRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__WaitSandboxRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
    }
}

extension SandboxAPI.WaitSandboxResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__WaitSandboxResponse>) { unsafe containerd__runtime__sandbox__v1__wait_sandbox_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__WaitSandboxResponse) {
        self.exitStatus = unsafe c.exit_status
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__WaitSandboxResponse, in arena: Arena) {
        unsafe c.exit_status = self.exitStatus
        unsafe c.exited_at = arena.message(self.exitedAt)
    }
}

extension SandboxAPI.SandboxStatusRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__SandboxStatusRequest>) { unsafe containerd__runtime__sandbox__v1__sandbox_status_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__SandboxStatusRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
        self.verbose = unsafe c.verbose != 0
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__SandboxStatusRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
        unsafe c.verbose = self.verbose ? 1 : 0
    }
}

extension SandboxAPI.SandboxStatusResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__SandboxStatusResponse>) { unsafe containerd__runtime__sandbox__v1__sandbox_status_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__SandboxStatusResponse) {
        self.sandboxID = unsafe readString(c.sandbox_id)
        self.pid = unsafe c.pid
        self.state = unsafe readString(c.state)
        self.info = unsafe readMap(c.info, c.n_info) { unsafe ($0.key, $0.value) }
        self.createdAt = unsafe readMessage(c.created_at, Timestamp.self)
        self.exitedAt = unsafe readMessage(c.exited_at, Timestamp.self)
        self.extra = unsafe readMessage(c.extra, AnyMessage.self)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__SandboxStatusResponse, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
        unsafe c.pid = self.pid
        unsafe c.state = arena.string(self.state)
        unsafe c.info = arena.map(self.info, containerd__runtime__sandbox__v1__sandbox_status_response__info_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_info = self.info.count
        unsafe c.created_at = arena.message(self.createdAt)
        unsafe c.exited_at = arena.message(self.exitedAt)
        unsafe c.extra = arena.message(self.extra)
    }
}

extension SandboxAPI.PingRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__PingRequest>) { unsafe containerd__runtime__sandbox__v1__ping_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__PingRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__PingRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
    }
}

extension SandboxAPI.PingResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__PingResponse>) { unsafe containerd__runtime__sandbox__v1__ping_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__PingResponse) {
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__PingResponse, in arena: Arena) {
    }
}

extension SandboxAPI.ShutdownSandboxRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__ShutdownSandboxRequest>) { unsafe containerd__runtime__sandbox__v1__shutdown_sandbox_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__ShutdownSandboxRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__ShutdownSandboxRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
    }
}

extension SandboxAPI.ShutdownSandboxResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__ShutdownSandboxResponse>) { unsafe containerd__runtime__sandbox__v1__shutdown_sandbox_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__ShutdownSandboxResponse) {
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__ShutdownSandboxResponse, in arena: Arena) {
    }
}

extension SandboxAPI.SandboxMetricsRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__SandboxMetricsRequest>) { unsafe containerd__runtime__sandbox__v1__sandbox_metrics_request__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__SandboxMetricsRequest) {
        self.sandboxID = unsafe readString(c.sandbox_id)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__SandboxMetricsRequest, in arena: Arena) {
        unsafe c.sandbox_id = arena.string(self.sandboxID)
    }
}

extension SandboxAPI.SandboxMetricsResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Sandbox__V1__SandboxMetricsResponse>) { unsafe containerd__runtime__sandbox__v1__sandbox_metrics_response__init(c) }
    init(reading c: borrowing Containerd__Runtime__Sandbox__V1__SandboxMetricsResponse) {
        self.metrics = unsafe readMessage(c.metrics, TaskAPI.Metric.self)
    }
    func write(to c: inout Containerd__Runtime__Sandbox__V1__SandboxMetricsResponse, in arena: Arena) {
        unsafe c.metrics = arena.message(self.metrics)
    }
}
