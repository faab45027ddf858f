extension JSONValue {
    /// RFC 8259 text: on one line without spaces, or with `indent` spaces a level.
    package func text(indent: Int? = nil) -> String {
        var writer = JSONTextWriter(indent: indent)
        writer.write(self, level: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

private struct JSONTextWriter {
    let indent: Int?
    var bytes: [UInt8] = []

    init(indent: Int?) { self.indent = indent }

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .integer(let value): write(String(value))
        case .unsigned(let value): write(String(value))
        case .real(let value): write(value.isFinite ? String(value) : "null")
        case .string(let value): write(quoted: value)
        case .array(let elements):
            enclose("[", "]", elements, level) { writer, element in
                writer.write(element, level: level + 1)
            }
        case .object(let object):
            enclose("{", "}", object.members, level) { writer, member in
                writer.write(quoted: member.key)
                writer.write(writer.indent == nil ? ":" : ": ")
                writer.write(member.value, level: level + 1)
            }
        }
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func enclose<Element>(
        _ open: String, _ close: String, _ elements: [Element], _ level: Int,
        _ write: (inout JSONTextWriter, Element) -> Void
    ) {
        self.write(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { self.write(",") }
            breakLine(level + 1)
            write(&self, element)
        }
        if !elements.isEmpty { breakLine(level) }
        self.write(close)
    }

    private mutating func breakLine(_ level: Int) {
        guard let indent else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * level))
    }

    private mutating func write(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy(isPlain) {
            write(text)
        } else {
            write(escaping: text)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// As it is in quotes; what nearly all text is.
    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func write(escaping text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): write("\\n")
            case UInt8(ascii: "\r"): write("\\r")
            case UInt8(ascii: "\t"): write("\\t")
            case 0..<0x20, 0x7f: write(controlEscape(byte))
            default: bytes.append(byte)
            }
        }
    }

    private func controlEscape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
