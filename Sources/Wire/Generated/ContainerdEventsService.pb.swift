// Generated from spec/proto/containerd/events_service.proto by spec/generate-swift.py; do not edit.

import CWire

extension EventsAPI {
    public struct ForwardRequest: WireMessage {
        public var envelope: EventsAPI.Envelope?

        public init(envelope: EventsAPI.Envelope? = nil) {
            self.envelope = envelope
        }

        public static var wireName: String { "containerd.services.events.ttrpc.v1.ForwardRequest" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    public struct Envelope: WireMessage {
        public var timestamp: Timestamp?
        public var namespace: String
        /// /tasks/create, /tasks/start, /tasks/exit ...
        public var topic: String
        /// A message of containerd.events; the type URL has no prefix.
        public var event: AnyMessage?

        public init(timestamp: Timestamp? = nil, namespace: String = "", topic: String = "", event: AnyMessage? = nil) {
            self.timestamp = timestamp
            self.namespace = namespace
            self.topic = topic
            self.event = event
        }

        public static var wireName: String { "containerd.services.events.ttrpc.v1.Envelope" }
        public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
        public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
    }

    /// What the manager serves to its shims, at the socket named by TTRPC_ADDRESS.
    public enum EventsService {
        public static let name = "containerd.services.events.ttrpc.v1.Events"
        public static let forward = UnaryMethod<EventsAPI.ForwardRequest, Empty>(service: name, name: "Forward")
    }

}

extension EventsAPI.ForwardRequest: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Services__Events__Ttrpc__V1__ForwardRequest>) { unsafe containerd__services__events__ttrpc__v1__forward_request__init(c) }
    init(reading c: borrowing Containerd__Services__Events__Ttrpc__V1__ForwardRequest) {
        self.envelope = unsafe readMessage(c.envelope, EventsAPI.Envelope.self)
    }
    func write(to c: inout Containerd__Services__Events__Ttrpc__V1__ForwardRequest, in arena: Arena) {
        unsafe c.envelope = arena.message(self.envelope)
    }
}

extension EventsAPI.Envelope: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Containerd__Services__Events__Ttrpc__V1__Envelope>) { unsafe containerd__services__events__ttrpc__v1__envelope__init(c) }
    init(reading c: borrowing Containerd__Services__Events__Ttrpc__V1__Envelope) {
        self.timestamp = unsafe readMessage(c.timestamp, Timestamp.self)
        self.namespace = unsafe readString(c.namespace_)
        self.topic = unsafe readString(c.topic)
        self.event = unsafe readMessage(c.event, AnyMessage.self)
    }
    func write(to c: inout Containerd__Services__Events__Ttrpc__V1__Envelope, in arena: Arena) {
        unsafe c.timestamp = arena.message(self.timestamp)
        unsafe c.namespace_ = arena.string(self.namespace)
        unsafe c.topic = arena.string(self.topic)
        unsafe c.event = arena.message(self.event)
    }
}
