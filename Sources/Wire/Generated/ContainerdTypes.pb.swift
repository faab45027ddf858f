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
