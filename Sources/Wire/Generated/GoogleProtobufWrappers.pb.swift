// Generated from spec/proto/google/protobuf/wrappers.proto by spec/generate-swift.py; do not edit.

import CWire

/// A number that may be absent.
public struct Int64Value: WireMessage {
    public var value: Int64

    public init(value: Int64 = 0) {
        self.value = value
    }

    public static var wireName: String { "google.protobuf.Int64Value" }
    public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
    public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
}

extension Int64Value: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Google__Protobuf__Int64Value>) { unsafe google__protobuf__int64_value__init(c) }
    init(reading c: borrowing Google__Protobuf__Int64Value) {
        self.value = unsafe c.value
    }
    func write(to c: inout Google__Protobuf__Int64Value, in arena: Arena) {
        unsafe c.value = self.value
    }
}
