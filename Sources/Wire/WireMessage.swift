/// A message that travels between the programs: one struct per protobuf message of `spec/proto`.
///
/// The generated structs hold plain Swift values; libprotobuf-c packs and unpacks them.
public protocol WireMessage: Sendable, Equatable {
    /// The full protobuf name, as it stands in `google.protobuf.Any.type_url`.
    static var wireName: String { get }

    /// The packed message. Fails where a string holds a NUL, which protobuf-c cannot carry.
    func serialized() throws(WireError) -> [UInt8]

    /// Unpacks a message; unknown fields are skipped. Fails on anything that a strict peer would
    /// refuse: a broken encoding, invalid UTF-8, a NUL in a string, nesting beyond 32 levels.
    init(serialized bytes: [UInt8]) throws(WireError)
}

/// A message that cannot be packed or unpacked.
public struct WireError: Error, Equatable, CustomStringConvertible {
    /// The full name of the message.
    public var message: String
    public var reason: String

    public var description: String { "\(message): \(reason)" }
}

/// A call with one answer.
public struct UnaryMethod<Request: WireMessage, Response: WireMessage>: Sendable {
    /// Fully qualified service, without a leading slash.
    public let service: String
    public let name: String

    public init(service: String, name: String) {
        self.service = service
        self.name = name
    }

    /// The same call under another service's name, for services that exist in two versions.
    public func renamed(service: String) -> Self { Self(service: service, name: name) }
}

/// A call that is answered by a stream of messages.
public struct StreamMethod<Request: WireMessage, Element: WireMessage>: Sendable {
    public let service: String
    public let name: String

    public init(service: String, name: String) {
        self.service = service
        self.name = name
    }
}

extension AnyMessage {
    /// Wraps a message under its name, without the `type.googleapis.com/` prefix.
    public init<Message: WireMessage>(_ message: Message) throws(WireError) {
        self.init(typeURL: Message.wireName, value: try message.serialized())
    }

    /// The name without whatever stands before its last slash.
    public var messageName: String {
        typeURL.split(separator: "/").last.map(String.init) ?? typeURL
    }

    /// The message, where this holds one of that type; nil where it holds another.
    public func unwrap<Message: WireMessage>(
        _ type: Message.Type = Message.self
    ) throws(WireError) -> Message? {
        guard messageName == type.wireName else { return nil }
        return try Message(serialized: value)
    }
}
