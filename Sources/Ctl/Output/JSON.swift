internal import Wire

/// A JSON document (RFC 8259) whose objects keep the order of their members.
indirect enum JSON: Equatable {
    case null
    case bool(Bool)
    /// In digits, so that 64-bit numbers stay whole.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Equatable {
        var name: String
        var value: JSON
    }
}

extension JSON {
    /// A message as an object: members are the fields of the .proto in lowerCamelCase and in their
    /// order, all of them always there; a missing message is null, an enum its name in lower case,
    /// a timestamp a string as RFC 3339 has it, bytes are base64.
    init(_ message: some WireMessage) { self = Self.value(message) }

    init(_ messages: [some WireMessage]) { self = .array(messages.map { JSON($0) }) }

    init(_ table: [String: String]) {
        self = .object(
            table.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: .string($0.value)) })
    }

    /// Makes an object of given members.
    static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }

    private static func value(_ any: Any) -> JSON {
        switch any {
        case let text as String: .string(text)
        case let flag as Bool: .bool(flag)
        case let number as any FixedWidthInteger: .number("\(number)")
        // An empty list of anything can be cast to any list, so its own type decides.
        case let bytes as [UInt8] where type(of: any) == [UInt8].self: .string(base64(bytes))
        case let table as [String: String]: JSON(table)
        case let time as Timestamp: .string(time.rfc3339)
        case let list as [any Sendable]: .array(list.map(value))
        default: structured(any)
        }
    }

    /// Optionals, enums and messages, told apart by what they are made of.
    private static func structured(_ any: Any) -> JSON {
        let mirror = Mirror(reflecting: any)
        if mirror.displayStyle == .optional {
            return mirror.children.first.map { value($0.value) } ?? .null
        }
        if any is any WireMessage {
            return .object(
                mirror.children.map {
                    Member(name: protoName($0.label ?? ""), value: value($0.value))
                })
        }
        return .string("\(any)")
    }

    /// The name that protobuf's own JSON mapping gives: execId, where Swift says execID.
    private static func protoName(_ property: String) -> String {
        var name = property
        for (swift, proto) in [
            ("CPUs", "Cpus"), ("URL", "Url"), ("ID", "Id"), ("NS", "Ns"), ("IO", "Io"),
        ] {
            name = name.replacing(swift, with: proto)
        }
        return name
    }
}

extension JSON {
    /// The document as text; with line breaks and four blanks a level for people, else on one line.
    func text(indented: Bool = true) -> String {
        var text = ""
        write(to: &text, indented ? 0 : nil)
        return text
    }

    private func write(to text: inout String, _ level: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let value): Self.quote(value, into: &text)
        case .array(let items):
            Self.enclose(items, "[", "]", level, into: &text) { $0.write(to: &$1, $2) }
        case .object(let members):
            Self.enclose(members, "{", "}", level, into: &text) {
                Self.quote($0.name, into: &$1)
                $1 += level == nil ? ":" : ": "
                $0.value.write(to: &$1, $2)
            }
        }
    }

    private static func enclose<Item>(
        _ items: [Item], _ open: String, _ close: String, _ level: Int?, into text: inout String,
        _ write: (Item, inout String, Int?) -> Void
    ) {
        guard !items.isEmpty else {
            text += open + close
            return
        }
        let inner = level.map { $0 + 1 }
        let lineBreak = { (level: Int?) in
            level.map { "\n" + String(repeating: "    ", count: $0) } ?? ""
        }
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            text += lineBreak(inner)
            write(item, &text, inner)
        }
        text += lineBreak(level) + close
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// RFC 4648, with padding.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(UInt32(0)) {
                $0 << 8 | ($1 < group.count ? UInt32(group[start + $1]) : 0)
            }
            for position in 0..<4 {
                let digit = Int(bits >> UInt32(18 - 6 * position) & 63)
                result.append(position <= group.count ? alphabet[digit] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
