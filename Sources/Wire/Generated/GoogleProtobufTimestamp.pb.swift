// Generated from spec/proto/google/protobuf/timestamp.proto by spec/generate-swift.py; do not edit.

import CWire

/// A moment, UTC, counted from 1970.
public struct Timestamp: WireMessage {
    public var seconds: Int64
    /// 0 to 999999999, always counted forward.
    public var nanos: Int32

    public init(seconds: Int64 = 0, nanos: Int32 = 0) {
        self.seconds = seconds
        self.nanos = nanos
    }

    public static var wireName: String { "google.protobuf.Timestamp" }
    public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
    public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
}

extension Timestamp: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Google__Protobuf__Timestamp>) { unsafe google__protobuf__timestamp__init(c) }
    init(reading c: borrowing Google__Protobuf__Timestamp) {
        self.seconds = unsafe c.seconds
        self.nanos = unsafe c.nanos
    }
    func write(to c: inout Google__Protobuf__Timestamp, in arena: Arena) {
        unsafe c.seconds = self.seconds
        unsafe c.nanos = self.nanos
    }
}
