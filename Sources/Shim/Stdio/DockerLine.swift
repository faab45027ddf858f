/// One entry of docker's json-file log:
/// `{"log":"hello\n","stream":"stdout","time":"2026-11-21T07:47:34.120003Z"}`.
enum DockerLine {
    /// Appends an entry. `isWhole` adds the line's end that `text` comes without.
    static func append(
        _ text: Span<UInt8>, isWhole: Bool, stream: StaticString, time: [UInt8],
        to out: inout [UInt8]
    ) {
        out.append("{\"log\":\"")
        escape(text, to: &out)
        out.append(isWhole ? "\\n\",\"stream\":\"" : "\",\"stream\":\"")
        out.append(stream)
        out.append("\",\"time\":\"")
        out += time
        out.append("\"}\n")
    }

    /// Go's encoding of a string as docker uses it: control characters and `<>&` as \u00xx, bytes
    /// that are not UTF-8 as \ufffd, the two line separators that JavaScript minds as \u202x.
    private static func escape(_ text: Span<UInt8>, to out: inout [UInt8]) {
        var plain = 0
        var index = text.endOfPlainText(from: 0)
        while index < text.count {
            let length = UTF8Length.of(text.extracting(index...))
            let isSeparator =
                length == 3 && text[index] == 0xe2 && text[index + 1] == 0x80
                && text[index + 2] & 0xfe == 0xa8
            if length < 2 || isSeparator {
                out.append(text.extracting(plain..<index))
                switch length {
                case 0: out.append("\\ufffd")
                case 1: escape(ascii: text[index], to: &out)
                default: out.append(text[index + 2] == 0xa8 ? "\\u2028" : "\\u2029")
                }
                plain = index + max(1, length)
            }
            index = text.endOfPlainText(from: index + max(1, length))
        }
        out.append(text.extracting(plain...))
    }

    private static func escape(ascii byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            out.append(UInt8(ascii: "\\"))
            out.append(byte)
        case UInt8(ascii: "\n"): out.append("\\n")
        case UInt8(ascii: "\r"): out.append("\\r")
        default:
            out.append("\\u00")
            out.append(hexDigit(byte >> 4))
            out.append(hexDigit(byte & 0xf))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}

/// How many bytes the character at the front of some bytes takes (RFC 3629).
enum UTF8Length {
    /// 0 where the front is not UTF-8, or is cut off.
    static func of(_ text: Span<UInt8>) -> Int {
        guard !text.isEmpty else { return 0 }
        let first = text[0]
        guard let wanted = expected(first), text.count >= wanted else {
            return first < 0x80 ? 1 : 0
        }
        for offset in 1..<max(wanted, 1) where text[offset] & 0xc0 != 0x80 { return 0 }
        guard wanted > 2 else { return wanted }
        switch (first, text[1]) {
        case (0xe0, ..<0xa0), (0xed, 0xa0...), (0xf0, ..<0x90), (0xf4, 0x90...): return 0
        default: return wanted
        }
    }

    /// How many of the last bytes are the beginning of a character whose rest has not come.
    static func unfinished(_ text: Span<UInt8>) -> Int {
        for back in 1...3 where back <= text.count {
            let byte = text[text.count - back]
            if byte & 0xc0 == 0x80 { continue }
            return (expected(byte) ?? 1) > back ? back : 0
        }
        return 0
    }

    private static func expected(_ first: UInt8) -> Int? {
        switch first {
        case ..<0x80: 1
        case 0xc2..<0xe0: 2
        case 0xe0..<0xf0: 3
        case 0xf0..<0xf5: 4
        default: nil
        }
    }
}
