// Generated from spec/proto/google/rpc/status.proto by spec/generate-swift.py; do not edit.

import CWire

/// Why a call failed. `code` is a gRPC code (0 to 16); `message` is for people; `details` may
/// carry an `apus.v1.Failure`.
public struct RPCStatus: WireMessage {
    public var code: Int32
    public var message: String
    public var details: [AnyMessage]

    public init(code: Int32 = 0, message: String = "", details: [AnyMessage] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    public static var wireName: String { "google.rpc.Status" }
    public func serialized() throws(WireError) -> [UInt8] { try unsafe pack(self) }
    public init(serialized bytes: [UInt8]) throws(WireError) { self = try unsafe unpack(bytes) }
}

extension RPCStatus: @unsafe CMessage {
    static func initialize(_ c: UnsafeMutablePointer<Google__Rpc__Status>) { unsafe google__rpc__status__init(c) }
    init(reading c: borrowing Google__Rpc__Status) {
        self.code = unsafe c.code
        self.message = unsafe readString(c.message)
        self.details = unsafe readArray(c.details, c.n_details, AnyMessage.self)
    }
    func write(to c: inout Google__Rpc__Status, in arena: Arena) {
        unsafe c.code = self.code
        unsafe c.message = arena.string(self.message)
        unsafe c.details = arena.array(self.details)
        unsafe c.n_details = self.details.count
    }
}
