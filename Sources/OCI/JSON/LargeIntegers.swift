/// JSON's integers beyond Int64.max, which jansson refuses and configurations hold all the same:
/// an unlimited rlimit is 18446744073709551615.
///
/// They are put into quotes behind a mark before the text is read again, and `JSONNode` takes the
/// mark off. A text that holds the mark already keeps jansson's refusal.
enum LargeIntegers {
    static let mark = "apus-large-integer:"

    /// The text with every large integer marked; nil where there is none to mark.
    static func marking(_ text: [UInt8]) -> [UInt8]? {
        guard !contains(Array(mark.utf8), in: text) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 64)
        var found = false
        var index = 0
        while index < text.count {
            let end = tokenEnd(text, index)
            let token = text[index..<end]
            if isLarge(token) {
                result += Array("\"\(mark)".utf8) + token + [UInt8(ascii: "\"")]
                found = true
            } else {
                result += token
            }
            index = end
        }
        return found ? result : nil
    }

    /// The number behind the mark.
    static func value(of text: String) -> UInt64? {
        text.hasPrefix(mark) ? UInt64(text.dropFirst(mark.count)) : nil
    }

    /// One past the string, the number or the single byte that begins at `start`.
    private static func tokenEnd(_ text: [UInt8], _ start: Int) -> Int {
        switch text[start] {
        case UInt8(ascii: "\""): stringEnd(text, start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            text[start...].dropFirst().firstIndex { !isNumberByte($0) } ?? text.endIndex
        default: start + 1
        }
    }

    private static func stringEnd(_ text: [UInt8], _ start: Int) -> Int {
        var index = start + 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "\""): return index + 1
            default: index += 1
            }
        }
        return text.count
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func isLarge(_ token: ArraySlice<UInt8>) -> Bool {
        guard token.count >= 19, token.first != UInt8(ascii: "0"),
            token.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = UInt64(String(decoding: token, as: UTF8.self))
        else { return false }
        return value > UInt64(Int64.max)
    }

    private static func contains(_ part: [UInt8], in text: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { start in
            text[start] == part[0] && text[start..<(start + part.count)].elementsEqual(part)
        }
    }
}
