/// A value that can be read from JSON.
package protocol JSONReadable {
    init(json: JSONNode) throws(DocumentError)
}

/// Values that come from a fixed list of names.
package protocol ClosedSet: JSONReadable, JSONWritable, RawRepresentable, CaseIterable
where RawValue == String {
    /// What such a name is called in a message: `namespace`.
    static var noun: String { get }
}

extension ClosedSet {
    package init(json: JSONNode) throws(DocumentError) {
        let name = try String(json: json)
        guard let value = Self(rawValue: name) else {
            throw DocumentError(Self.unknown(name))
        }
        self = value
    }

    /// Names the choices where they fit a line.
    static func unknown(_ name: String) -> String {
        let problem = "unknown \(noun) \"\(name)\""
        guard allCases.count <= 10 else { return problem }
        return problem + ": expected " + allCases.map { $0.rawValue }.joined(separator: ", ")
    }
}

extension JSONNode {
    /// A member that must be there.
    package func required<Value: JSONReadable>(
        _ key: StaticString
    ) throws(DocumentError) -> Value {
        guard let value: Value = try optional(key) else {
            throw DocumentError(path: [.key("\(key)")], "is missing")
        }
        return value
    }

    /// A member that may be absent, or null, which means the same.
    package func optional<Value: JSONReadable>(
        _ key: StaticString
    ) throws(DocumentError) -> Value? {
        guard let node = try member(key) else { return nil }
        do throws(DocumentError) {
            return try Value(json: node)
        } catch {
            throw error.inside(.key("\(key)"))
        }
    }

    package func value<Value: JSONReadable>(
        _ key: StaticString, default fallback: Value
    ) throws(DocumentError) -> Value {
        try optional(key) ?? fallback
    }

    package func list<Element: JSONReadable>(
        _ key: StaticString
    ) throws(DocumentError) -> [Element] {
        try optional(key) ?? []
    }

    package func map<Value: JSONReadable>(
        _ key: StaticString
    ) throws(DocumentError) -> [String: Value] {
        try optional(key) ?? [:]
    }
}

extension Array: JSONReadable where Element: JSONReadable {
    package init(json: JSONNode) throws(DocumentError) {
        let count = try json.elementCount()
        self.init()
        reserveCapacity(count)
        for index in 0..<count {
            do throws(DocumentError) {
                append(try Element(json: json.element(index)))
            } catch {
                throw error.inside(.index(index))
            }
        }
    }
}

extension Dictionary: JSONReadable where Key == String, Value: JSONReadable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init()
        for (key, node) in try json.members() {
            do throws(DocumentError) {
                self[key] = try Value(json: node)
            } catch {
                throw error.inside(.key(key))
            }
        }
    }
}

extension String: JSONReadable {
    package init(json: JSONNode) throws(DocumentError) { self = try json.string() }
}

extension Bool: JSONReadable {
    package init(json: JSONNode) throws(DocumentError) { self = try json.bool() }
}

extension JSONReadable where Self: FixedWidthInteger {
    package init(json: JSONNode) throws(DocumentError) {
        let number = try json.integer()
        let value =
            switch number {
            case .signed(let number): Self(exactly: number)
            case .large(let number): Self(exactly: number)
            }
        guard let value else {
            throw DocumentError(
                "number \(number) is out of range (\(Self.min) to \(Self.max))")
        }
        self = value
    }
}

extension Int: JSONReadable {}
extension Int32: JSONReadable {}
extension Int64: JSONReadable {}
extension UInt16: JSONReadable {}
extension UInt32: JSONReadable {}
extension UInt64: JSONReadable {}

extension JSONValue: JSONReadable {
    package init(json: JSONNode) throws(DocumentError) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(try json.bool())
        case .string: self = .string(try json.string())
        case .real: self = .real(try json.real())
        case .array: self = .array(try [JSONValue](json: json))
        case .integer:
            switch try json.integer() {
            case .signed(let number): self = .integer(number)
            case .large(let number): self = .unsigned(number)
            }
        case .object:
            var object = JSONObject()
            for (key, node) in try json.members() { object.append(key, try JSONValue(json: node)) }
            self = .object(object)
        }
    }
}
