/// A value of D-Bus (dbus-specification, Type System), as far as systemd's interface needs.
package indirect enum DBusValue: Equatable, Sendable {
    case byte(UInt8)
    case boolean(Bool)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    case string(String)
    case path(String)
    case signature(String)
    case variant(DBusValue)
    /// The elements' signature, which an empty array needs, and the elements.
    case array(String, [DBusValue])
    case structure([DBusValue])

    package var signature: String {
        switch self {
        case .byte: "y"
        case .boolean: "b"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .string: "s"
        case .path: "o"
        case .signature: "g"
        case .variant: "v"
        case .array(let element, _): "a\(element)"
        case .structure(let members): "(\(members.map({ $0.signature }).joined()))"
        }
    }

    /// The text of a string or a path.
    package var text: String? {
        switch self {
        case .string(let text), .path(let text): text
        case .variant(let inner): inner.text
        default: nil
        }
    }
}

/// Lays values out as they go over the wire, little-endian, aligned to their size.
package struct DBusWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ value: DBusValue) {
        switch value {
        case .byte(let number): bytes.append(number)
        case .boolean(let flag): append(UInt32(flag ? 1 : 0))
        case .int32(let number): append(UInt32(bitPattern: number))
        case .uint32(let number): append(number)
        case .int64(let number): append(UInt64(bitPattern: number))
        case .uint64(let number): append(number)
        case .double(let number): append(number.bitPattern)
        case .string(let text), .path(let text):
            append(UInt32(text.utf8.count))
            bytes += text.utf8
            bytes.append(0)
        case .signature(let text):
            bytes.append(UInt8(truncatingIfNeeded: text.utf8.count))
            bytes += text.utf8
            bytes.append(0)
        case .variant(let inner):
            write(.signature(inner.signature))
            write(inner)
        case .array(let element, let values): write(values, of: element)
        case .structure(let members):
            align(to: 8)
            for member in members { write(member) }
        }
    }

    /// The length counts the elements, not the gap before the first.
    private mutating func write(_ values: [DBusValue], of element: String) {
        append(UInt32(0))
        let place = bytes.count - 4
        align(to: DBusReader.alignment(of: element.utf8.first ?? 0))
        let start = bytes.count
        for value in values { write(value) }
        let count = UInt32(bytes.count - start)
        for index in 0..<4 {
            bytes[place + index] = UInt8(truncatingIfNeeded: count >> (index * 8))
        }
    }

    package mutating func align(to size: Int) {
        while bytes.count % size != 0 { bytes.append(0) }
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        let size = MemoryLayout<Number>.size
        align(to: size)
        for index in 0..<size { bytes.append(UInt8(truncatingIfNeeded: number >> (index * 8))) }
    }
}

/// Reads values; nil where the bytes are no value of the signature.
package struct DBusReader {
    private let bytes: ArraySlice<UInt8>
    private var offset = 0
    /// As deep as the specification lets containers be nested.
    private static let deepest = 32

    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Every value of a signature, such as a message's body.
    package mutating func read(all signature: String) -> [DBusValue]? {
        var rest = signature.utf8[...]
        var values: [DBusValue] = []
        while !rest.isEmpty {
            guard let value = read(&rest, depth: 0) else { return nil }
            values.append(value)
        }
        return values
    }

    static func alignment(of code: UInt8) -> Int {
        switch code {
        case UInt8(ascii: "y"), UInt8(ascii: "g"), UInt8(ascii: "v"): 1
        case UInt8(ascii: "n"), UInt8(ascii: "q"): 2
        case UInt8(ascii: "x"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "("),
            UInt8(ascii: "{"):
            8
        default: 4
        }
    }

    private mutating func read(_ signature: inout Substring.UTF8View, depth: Int) -> DBusValue? {
        guard depth < Self.deepest, let code = signature.popFirst() else { return nil }
        switch code {
        case UInt8(ascii: "y"): return number(UInt8.self).map { .byte($0) }
        case UInt8(ascii: "b"): return number(UInt32.self).map { .boolean($0 != 0) }
        case UInt8(ascii: "n"):
            return number(UInt16.self).map { .int32(Int32(Int16(bitPattern: $0))) }
        case UInt8(ascii: "q"): return number(UInt16.self).map { .uint32(UInt32($0)) }
        case UInt8(ascii: "i"): return number(UInt32.self).map { .int32(Int32(bitPattern: $0)) }
        case UInt8(ascii: "u"), UInt8(ascii: "h"): return number(UInt32.self).map { .uint32($0) }
        case UInt8(ascii: "x"): return number(UInt64.self).map { .int64(Int64(bitPattern: $0)) }
        case UInt8(ascii: "t"): return number(UInt64.self).map { .uint64($0) }
        case UInt8(ascii: "d"):
            return number(UInt64.self).map { .double(Double(bitPattern: $0)) }
        case UInt8(ascii: "s"): return text(lengthOf: UInt32.self).map { .string($0) }
        case UInt8(ascii: "o"): return text(lengthOf: UInt32.self).map { .path($0) }
        case UInt8(ascii: "g"): return text(lengthOf: UInt8.self).map { .signature($0) }
        case UInt8(ascii: "v"):
            guard let inner = text(lengthOf: UInt8.self) else { return nil }
            var rest = inner[...].utf8
            guard let value = read(&rest, depth: depth + 1), rest.isEmpty else { return nil }
            return .variant(value)
        case UInt8(ascii: "a"): return array(&signature, depth)
        case UInt8(ascii: "("), UInt8(ascii: "{"): return structure(&signature, depth)
        default: return nil
        }
    }

    private mutating func array(_ signature: inout Substring.UTF8View, _ depth: Int) -> DBusValue? {
        guard let length = number(UInt32.self), let code = signature.first,
            align(to: Self.alignment(of: code)), Int(length) <= bytes.count - offset
        else { return nil }
        guard let element = Self.single(signature) else { return nil }
        let end = offset + Int(length)
        var values: [DBusValue] = []
        while offset < end {
            var copy = element
            guard let value = read(&copy, depth: depth + 1), offset <= end else { return nil }
            values.append(value)
        }
        signature = signature[element.endIndex...]
        return .array(String(Substring(element)), values)
    }

    private mutating func structure(
        _ signature: inout Substring.UTF8View, _ depth: Int
    ) -> DBusValue? {
        guard align(to: 8) else { return nil }
        var members: [DBusValue] = []
        while let code = signature.first {
            if code == UInt8(ascii: ")") || code == UInt8(ascii: "}") {
                signature = signature.dropFirst()
                return .structure(members)
            }
            guard let member = read(&signature, depth: depth + 1) else { return nil }
            members.append(member)
        }
        return nil
    }

    /// The first complete type of a signature.
    private static func single(_ signature: Substring.UTF8View) -> Substring.UTF8View? {
        var open = 0
        for index in signature.indices {
            switch signature[index] {
            case UInt8(ascii: "("), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: ")"), UInt8(ascii: "}"): open -= 1
            case UInt8(ascii: "a"): continue
            default: break
            }
            if open < 0 { return nil }
            if open == 0 { return signature[...index] }
        }
        return nil
    }

    private mutating func align(to size: Int) -> Bool {
        offset += (size - offset % size) % size
        return offset <= bytes.count
    }

    private mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard align(to: size), bytes.count - offset >= size else { return nil }
        var number: Number = 0
        for index in 0..<size {
            number |=
                Number(truncatingIfNeeded: bytes[bytes.startIndex + offset + index]) << (index * 8)
        }
        offset += size
        return number
    }

    private mutating func text<Length: FixedWidthInteger>(lengthOf: Length.Type) -> String? {
        guard let length = number(Length.self).flatMap({ Int(exactly: $0) }),
            length < bytes.count - offset
        else { return nil }
        let start = bytes.startIndex + offset
        guard bytes[start + length] == 0 else { return nil }
        offset += length + 1
        return String(decoding: bytes[start..<(start + length)], as: UTF8.self)
    }
}
