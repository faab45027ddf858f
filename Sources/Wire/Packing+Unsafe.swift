import CProtobufC
import CWire
import Glibc

/// The C side of a message: what the generated code says about its struct.
protocol CMessage: WireMessage {
    associatedtype Packed
    static func initialize(_ c: UnsafeMutablePointer<Packed>)
    init(reading c: borrowing Packed)
    func write(to c: inout Packed, in arena: Arena)
}

/// Nested deeper than this, a message is an attack: ours have four levels.
private let maximumDepth = 32

/// Many times what the largest honest message takes.
private let maximumUnpackedBytes = 64 << 20

/// What the allocator adds to a string or a structure, roughly.
private let allocationBytes = 64

/// Owns the C memory of a message while it is packed.
@safe final class Arena {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private(set) var failure: String?

    deinit { unsafe blocks.forEach { unsafe free($0) } }

    func allocate<T>(_ type: T.Type, count: Int = 1) -> UnsafeMutablePointer<T> {
        guard let block = unsafe calloc(max(count, 1), MemoryLayout<T>.stride) else {
            fatalError("out of memory")
        }
        unsafe blocks.append(block)
        return unsafe block.bindMemory(to: type, capacity: max(count, 1))
    }

    func string(_ value: String) -> UnsafeMutablePointer<CChar> {
        var value = value
        return value.withUTF8 { utf8 in
            if unsafe utf8.contains(0) { failure = "a string holds a NUL byte" }
            let copy = unsafe allocate(CChar.self, count: utf8.count + 1)
            unsafe utf8.withMemoryRebound(to: CChar.self) { source in
                if let base = source.baseAddress {
                    unsafe copy.update(from: base, count: source.count)
                }
            }
            return unsafe copy
        }
    }

    func strings(_ values: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        guard !values.isEmpty else { return nil }
        let array = unsafe allocate(UnsafeMutablePointer<CChar>?.self, count: values.count)
        for (index, value) in values.enumerated() { unsafe array[index] = string(value) }
        return unsafe array
    }

    func bytes(_ value: [UInt8]) -> ProtobufCBinaryData {
        guard !value.isEmpty else { return unsafe ProtobufCBinaryData(len: 0, data: nil) }
        let copy = unsafe allocate(UInt8.self, count: value.count)
        unsafe value.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { unsafe copy.update(from: base, count: source.count) }
        }
        return unsafe ProtobufCBinaryData(len: value.count, data: copy)
    }

    func scalars<T>(_ values: [T]) -> UnsafeMutablePointer<T>? {
        guard !values.isEmpty else { return nil }
        let array = unsafe allocate(T.self, count: values.count)
        for (index, value) in values.enumerated() { unsafe array[index] = value }
        return unsafe array
    }

    func message<Message: CMessage>(_ value: Message?) -> UnsafeMutablePointer<Message.Packed>? {
        guard let value else { return nil }
        let c = unsafe allocate(Message.Packed.self)
        unsafe Message.initialize(c)
        unsafe value.write(to: &c.pointee, in: self)
        return unsafe c
    }

    func array<Message: CMessage>(
        _ values: [Message]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message.Packed>?>? {
        guard !values.isEmpty else { return nil }
        let array = unsafe allocate(UnsafeMutablePointer<Message.Packed>?.self, count: values.count)
        for (index, value) in values.enumerated() { unsafe array[index] = message(value) }
        return unsafe array
    }

    /// A map as protobuf-c has it: an array of entries, here in the order of their keys.
    func map<Entry>(
        _ values: [String: String], _ initialize: (UnsafeMutablePointer<Entry>) -> Void,
        _ fill: (
            UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CChar>
        )
            -> Void
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>? {
        guard !values.isEmpty else { return nil }
        let array = unsafe allocate(UnsafeMutablePointer<Entry>?.self, count: values.count)
        for (index, pair) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            let entry = unsafe allocate(Entry.self)
            unsafe initialize(entry)
            unsafe fill(entry, string(pair.key), string(pair.value))
            unsafe array[index] = entry
        }
        return unsafe array
    }
}

func pack<Message: CMessage>(_ message: Message) throws(WireError) -> [UInt8] {
    let arena = Arena()
    let c = unsafe UnsafeMutableRawPointer(arena.message(Optional(message))!)
        .assumingMemoryBound(to: ProtobufCMessage.self)
    if let reason = arena.failure { throw WireError(message: Message.wireName, reason: reason) }
    let size = unsafe protobuf_c_message_get_packed_size(c)
    // Also keeps threads from writing a length of 0 into the empty array that all of them share.
    guard size > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = unsafe protobuf_c_message_pack(c, buffer.baseAddress!)
    }
}

func unpack<Message: CMessage>(_ bytes: [UInt8]) throws(WireError) -> Message {
    let descriptor = unsafe descriptor(of: Message.self)
    var inspector = Inspector()
    if let reason = unsafe inspector.objection(to: bytes[...], as: descriptor) {
        throw WireError(message: Message.wireName, reason: reason)
    }
    let unpacked = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe protobuf_c_message_unpack(descriptor, nil, buffer.count, buffer.baseAddress)
    }
    guard let unpacked = unsafe unpacked else {
        throw WireError(message: Message.wireName, reason: "the encoding is broken")
    }
    defer { unsafe protobuf_c_message_free_unpacked(unpacked, nil) }
    return unsafe UnsafeMutableRawPointer(unpacked).withMemoryRebound(
        to: Message.Packed.self, capacity: 1
    ) {
        unsafe Message(reading: $0.pointee)
    }
}

private func descriptor<Message: CMessage>(
    of type: Message.Type
) -> UnsafePointer<ProtobufCMessageDescriptor> {
    unsafe withUnsafeTemporaryAllocation(of: Message.Packed.self, capacity: 1) { buffer in
        unsafe Message.initialize(buffer.baseAddress!)
        return unsafe UnsafeRawPointer(buffer.baseAddress!)
            .assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
    }
}

/// Reads an encoding as a strict reader would, before protobuf-c sees it.
///
/// protobuf-c accepts strings that are not UTF-8, cuts them at a NUL, follows nesting as deep as it
/// goes, and turns two bytes into a structure of hundreds; all of that is refused here.
private struct Inspector {
    /// What the unpacked message may take. Two bytes can stand for an empty message, so the length
    /// of the encoding alone bounds nothing.
    private var budget = maximumUnpackedBytes

    /// What is wrong with the bytes, or nil.
    mutating func objection(
        to bytes: ArraySlice<UInt8>, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        depth: Int = 0
    ) -> String? {
        guard depth <= maximumDepth else { return "nested deeper than \(maximumDepth) levels" }
        unsafe budget -= 2 * descriptor.pointee.sizeof_message + allocationBytes
        var reader = FieldReader(bytes)
        while let field = reader.next() {
            guard case .bytes(let value) = field.value else { continue }
            budget -= value.count + allocationBytes
            guard budget >= 0 else {
                return "unpacked it would take more than \(maximumUnpackedBytes) bytes"
            }
            let known = unsafe protobuf_c_message_descriptor_get_field(descriptor, field.number)
            guard let known = unsafe known else { continue }
            if let reason = unsafe objection(to: value, in: known, depth) {
                return "field \(field.number): \(reason)"
            }
        }
        return reader.isBroken ? "the encoding is broken" : nil
    }

    private mutating func objection(
        to value: ArraySlice<UInt8>, in field: UnsafePointer<ProtobufCFieldDescriptor>, _ depth: Int
    ) -> String? {
        switch unsafe field.pointee.type {
        case PROTOBUF_C_TYPE_STRING:
            if value.contains(0) { return "a string holds a NUL byte" }
            return String(validating: value, as: UTF8.self) == nil ? "a string is not UTF-8" : nil
        case PROTOBUF_C_TYPE_MESSAGE:
            let inner = unsafe field.pointee.descriptor!
                .assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            return unsafe objection(to: value, as: inner, depth: depth + 1)
        default: return nil
        }
    }
}

/// Walks over the fields of one message (protobuf.dev, "Encoding").
private struct FieldReader {
    enum Value {
        case number
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>
    private(set) var isBroken = false

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> (number: UInt32, value: Value)? {
        guard !rest.isEmpty, let tag = varint() else { return nil }
        // protobuf-c would cut a longer number, and then know a field that was not looked at here.
        guard let number = UInt32(exactly: tag >> 3), (1..<1 << 29).contains(number) else {
            isBroken = true
            return nil
        }
        switch tag & 7 {
        case 0:
            guard varint() != nil else { return nil }
            return (number, .number)
        case 1: return skip(8) == nil ? nil : (number, .number)
        case 2:
            guard let length = varint(), let count = Int(exactly: length), let value = skip(count)
            else {
                isBroken = true
                return nil
            }
            return (number, .bytes(value))
        case 5: return skip(4) == nil ? nil : (number, .number)
        default:
            isBroken = true
            return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard let byte = rest.popFirst() else { break }
            if shift < 64 { result |= UInt64(byte & 0x7f) << UInt64(shift) }
            if byte & 0x80 == 0 { return result }
        }
        isBroken = true
        return nil
    }

    private mutating func skip(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else {
            isBroken = true
            return nil
        }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

// MARK: Reading C values; the generated code calls these.

func readString(_ c: UnsafePointer<CChar>?) -> String {
    unsafe c.map { unsafe String(cString: $0) } ?? ""
}

func readStrings(_ c: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String]
{
    (0..<count).map { unsafe readString(c![$0]) }
}

func readBytes(_ c: ProtobufCBinaryData) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: c.data, count: c.len))
}

func readScalars<T>(_ c: UnsafeMutablePointer<T>?, _ count: Int) -> [T] {
    unsafe Array(UnsafeBufferPointer(start: c, count: count))
}

func readMessage<Message: CMessage>(
    _ c: UnsafeMutablePointer<Message.Packed>?, _ type: Message.Type
) -> Message? {
    unsafe c.map { unsafe Message(reading: $0.pointee) }
}

func readArray<Message: CMessage>(
    _ c: UnsafeMutablePointer<UnsafeMutablePointer<Message.Packed>?>?, _ count: Int,
    _ type: Message.Type
) -> [Message] {
    (0..<count).compactMap { unsafe readMessage(c![$0], type) }
}

func readMap<Entry>(
    _ c: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?, _ count: Int,
    _ parts: (Entry) -> (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?)
) -> [String: String] {
    var result: [String: String] = [:]
    for index in 0..<count {
        guard let entry = unsafe c![index] else { continue }
        let (key, value) = unsafe parts(entry.pointee)
        result[unsafe readString(key)] = unsafe readString(value)
    }
    return result
}
