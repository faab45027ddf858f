/// A value that has a JSON form.
package protocol JSONWritable {
    var json: JSONValue { get }
}

extension JSONWritable {
    /// Compact, or with so many spaces a level as Go's MarshalIndent lays it out.
    package func jsonText(indent: Int? = nil) -> String { json.text(indent: indent) }
}

extension JSONValue: JSONWritable {
    package var json: JSONValue { self }
}

extension String: JSONWritable {
    package var json: JSONValue { .string(self) }
}

extension Bool: JSONWritable {
    package var json: JSONValue { .bool(self) }
}

extension Array: JSONWritable where Element: JSONWritable {
    package var json: JSONValue { .array(map { $0.json }) }
}

extension JSONWritable where Self: FixedWidthInteger {
    package var json: JSONValue {
        Int64(exactly: self).map(JSONValue.integer) ?? .unsigned(UInt64(self))
    }
}

extension Int: JSONWritable {}
extension Int32: JSONWritable {}
extension Int64: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt64: JSONWritable {}

extension JSONWritable where Self: RawRepresentable<String> {
    package var json: JSONValue { .string(rawValue) }
}
