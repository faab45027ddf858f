// Generated from spec/proto/containerd/types.proto by spec/generate-swift.py; do not edit.

import CWire

extension TaskAPI {
    /// One mount(2): what a snapshotter hands out, and what a shim mounts below bundle/rootfs.
    public struct Mount: WireMessage {
        /// File system type (overlay, bind, tmpfs ...).
        public var type: String
        /// Source path or device.
        public var source: String
        /// Path relative to the rootfs; empty for the rootfs itself.
        public var target: String
        /// Options in fstab's words: ro, rbind, lowerdir=...
        public var options: [String]

        public init(type: String = "", source: String = "", target: String = "", options: [String] = []) {
            self.type = type
            self.source = source
            self.target = target
            self.options = options
        }

        public static var wireName: String { "containerd.types.Mount" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// For what kind of machine a program is, in the words of the image specification.
    public struct Platform: WireMessage {
        public var os: String
        public var architecture: String
        public var variant: String
        public var osVersion: String

        public init(os: String = "", architecture: String = "", variant: String = "", osVersion: String = "") {
            self.os = os
            self.architecture = architecture
            self.variant = variant
            self.osVersion = osVersion
        }

        public static var wireName: String { "containerd.types.Platform" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What was measured of one container or sandbox.
    public struct Metric: WireMessage {
        public var timestamp: Timestamp?
        public var id: String
        /// An io.containerd.cgroups.v1.Metrics or an io.containerd.cgroups.v2.Metrics.
        public var data: AnyMessage?

        public init(timestamp: Timestamp? = nil, id: String = "", data: AnyMessage? = nil) {
            self.timestamp = timestamp
            self.id = id
            self.data = data
        }

        public static var wireName: String { "containerd.types.Metric" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension TaskAPI.Mount: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Types__Mount>) { unsafe containerd__types__mount__init(c) }
    init(reading c: borrowing Containerd__Types__Mount) {
        self.type = unsafe readString(c.type)
        self.source = unsafe readString(c.source)
        self.target = unsafe readString(c.target)
        self.options = unsafe readStrings(c.options, c.n_options)
    }
    func write(to c: inout Containerd__Types__Mount, in arena: Arena) {
        unsafe c.type = arena.string(self.type)
        unsafe c.source = arena.string(self.source)
        unsafe c.target = arena.string(self.target)
        unsafe c.options = arena.strings(self.options)
        unsafe c.n_options = self.options.count
    }
}

extension TaskAPI.Platform: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Types__Platform>) { unsafe containerd__types__platform__init(c) }
    init(reading c: borrowing Containerd__Types__Platform) {
        self.os = unsafe readString(c.os)
        self.architecture = unsafe readString(c.architecture)
        self.variant = unsafe readString(c.variant)
        self.osVersion = unsafe readString(c.os_version)
    }
    func write(to c: inout Containerd__Types__Platform, in arena: Arena) {
        unsafe c.os = arena.string(self.os)
        unsafe c.architecture = arena.string(self.architecture)
        unsafe c.variant = arena.string(self.variant)
        unsafe c.os_version = arena.string(self.osVersion)
    }
}

extension TaskAPI.Metric: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Types__Metric>) { unsafe containerd__types__metric__init(c) }
    init(reading c: borrowing Containerd__Types__Metric) {
        self.timestamp = unsafe readMessage(c.timestamp, Timestamp.self)
        self.id = unsafe readString(c.id)
        self.data = unsafe readMessage(c.data, AnyMessage.self)
    }
    func write(to c: inout Containerd__Types__Metric, in arena: Arena) {
        unsafe c.timestamp = arena.message(self.timestamp)
        unsafe c.id = arena.string(self.id)
        unsafe c.data = arena.message(self.data)
    }
}
