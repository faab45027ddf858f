/// A message of D-Bus (dbus-specification, Message Protocol).
package struct DBusMessage: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case call = 1
        case reply, error, signal
    }

    /// Nobody of systemd's says more.
    static let longest = 4 << 20
    static let fixedLength = 16

    package var kind: Kind
    package var serial: UInt32
    package var path = ""
    package var interface = ""
    package var member = ""
    package var errorName = ""
    package var replySerial: UInt32 = 0
    package var destination = ""
    package var body: [DBusValue] = []

    package init(_ kind: Kind, serial: UInt32) {
        self.kind = kind
        self.serial = serial
    }

    // Codes of header fields.
    private enum Field: UInt8 {
        case path = 1
        case interface, member, errorName, replySerial, destination, sender, signature
    }

    package var bytes: [UInt8] {
        var content = DBusWriter()
        for value in body { content.write(value) }
        var fields: [(Field, DBusValue)] = []
        if !path.isEmpty { fields.append((.path, .path(path))) }
        if !interface.isEmpty { fields.append((.interface, .string(interface))) }
        if !member.isEmpty { fields.append((.member, .string(member))) }
        if !errorName.isEmpty { fields.append((.errorName, .string(errorName))) }
        if replySerial != 0 { fields.append((.replySerial, .uint32(replySerial))) }
        if !destination.isEmpty { fields.append((.destination, .string(destination))) }
        if !body.isEmpty {
            fields.append((.signature, .signature(body.map { $0.signature }.joined())))
        }
        var writer = DBusWriter()
        for byte in [UInt8(ascii: "l"), kind.rawValue, 0, 1] { writer.write(.byte(byte)) }
        writer.write(.uint32(UInt32(content.bytes.count)))
        writer.write(.uint32(serial))
        writer.write(
            .array("(yv)", fields.map { .structure([.byte($0.0.rawValue), .variant($0.1)]) }))
        writer.align(to: 8)
        return writer.bytes + content.bytes
    }

    /// How long the message is that begins so; nil where it is none, or longer than any should be.
    package static func length(_ start: ArraySlice<UInt8>) -> Int? {
        guard start.count >= fixedLength, start.first == UInt8(ascii: "l"),
            start[start.startIndex + 3] == 1
        else { return nil }
        func number(at offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(start[start.startIndex + offset + $1]) << ($1 * 8) }
        }
        let header = (fixedLength + number(at: 12) + 7) / 8 * 8
        let length = header + number(at: 4)
        return length <= longest ? length : nil
    }

    /// nil where the bytes are no message.
    package init?(_ bytes: ArraySlice<UInt8>) {
        var reader = DBusReader(bytes)
        guard let header = reader.read(all: "yyyyuua(yv)"), header.count == 7,
            case .byte(let code) = header[1], let kind = Kind(rawValue: code),
            case .uint32(let length) = header[4], case .uint32(let serial) = header[5],
            case .array(_, let fields) = header[6], Int(length) <= bytes.count
        else { return nil }
        self.init(kind, serial: serial)
        var signature = ""
        for field in fields {
            guard case .structure(let pair) = field, pair.count == 2,
                case .byte(let code) = pair[0], case .variant(let value) = pair[1]
            else { return nil }
            switch (Field(rawValue: code), value) {
            case (.path, .path(let text)): path = text
            case (.interface, .string(let text)): interface = text
            case (.member, .string(let text)): member = text
            case (.errorName, .string(let text)): errorName = text
            case (.replySerial, .uint32(let number)): replySerial = number
            case (.destination, .string(let text)): destination = text
            case (.signature, .signature(let text)): signature = text
            default: continue
            }
        }
        var content = DBusReader(bytes.suffix(Int(length)))
        guard let body = content.read(all: signature) else { return nil }
        self.body = body
    }
}
