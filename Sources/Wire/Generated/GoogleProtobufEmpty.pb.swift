// Generated from spec/proto/google/protobuf/empty.proto by spec/generate-swift.py; do not edit.

import CWire

/// Nothing.
public struct Empty: WireMessage {

    public init() {
    }

    public static var wireName: String { "google.protobuf.Empty" }
    public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
    public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
}

extension Empty: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Google__Protobuf__Empty>) { unsafe google__protobuf__empty__init(c) }
    init(reading c: borrowing Google__Protobuf__Empty) {
    }
    func write(to c: inout Google__Protobuf__Empty, in arena: Arena) {
    }
}
