/// One entry of docker's json-file log:
/// `{"log":"hello\n","stream":"stdout","time":"2026-11-21T07:47:34.120003Z"}`.
enum DockerLine {
    /// Appends an entry. `isWhole` adds the line's end that `text` comes without.
    static func append(
        _ text: ArraySlice<UInt8>, isWhole: Bool, stream: StaticString, time: [UInt8],
        to out: inout [UInt8]
    ) {
        out += Array("{\"log\":\"".utf8)
        escape(text, to: &out)
        if isWhole { out += [UInt8(ascii: "\\"), UInt8(ascii: "n")] }
        out += Array("\",\"stream\":\"\(stream)\",\"time\":\"".utf8)
        out += time
        out += Array("\"}\n".utf8)
    }

    private static let hex = Array("0123456789abcdef".utf8)

    /// Go's encoding of a string as docker uses it: control characters and `<>&` as \u00xx, bytes
    /// that are not UTF-8 as \ufffd, the two line separators that JavaScript minds as \u202x.
    private static func escape(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
        var plain = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte < 0x80 {
                if byte >= 0x20, !isSpecial(byte) {
                    index += 1
                    continue
                }
                out += text[plain..<index]
                escape(ascii: byte, to: &out)
                index += 1
                plain = index
                continue
            }
            let length = UTF8Length.of(text[index...])
            if length == 0 {
                out += text[plain..<index]
                out += Array("\\ufffd".utf8)
                index += 1
                plain = index
            } else if length == 3, byte == 0xe2, text[index + 1] == 0x80,
                text[index + 2] & 0xfe == 0xa8
            {
                out += text[plain..<index]
                out += Array("\\u202".utf8)
                out.append(hex[Int(text[index + 2] & 0xf)])
                index += 3
                plain = index
            } else {
                index += length
            }
        }
        out += text[plain...]
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "<")
            || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&")
    }

    private static func escape(ascii byte: UInt8, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(byte)
        case UInt8(ascii: "\n"): out.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): out.append(UInt8(ascii: "r"))
        default: out += Array("u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 0xf)]]
        }
    }
}

/// How many bytes the character at the front of some bytes takes (RFC 3629).
enum UTF8Length {
    /// 0 where the front is not UTF-8, or is cut off.
    static func of(_ text: ArraySlice<UInt8>) -> Int {
        guard let first = text.first else { return 0 }
        guard let wanted = expected(first), text.count >= wanted else {
            return first < 0x80 ? 1 : 0
        }
        let start = text.startIndex
        for offset in 1..<max(wanted, 1) where text[start + offset] & 0xc0 != 0x80 { return 0 }
        guard wanted > 2 else { return wanted }
        switch (first, text[start + 1]) {
        case (0xe0, ..<0xa0), (0xed, 0xa0...), (0xf0, ..<0x90), (0xf4, 0x90...): return 0
        default: return wanted
        }
    }

    /// How many of the last bytes are the beginning of a character whose rest has not come.
    static func unfinished(_ text: ArraySlice<UInt8>) -> Int {
        for back in 1...3 where back <= text.count {
            let byte = text[text.endIndex - back]
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
