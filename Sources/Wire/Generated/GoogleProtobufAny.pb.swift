// Generated from spec/proto/google/protobuf/any.proto by spec/generate-swift.py; do not edit.

import CWire

/// Any message, with its name. containerd's names have no prefix: containerd.events.TaskExit
public struct AnyMessage: WireMessage {
    public var typeURL: String
    public var value: [UInt8]

    public init(typeURL: String = "", value: [UInt8] = []) {
        self.typeURL = typeURL
        self.value = value
    }

    public static var wireName: String { "google.protobuf.Any" }
    public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
    public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
}

extension AnyMessage: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Google__Protobuf__Any>) { unsafe google__protobuf__any__init(c) }
    init(reading c: borrowing Google__Protobuf__Any) {
        self.typeURL = unsafe readString(c.type_url)
        self.value = unsafe readBytes(c.value)
    }
    func write(to c: inout Google__Protobuf__Any, in arena: Arena) {
        unsafe c.type_url = arena.string(self.typeURL)
        unsafe c.value = arena.bytes(self.value)
    }
}
