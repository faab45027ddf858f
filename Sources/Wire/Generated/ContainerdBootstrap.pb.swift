// Generated from spec/proto/containerd/bootstrap.proto by spec/generate-swift.py; do not edit.

import CWire

extension BootstrapAPI {
    /// What containerd 2.3 and later send to `start` on standard input; those before send the options
    /// alone.
    public struct BootstrapParams: WireMessage {
        public var instanceID: String
        public var namespace: String
        /// Go's slog: 0 is info, less is more detailed.
        public var logLevel: Int32
        public var containerdVersion: String
        public var containerdTtrpcAddress: String
        public var containerdGrpcAddress: String
        public var containerdBinary: String
        /// The runtime's options are among them.
        public var extensions: [BootstrapAPI.Extension]
        /// Where the shim makes its socket; empty: where it always does.
        public var socketDir: String

        public init(instanceID: String = "", namespace: String = "", logLevel: Int32 = 0, containerdVersion: String = "", containerdTtrpcAddress: String = "", containerdGrpcAddress: String = "", containerdBinary: String = "", extensions: [BootstrapAPI.Extension] = [], socketDir: String = "") {
            self.instanceID = instanceID
            self.namespace = namespace
            self.logLevel = logLevel
            self.containerdVersion = containerdVersion
            self.containerdTtrpcAddress = containerdTtrpcAddress
            self.containerdGrpcAddress = containerdGrpcAddress
            self.containerdBinary = containerdBinary
            self.extensions = extensions
            self.socketDir = socketDir
        }

        public static var wireName: String { "containerd.runtime.bootstrap.v1.BootstrapParams" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Extension: WireMessage {
        public var value: AnyMessage?

        public init(value: AnyMessage? = nil) {
            self.value = value
        }

        public static var wireName: String { "containerd.runtime.bootstrap.v1.Extension" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What `start` answers to them on standard output.
    public struct BootstrapResult: WireMessage {
        public var version: Int32
        public var address: String
        public var `protocol`: String

        public init(version: Int32 = 0, address: String = "", protocol: String = "") {
            self.version = version
            self.address = address
            self.protocol = `protocol`
        }

        public static var wireName: String { "containerd.runtime.bootstrap.v1.BootstrapResult" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension BootstrapAPI.BootstrapParams: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Bootstrap__V1__BootstrapParams>) { unsafe containerd__runtime__bootstrap__v1__bootstrap_params__init(c) }
    init(reading c: borrowing Containerd__Runtime__Bootstrap__V1__BootstrapParams) {
        self.instanceID = unsafe readString(c.instance_id)
        self.namespace = unsafe readString(c.namespace_)
        self.logLevel = unsafe c.log_level
        self.containerdVersion = unsafe readString(c.containerd_version)
        self.containerdTtrpcAddress = unsafe readString(c.containerd_ttrpc_address)
        self.containerdGrpcAddress = unsafe readString(c.containerd_grpc_address)
        self.containerdBinary = unsafe readString(c.containerd_binary)
        self.extensions = unsafe readArray(c.extensions, c.n_extensions, BootstrapAPI.Extension.self)
        self.socketDir = unsafe readString(c.socket_dir)
    }
    func write(to c: inout Containerd__Runtime__Bootstrap__V1__BootstrapParams, in arena: Arena) {
        unsafe c.instance_id = arena.string(self.instanceID)
        unsafe c.namespace_ = arena.string(self.namespace)
        unsafe c.log_level = self.logLevel
        unsafe c.containerd_version = arena.string(self.containerdVersion)
        unsafe c.containerd_ttrpc_address = arena.string(self.containerdTtrpcAddress)
        unsafe c.containerd_grpc_address = arena.string(self.containerdGrpcAddress)
        unsafe c.containerd_binary = arena.string(self.containerdBinary)
        unsafe c.extensions = arena.array(self.extensions)
        unsafe c.n_extensions = self.extensions.count
        unsafe c.socket_dir = arena.string(self.socketDir)
    }
}

extension BootstrapAPI.Extension: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Bootstrap__V1__Extension>) { unsafe containerd__runtime__bootstrap__v1__extension__init(c) }
    init(reading c: borrowing Containerd__Runtime__Bootstrap__V1__Extension) {
        self.value = unsafe readMessage(c.value, AnyMessage.self)
    }
    func write(to c: inout Containerd__Runtime__Bootstrap__V1__Extension, in arena: Arena) {
        unsafe c.value = arena.message(self.value)
    }
}

extension BootstrapAPI.BootstrapResult: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Runtime__Bootstrap__V1__BootstrapResult>) { unsafe containerd__runtime__bootstrap__v1__bootstrap_result__init(c) }
    init(reading c: borrowing Containerd__Runtime__Bootstrap__V1__BootstrapResult) {
        self.version = unsafe c.version
        self.address = unsafe readString(c.address)
        self.protocol = unsafe readString(c.protocol)
    }
    func write(to c: inout Containerd__Runtime__Bootstrap__V1__BootstrapResult, in arena: Arena) {
        unsafe c.version = self.version
        unsafe c.address = arena.string(self.address)
        unsafe c.protocol = arena.string(self.protocol)
    }
}
