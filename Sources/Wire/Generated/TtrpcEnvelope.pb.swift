// Generated from spec/proto/ttrpc/envelope.proto by spec/generate-swift.py; do not edit.

import CWire

extension Envelope {
    /// The body of a frame of type 1.
    public struct Request: WireMessage {
        /// Fully qualified name, without a leading slash: containerd.task.v2.Task
        public var service: String
        /// Short name: Create
        public var method: String
        /// The packed request message.
        public var payload: [UInt8]
        /// What is left of the caller's patience, in nanoseconds; 0 means no deadline.
        public var timeoutNano: Int64
        /// Keys are lower case; a key may stand more than once.
        public var metadata: [Envelope.KeyValue]

        public init(service: String = "", method: String = "", payload: [UInt8] = [], timeoutNano: Int64 = 0, metadata: [Envelope.KeyValue] = []) {
            self.service = service
            self.method = method
            self.payload = payload
            self.timeoutNano = timeoutNano
            self.metadata = metadata
        }

        public static var wireName: String { "ttrpc.Request" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// The body of a frame of type 2.
    public struct Response: WireMessage {
        /// Absent when the call succeeded.
        public var status: RPCStatus?
        /// The packed response message; empty when the call failed.
        public var payload: [UInt8]

        public init(status: RPCStatus? = nil, payload: [UInt8] = []) {
            self.status = status
            self.payload = payload
        }

        public static var wireName: String { "ttrpc.Response" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct KeyValue: WireMessage {
        public var key: String
        public var value: String

        public init(key: String = "", value: String = "") {
            self.key = key
            self.value = value
        }

        public static var wireName: String { "ttrpc.KeyValue" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

}

extension Envelope.Request: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Ttrpc__Request>) { unsafe ttrpc__request__init(c) }
    init(reading c: borrowing Ttrpc__Request) {
        self.service = unsafe readString(c.service)
        self.method = unsafe readString(c.method)
        self.payload = unsafe readBytes(c.payload)
        self.timeoutNano = unsafe c.timeout_nano
        self.metadata = unsafe readArray(c.metadata, c.n_metadata, Envelope.KeyValue.self)
    }
    func write(to c: inout Ttrpc__Request, in arena: Arena) {
        unsafe c.service = arena.string(self.service)
        unsafe c.method = arena.string(self.method)
        unsafe c.payload = arena.bytes(self.payload)
        unsafe c.timeout_nano = self.timeoutNano
        unsafe c.metadata = arena.array(self.metadata)
        unsafe c.n_metadata = self.metadata.count
    }
}

extension Envelope.Response: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Ttrpc__Response>) { unsafe ttrpc__response__init(c) }
    init(reading c: borrowing Ttrpc__Response) {
        self.status = unsafe readMessage(c.status, RPCStatus.self)
        self.payload = unsafe readBytes(c.payload)
    }
    func write(to c: inout Ttrpc__Response, in arena: Arena) {
        unsafe c.status = arena.message(self.status)
        unsafe c.payload = arena.bytes(self.payload)
    }
}

extension Envelope.KeyValue: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Ttrpc__KeyValue>) { unsafe ttrpc__key_value__init(c) }
    init(reading c: borrowing Ttrpc__KeyValue) {
        self.key = unsafe readString(c.key)
        self.value = unsafe readString(c.value)
    }
    func write(to c: inout Ttrpc__KeyValue, in arena: Arena) {
        unsafe c.key = arena.string(self.key)
        unsafe c.value = arena.string(self.value)
    }
}
