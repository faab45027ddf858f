/// Any JSON: what state files, log lines and answers are made of before they are text.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Only for numbers that `integer` cannot hold.
    case unsigned(UInt64)
    case real(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package init(_ number: UInt64) {
        self = Int64(exactly: number).map(JSONValue.integer) ?? .unsigned(number)
    }

    package var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    package var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// A member of an object; nil for other kinds of values too.
    package subscript(key: String) -> JSONValue? { objectValue?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

/// A JSON object that keeps the order of its members, so that its text is the same every time.
package struct JSONObject: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init() {}

    /// Members in order; a key that comes twice keeps its last value.
    package init(_ members: KeyValuePairs<String, JSONValue>) {
        for (key, value) in members { self[key] = value }
    }

    /// Setting nil removes the member.
    package subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let place = members.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Appends without looking for an equal key; for keys that are known to differ.
    mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
    }
}

extension JSONObject {
    // Builders for values that are left out where they say nothing, as Go's omitempty does.

    package mutating func set(_ key: String, _ value: (some JSONWritable)?) {
        guard let value else { return }
        append(key, value.json)
    }

    package mutating func set(_ key: String, _ value: String?) {
        if let value { append(key, .string(value)) }
    }

    package mutating func set(_ key: String, list: [some JSONWritable]) {
        guard !list.isEmpty else { return }
        append(key, .array(list.map { $0.json }))
    }

    package mutating func set(_ key: String, map: [String: some JSONWritable]) {
        guard !map.isEmpty else { return }
        append(key, JSONValue(map: map))
    }

    package mutating func set(_ key: String, flag: Bool) {
        if flag { append(key, true) }
    }
}

extension JSONValue {
    /// An object in the order of its keys.
    package init(map: [String: some JSONWritable]) {
        var object = JSONObject()
        for (key, value) in map.sorted(by: { $0.key < $1.key }) { object.append(key, value.json) }
        self = .object(object)
    }

    /// An object that `fill` completes.
    package static func object(_ fill: (inout JSONObject) -> Void) -> JSONValue {
        var object = JSONObject()
        fill(&object)
        return .object(object)
    }
}
