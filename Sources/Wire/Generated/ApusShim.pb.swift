// Generated from spec/proto/apus/shim.proto by spec/generate-swift.py; do not edit.

import CWire

extension ShimAPI {
    public struct Stream: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }
        public static let stdin = Stream(rawValue: 0)
        public static let stdout = Stream(rawValue: 1)
        public static let stderr = Stream(rawValue: 2)
        public var description: String {
            switch rawValue {
            case 0: "stdin"
            case 1: "stdout"
            case 2: "stderr"
            default: "unknown(\(rawValue))"
            }
        }
    }

    public struct AttachRequest: WireMessage {
        public var id: String
        public var execID: String

        public init(id: String = "", execID: String = "") {
            self.id = id
            self.execID = execID
        }

        public static var wireName: String { "apus.shim.v1.AttachRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Output: WireMessage {
        public var stream: ShimAPI.Stream
        public var data: [UInt8]

        public init(stream: ShimAPI.Stream = ShimAPI.Stream(rawValue: 0), data: [UInt8] = []) {
            self.stream = stream
            self.data = data
        }

        public static var wireName: String { "apus.shim.v1.Output" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct WriteRequest: WireMessage {
        public var id: String
        public var execID: String
        /// At most 1 MiB.
        public var data: [UInt8]

        public init(id: String = "", execID: String = "", data: [UInt8] = []) {
            self.id = id
            self.execID = execID
            self.data = data
        }

        public static var wireName: String { "apus.shim.v1.WriteRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TimelineRequest: WireMessage {
        public var id: String

        public init(id: String = "") {
            self.id = id
        }

        public static var wireName: String { "apus.shim.v1.TimelineRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct TimelineResponse: WireMessage {
        public var phases: [RuntimeAPI.Phase]

        public init(phases: [RuntimeAPI.Phase] = []) {
            self.phases = phases
        }

        public static var wireName: String { "apus.shim.v1.TimelineResponse" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What apus-shim serves beside containerd.task.v2.Task.
    public enum StdioService {
        public static let name = "apus.shim.v1.Stdio"
        /// Streams what a process writes from now on; ends when its streams are closed. May be called
        /// before Start, so that nothing is missed. Any number of callers.
        public static let attach = StreamMethod<ShimAPI.AttachRequest, ShimAPI.Output>(service: name, name: "Attach")
        /// Writes to stdin of a process whose stdin is "attach:". Answers when the bytes are in the
        /// pipe or terminal.
        public static let write = UnaryMethod<ShimAPI.WriteRequest, Empty>(service: name, name: "Write")
    }

    public enum InspectService {
        public static let name = "apus.shim.v1.Inspect"
        /// Where the time of Create and Start went.
        public static let timeline = UnaryMethod<ShimAPI.TimelineRequest, ShimAPI.TimelineResponse>(service: name, name: "Timeline")
    }

}

extension ShimAPI.AttachRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__AttachRequest>) { unsafe apus__shim__v1__attach_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__AttachRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
    }
    func write(to c: inout Apus__Shim__V1__AttachRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
    }
}

extension ShimAPI.Output: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__Output>) { unsafe apus__shim__v1__output__init(c) }
    init(reading c: borrowing Apus__Shim__V1__Output) {
        self.stream = ShimAPI.Stream(rawValue: Int32(bitPattern: unsafe c.stream.rawValue))
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__Shim__V1__Output, in arena: Arena) {
        unsafe c.stream = Apus__Shim__V1__Stream(rawValue: UInt32(bitPattern: self.stream.rawValue))
        unsafe c.data = arena.bytes(self.data)
    }
}

extension ShimAPI.WriteRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__WriteRequest>) { unsafe apus__shim__v1__write_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__WriteRequest) {
        self.id = unsafe readString(c.id)
        self.execID = unsafe readString(c.exec_id)
        self.data = unsafe readBytes(c.data)
    }
    func write(to c: inout Apus__Shim__V1__WriteRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
        unsafe c.exec_id = arena.string(self.execID)
        unsafe c.data = arena.bytes(self.data)
    }
}

extension ShimAPI.TimelineRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__TimelineRequest>) { unsafe apus__shim__v1__timeline_request__init(c) }
    init(reading c: borrowing Apus__Shim__V1__TimelineRequest) {
        self.id = unsafe readString(c.id)
    }
    func write(to c: inout Apus__Shim__V1__TimelineRequest, in arena: Arena) {
        unsafe c.id = arena.string(self.id)
    }
}

extension ShimAPI.TimelineResponse: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Apus__Shim__V1__TimelineResponse>) { unsafe apus__shim__v1__timeline_response__init(c) }
    init(reading c: borrowing Apus__Shim__V1__TimelineResponse) {
        self.phases = unsafe readArray(c.phases, c.n_phases, RuntimeAPI.Phase.self)
    }
    func write(to c: inout Apus__Shim__V1__TimelineResponse, in arena: Arena) {
        unsafe c.phases = arena.array(self.phases)
        unsafe c.n_phases = self.phases.count
    }
}
