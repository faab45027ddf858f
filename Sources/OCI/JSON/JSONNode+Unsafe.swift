internal import CJansson

/// A value inside a document that jansson has read.
///
/// It borrows the document: it is only handed to the closure of `readJSON`, whose document outlives
/// it, and nothing that is built from it keeps it.
@safe package struct JSONNode {
    package enum Kind: String {
        case object = "an object"
        case array = "a list"
        case string = "a string"
        case integer = "an integer"
        case real = "a number"
        case bool = "a boolean"
        case null = "null"
    }

    /// An integer of the document, which may be beyond Int64.max.
    enum Integer: CustomStringConvertible {
        case signed(Int64)
        case large(UInt64)

        var description: String {
            switch self {
            case .signed(let value): "\(value)"
            case .large(let value): "\(value)"
            }
        }
    }

    private let raw: UnsafeMutablePointer<json_t>
    /// Integers beyond Int64.max were marked (`LargeIntegers`).
    private let hasMarks: Bool

    fileprivate init(_ raw: UnsafeMutablePointer<json_t>, hasMarks: Bool) {
        unsafe self.raw = raw
        self.hasMarks = hasMarks
    }

    package var kind: Kind {
        switch unsafe raw.pointee.type {
        case JSON_OBJECT: .object
        case JSON_ARRAY: .array
        case JSON_STRING: mark == nil ? .string : .integer
        case JSON_INTEGER: .integer
        case JSON_REAL: .real
        case JSON_TRUE, JSON_FALSE: .bool
        default: .null
        }
    }

    private func expect(_ wanted: Kind) throws(DocumentError) {
        guard kind == wanted else {
            throw DocumentError("expected \(wanted.rawValue), found \(found)")
        }
    }

    private var found: String { kind == .integer ? Kind.real.rawValue : kind.rawValue }

    /// A member of an object; nil where it is absent or null.
    func member(_ key: StaticString) throws(DocumentError) -> JSONNode? {
        try expect(.object)
        let name = unsafe UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self)
        guard let value = unsafe json_object_get(raw, name),
            unsafe value.pointee.type != JSON_NULL
        else { return nil }
        return unsafe JSONNode(value, hasMarks: hasMarks)
    }

    /// Every member of an object, in the document's order.
    func members() throws(DocumentError) -> [(key: String, value: JSONNode)] {
        try expect(.object)
        var result: [(key: String, value: JSONNode)] = []
        var place = unsafe json_object_iter(raw)
        while let current = unsafe place {
            let key = unsafe String(cString: json_object_iter_key(current))
            let value = unsafe json_object_iter_value(current)!
            result.append((key, unsafe JSONNode(value, hasMarks: hasMarks)))
            unsafe place = unsafe json_object_iter_next(raw, current)
        }
        return result
    }

    func elementCount() throws(DocumentError) -> Int {
        try expect(.array)
        return unsafe json_array_size(raw)
    }

    /// An element of a list; the index is below `elementCount`.
    func element(_ index: Int) -> JSONNode {
        unsafe JSONNode(json_array_get(raw, index)!, hasMarks: hasMarks)
    }

    func string() throws(DocumentError) -> String {
        try expect(.string)
        return text
    }

    func bool() throws(DocumentError) -> Bool {
        try expect(.bool)
        return unsafe raw.pointee.type == JSON_TRUE
    }

    func integer() throws(DocumentError) -> Integer {
        if let mark { return .large(mark) }
        guard kind == .integer else {
            throw DocumentError("expected an integer, found \(kind.rawValue)")
        }
        return .signed(unsafe Int64(json_integer_value(raw)))
    }

    func real() throws(DocumentError) -> Double {
        try expect(.real)
        return unsafe json_real_value(raw)
    }

    private var mark: UInt64? {
        guard hasMarks, unsafe raw.pointee.type == JSON_STRING else { return nil }
        return LargeIntegers.value(of: text)
    }

    private var text: String {
        let start = unsafe UnsafeRawPointer(json_string_value(raw)!)
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: json_string_length(raw))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}

/// The most that a document may hold, checked before it is read.
package let longestDocumentBytes = 16 << 20

/// Reads a JSON document into a value.
///
/// Refused beside malformed text: more than `limit` bytes, keys that come twice, NUL in a string,
/// more than 2048 levels (jansson's own limit), and bytes behind the end.
package func readJSON<Value: JSONReadable>(
    _ type: Value.Type = Value.self, from text: [UInt8], of document: String,
    limit: Int = longestDocumentBytes
) throws(DocumentError) -> Value {
    guard text.count <= limit else {
        throw DocumentError(
            document: document, "is \(text.count) bytes long; the limit is \(limit)")
    }
    do throws(DocumentError) {
        return try ParsedDocument(text).read()
    } catch {
        throw DocumentError(document: document, path: error.path, error.problem)
    }
}

/// The owner of what jansson has read.
@safe private struct ParsedDocument: ~Copyable {
    private let raw: UnsafeMutablePointer<json_t>
    private let hasMarks: Bool

    init(_ text: [UInt8]) throws(DocumentError) {
        var failure = json_error_t()
        if let root = unsafe load(text, &failure) {
            unsafe raw = root
            hasMarks = false
        } else if failureCode(failure) == json_error_numeric_overflow,
            let marked = LargeIntegers.marking(text), let root = unsafe load(marked, &failure)
        {
            unsafe raw = root
            hasMarks = true
        } else {
            throw DocumentError(problem(of: failure))
        }
    }

    deinit { unsafe json_decref(raw) }

    func read<Value: JSONReadable>() throws(DocumentError) -> Value {
        unsafe try Value(json: JSONNode(raw, hasMarks: hasMarks))
    }
}

private func load(
    _ text: [UInt8], _ failure: inout json_error_t
) -> UnsafeMutablePointer<json_t>? {
    _ = isSeeded
    let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)
    return unsafe text.withUnsafeBytes { bytes in
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        return unsafe json_loadb(start ?? emptyText, bytes.count, flags, &failure)
    }
}

/// jansson would open /dev/urandom for a number that nobody can guess, which a system call gives as
/// well. 0 would be none.
private let isSeeded: Bool = {
    json_object_seed(Int(UInt32.random(in: 1...UInt32.max)))
    return true
}()

/// json_loadb refuses a null pointer, which an empty array's may be.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = unsafe UnsafePointer(
    UnsafeMutablePointer<CChar>.allocate(capacity: 1))

/// jansson keeps the code in the last byte of the text.
private func failureCode(_ failure: json_error_t) -> json_error_code {
    json_error_code(UInt32(truncatingIfNeeded: failure.text.159))
}

private func problem(of failure: json_error_t) -> String {
    let place = "line \(failure.line), column \(failure.column)"
    let words =
        switch failureCode(failure) {
        case json_error_null_character, json_error_null_byte_in_key:
            "a string must not hold a NUL character"
        case json_error_premature_end_of_input: "the document ends in the middle"
        case json_error_stack_overflow: "is nested too deeply"
        case json_error_numeric_overflow: "the number is too big"
        default: jansson(failure)
        }
    return "\(place): \(words)"
}

private func jansson(_ failure: json_error_t) -> String {
    unsafe withUnsafeBytes(of: failure.text) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
