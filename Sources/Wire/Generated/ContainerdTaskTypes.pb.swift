// Generated from spec/proto/containerd/task_types.proto by spec/generate-swift.py; do not edit.

import CWire

extension TaskAPI {
    /// The state of a process.
    public struct Status: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let unknown = Status(rawValue: 0)
        public static let created = Status(rawValue: 1)
        public static let running = Status(rawValue: 2)
        public static let stopped = Status(rawValue: 3)
        public static let paused = Status(rawValue: 4)
        public static let pausing = Status(rawValue: 5)
        public var description: String {
            switch rawValue {
            case 0: "unknown"
            case 1: "created"
            case 2: "running"
            case 3: "stopped"
            case 4: "paused"
            case 5: "pausing"
            default: "unknown(\(rawValue))"
            }
        }
    }

    public struct ProcessInfo: WireMessage {
        /// Pid in the shim's pid namespace.
        public var pid: UInt32
        /// A containerd.runc.v1.ProcessDetails where the process is one that was started by Exec.
        public var info: AnyMessage?

        public init(pid: UInt32 = 0, info: AnyMessage? = nil) {
            self.pid = pid
            self.info = info
        }

        public static var wireName: String { "containerd.v1.types.ProcessInfo" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension TaskAPI.ProcessInfo: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__V1__Types__ProcessInfo>) { unsafe containerd__v1__types__process_info__init(c) }
    init(reading c: borrowing Containerd__V1__Types__ProcessInfo) {
        self.pid = unsafe c.pid
        self.info = unsafe readMessage(c.info, AnyMessage.self)
    }
    func write(to c: inout Containerd__V1__Types__ProcessInfo, in arena: Arena) {
        unsafe c.pid = self.pid
        unsafe c.info = arena.message(self.info)
    }
}
