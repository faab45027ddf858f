internal import Store

/// One entry of a log in docker's json-file format: `{"log":"…\n","stream":"stdout","time":"…"}`.
struct LogEntry: Equatable, Sendable {
    var isError: Bool
    var time: Moment
    /// With its line end, where it has one.
    var data: [UInt8]

    /// From one line of the file; nil where it is none, after a disk that was full for instance.
    init?(line: ArraySlice<UInt8>) {
        var scanner = EntryScanner(line)
        guard let members = scanner.object() else { return nil }
        guard let log = members["log"], let time = members["time"],
            let moment = Moment(rfc3339: String(decoding: time, as: UTF8.self))
        else { return nil }
        data = log
        isError = members["stream"].map { $0.elementsEqual("stderr".utf8) } ?? false
        self.time = moment
    }

    init(isError: Bool, time: Moment, data: [UInt8]) {
        self.isError = isError
        self.time = time
        self.data = data
    }
}

/// Reads a JSON object all of whose values are strings; other values, and objects in it, are no log
/// entry. A general parser would cost ten times as much, a line.
private struct EntryScanner {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    mutating func object() -> [String: [UInt8]]? {
        guard skip("{") else { return nil }
        var members: [String: [UInt8]] = [:]
        if skip("}") { return members }
        repeat {
            guard let key = string(), skip(":"), let value = string() else { return nil }
            members[String(decoding: key, as: UTF8.self)] = value
        } while skip(",")
        return skip("}") ? members : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.endIndex, [9, 10, 13, 32].contains(bytes[position]) { position += 1 }
    }

    private mutating func string() -> [UInt8]? {
        guard skip("\"") else { return nil }
        var result: [UInt8] = []
        while position < bytes.endIndex {
            // Whole stretches without an escape at once.
            let end = bytes[position...].firstIndex { $0 == 0x22 || $0 == 0x5c } ?? bytes.endIndex
            result += bytes[position..<end]
            position = end
            guard position < bytes.endIndex else { return nil }
            position += 1
            if bytes[end] == 0x22 { return result }
            guard escape(into: &result) else { return nil }
        }
        return nil
    }

    private mutating func escape(into result: inout [UInt8]) -> Bool {
        guard position < bytes.endIndex else { return false }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "u"):
            guard let scalar = unicodeScalar() else { return false }
            result += Array(String(scalar).utf8)
        default: return false
        }
        return true
    }

    private mutating func unicodeScalar() -> Unicode.Scalar? {
        guard let unit = codeUnit() else { return nil }
        guard (0xd800..<0xdc00).contains(unit) else {
            return Unicode.Scalar(UInt32(unit)) ?? "\u{fffd}"
        }
        guard position + 1 < bytes.endIndex, bytes[position] == 0x5c,
            bytes[position + 1] == UInt8(ascii: "u")
        else { return "\u{fffd}" }
        position += 2
        guard let low = codeUnit() else { return nil }
        guard (0xdc00..<0xe000).contains(low) else { return "\u{fffd}" }
        return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + UInt32(low) - 0xdc00)
    }

    private mutating func codeUnit() -> UInt16? {
        guard position + 4 <= bytes.endIndex else { return nil }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        position += 4
        return digits.utf8.allSatisfy({ $0 != 0x2b && $0 != 0x2d })
            ? UInt16(digits, radix: 16) : nil
    }
}
