public import Wire

/// A call that failed: at the peer, on the way, or because its time had passed.
public struct RPCError: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: StatusCode
    /// For people: one line, lower case, no full stop.
    public var message: String
    /// Structures that explain more; the manager sends an `apus.v1.Failure`.
    public var details: [AnyMessage]

    public init(code: StatusCode, message: String, details: [AnyMessage] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    public var description: String { message.isEmpty ? "\(code)" : message }

    /// The first detail of that type, where there is one that can be read.
    public func detail<Message: WireMessage>(_ type: Message.Type = Message.self) -> Message? {
        for detail in details {
            if let message = try? detail.unwrap(type) { return message }
        }
        return nil
    }
}

extension RPCError {
    /// The connection is gone; what was asked may or may not have been done.
    package static let closed = RPCError(code: .unavailable, message: "ttrpc: closed")
    package static let timedOut = RPCError(code: .deadlineExceeded, message: "the time is up")
    package static let canceled = RPCError(code: .canceled, message: "the call was cancelled")

    package static func oversize(_ length: Int) -> RPCError {
        RPCError(
            code: .resourceExhausted,
            message: "message length \(length) exceed maximum message size of "
                + "\(Limits.frameBytes)")
    }

    /// What came in a Response; a number that gRPC does not have is `unknown`.
    package init(_ status: RPCStatus) {
        self.init(
            code: StatusCode(rawValue: status.code) ?? .unknown, message: status.message,
            details: status.details)
    }

    /// What goes out in a Response. Swift's strings are UTF-8 always; a NUL, which no peer in C
    /// could read on from, is replaced, and a text without end is cut.
    package var status: RPCStatus {
        var text =
            message.contains("\0")
            ? String(message.map { $0 == "\0" ? "\u{FFFD}" : $0 }) : message
        if text.utf8.count > Limits.errorTextBytes {
            text = String(decoding: text.utf8.prefix(Limits.errorTextBytes), as: UTF8.self)
        }
        return RPCStatus(
            code: (code == .ok ? .unknown : code).rawValue, message: text, details: details)
    }
}

/// An error of a part that does not know RPC's words but can say itself in them.
package protocol RPCErrorConvertible: Error {
    var rpcError: RPCError { get }
}

extension RPCError {
    package static func unknownService(_ name: String) -> RPCError {
        RPCError(code: .unimplemented, message: "service \(name)")
    }

    package static func unknownMethod(_ name: String) -> RPCError {
        RPCError(code: .unimplemented, message: "method \(name)")
    }

    package static func unreadableRequest(_ error: WireError) -> RPCError {
        RPCError(code: .invalidArgument, message: "the request is unreadable: \(error)")
    }
}
