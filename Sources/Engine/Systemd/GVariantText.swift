/// The text form of GVariant (GVariant Text Format), as annotations for systemd have it: numbers,
/// words of logic, strings, and arrays and tuples of them.
package struct GVariantText {
    private var rest: Substring

    /// nil where the text is no single value.
    package static func value(_ text: String) -> DBusValue? {
        var reader = GVariantText(rest: text[...])
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.rest.isEmpty ? value : nil
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" }
    }

    private mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard rest.first == character else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func value(depth: Int) -> DBusValue? {
        skipSpace()
        guard depth < 8, let first = rest.first else { return nil }
        switch first {
        case "'", "\"": return text().map { .string($0) }
        case "[": return members("]", depth).flatMap(Self.array)
        case "(": return members(")", depth).map { .structure($0) }
        case "@": return typed(depth)
        default: return word(depth)
        }
    }

    private mutating func text() -> String? {
        guard let quote = rest.popFirst() else { return nil }
        var text = ""
        while let next = rest.popFirst() {
            if next == quote { return text }
            guard next == "\\" else {
                text.append(next)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            default: text.append(escaped)
            }
        }
        return nil
    }

    private mutating func members(_ end: Character, _ depth: Int) -> [DBusValue]? {
        rest = rest.dropFirst()
        var members: [DBusValue] = []
        if take(end) { return members }
        while true {
            guard let member = value(depth: depth + 1) else { return nil }
            members.append(member)
            if take(end) { return members }
            guard take(",") else { return nil }
            // A tuple of one ends in a comma.
            if end == ")", take(end) { return members }
        }
    }

    private static func array(_ members: [DBusValue]) -> DBusValue? {
        guard let signature = members.first?.signature,
            members.allSatisfy({ $0.signature == signature })
        else { return nil }
        return .array(signature, members)
    }

    /// `@as []`: what an empty array is one of.
    private mutating func typed(_ depth: Int) -> DBusValue? {
        let signature = rest.dropFirst().prefix { $0 != " " }
        rest = rest.dropFirst(signature.count + 1)
        guard let code = signature.first else { return nil }
        if code == "a" {
            skipSpace()
            guard rest.first == "[", let members = members("]", depth) else { return nil }
            let element = String(signature.dropFirst())
            return members.allSatisfy { $0.signature == element } && !element.isEmpty
                ? .array(element, members) : nil
        }
        guard signature.count == 1 else { return nil }
        return number(prefix(), as: code) ?? nil
    }

    private mutating func prefix() -> Substring {
        skipSpace()
        let word = rest.prefix { $0.isLetter || $0.isNumber || "+-._".contains($0) }
        rest = rest.dropFirst(word.count)
        return word
    }

    private mutating func word(_ depth: Int) -> DBusValue? {
        let word = prefix()
        switch word {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "byte": return number(prefix(), as: "y")
        case "int32": return number(prefix(), as: "i")
        case "uint32": return number(prefix(), as: "u")
        case "int64": return number(prefix(), as: "x")
        case "uint64": return number(prefix(), as: "t")
        case "double": return number(prefix(), as: "d")
        case "objectpath", "signature":
            skipSpace()
            guard rest.first == "'" || rest.first == "\"", let text = text() else { return nil }
            return word == "signature" ? .signature(text) : .path(text)
        default: return number(word, as: word.contains(".") ? "d" : "i")
        }
    }

    private func number(_ word: Substring, as code: Character) -> DBusValue? {
        switch code {
        case "y": UInt8(word).map { .byte($0) }
        case "i": Int32(word).map { .int32($0) }
        case "u": UInt32(word).map { .uint32($0) }
        case "x": Int64(word).map { .int64($0) }
        case "t": UInt64(word).map { .uint64($0) }
        case "d": Double(word).map { .double($0) }
        case "b": word == "true" ? .boolean(true) : word == "false" ? .boolean(false) : nil
        default: nil
        }
    }
}
