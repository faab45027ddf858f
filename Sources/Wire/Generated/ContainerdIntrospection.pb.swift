// Generated from spec/proto/containerd/introspection.proto by spec/generate-swift.py; do not edit.

import CWire

extension TaskAPI {
    /// What a shim says of itself when it is called with -info.
    public struct RuntimeInfo: WireMessage {
        /// As a manager names it: io.containerd.apus.v2
        public var name: String
        public var version: TaskAPI.RuntimeVersion?
        /// The options that were given on standard input.
        public var options: AnyMessage?
        /// The OCI runtime's answer to `features`, as JSON.
        public var features: AnyMessage?
        public var annotations: [String: String]

        public init(name: String = "", version: TaskAPI.RuntimeVersion? = nil, options: AnyMessage? = nil, features: AnyMessage? = nil, annotations: [String: String] = [:]) {
            self.name = name
            self.version = version
            self.options = options
            self.features = features
            self.annotations = annotations
        }

        public static var wireName: String { "containerd.types.RuntimeInfo" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct RuntimeVersion: WireMessage {
        public var version: String
        public var revision: String

        public init(version: String = "", revision: String = "") {
            self.version = version
            self.revision = revision
        }

        public static var wireName: String { "containerd.types.RuntimeVersion" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension TaskAPI.RuntimeInfo: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Types__RuntimeInfo>) { unsafe containerd__types__runtime_info__init(c) }
    init(reading c: borrowing Containerd__Types__RuntimeInfo) {
        self.name = unsafe readString(c.name)
        self.version = unsafe readMessage(c.version, TaskAPI.RuntimeVersion.self)
        self.options = unsafe readMessage(c.options, AnyMessage.self)
        self.features = unsafe readMessage(c.features, AnyMessage.self)
        self.annotations = unsafe readMap(c.annotations, c.n_annotations) { unsafe ($0.key, $0.value) }
    }
    func write(to c: inout Containerd__Types__RuntimeInfo, in arena: Arena) {
        unsafe c.name = arena.string(self.name)
        unsafe c.version = arena.message(self.version)
        unsafe c.options = arena.message(self.options)
        unsafe c.features = arena.message(self.features)
        unsafe c.annotations = arena.map(self.annotations, containerd__types__runtime_info__annotations_entry__init) {
            unsafe $0.pointee.key = $1
            unsafe $0.pointee.value = $2
        }
        unsafe c.n_annotations = self.annotations.count
    }
}

extension TaskAPI.RuntimeVersion: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Types__RuntimeVersion>) { unsafe containerd__types__runtime_version__init(c) }
    init(reading c: borrowing Containerd__Types__RuntimeVersion) {
        self.version = unsafe readString(c.version)
        self.revision = unsafe readString(c.revision)
    }
    func write(to c: inout Containerd__Types__RuntimeVersion, in arena: Arena) {
        unsafe c.version = arena.string(self.version)
        unsafe c.revision = arena.string(self.revision)
    }
}
