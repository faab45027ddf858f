import Testing
import Wire

private typealias Text = Apus.ImageRequest

private func field(_ number: UInt8, _ value: [UInt8]) -> [UInt8] {
    [number << 3 | 2] + varint(value.count) + value
}

private func varint(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}

private func reason(_ bytes: [UInt8]) -> String? {
    do throws(WireError) {
        _ = try Text(serialized: bytes)
        return nil
    } catch {
        return error.reason
    }
}

@Suite struct StrictReadingTests {
    @Test(
        arguments: [
            [0x0a], [0x0a, 0x05, 0x61], [0x80],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
            [UInt8](repeating: 0xff, count: 11), [0x0b], [0x0c], [0x0e], [0x0f], [0x09, 1],
            [0x0d, 1],
            [0x00, 0x01], [0x02, 0x00],
        ] as [[UInt8]])
    func aBrokenEncodingIsRefused(_ bytes: [UInt8]) {
        #expect(reason(bytes) == "the encoding is broken")
    }

    @Test func aFieldNumberThatIsTooBigIsRefused() {
        // Its low 32 bits name field 1.
        #expect(reason([0x8a, 0x80, 0x80, 0x80, 0x80, 0x01, 1, 0xff]) == "the encoding is broken")
        #expect(reason([0x82, 0x80, 0x80, 0x80, 0x10, 0]) == "the encoding is broken")
    }

    @Test func aStringThatIsNotUTF8IsRefused() {
        for bytes: [UInt8] in [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x61, 0xc3],
        ] {
            #expect(reason(field(1, bytes)) == "field 1: a string is not UTF-8")
        }
    }

    @Test func aNULIsRefusedOnTheWayInAndOut() {
        #expect(reason(field(1, Array("a\0b".utf8))) == "field 1: a string holds a NUL byte")
        let error = #expect(throws: WireError.self) { try Text(name: "a\0b").serialized() }
        #expect(error?.description == "apus.v1.ImageRequest: a string holds a NUL byte")
        #expect(throws: WireError.self) {
            try Apus.ListContainersRequest(labels: ["a": "\0"]).serialized()
        }
    }

    @Test func whatIsWrongInsideIsNamedByItsWay() {
        let inner = field(1, [0xff])
        let error = #expect(throws: WireError.self) {
            try Apus.CreateContainerRequest(serialized: field(1, inner))
        }
        #expect(error?.reason == "field 1: field 1: a string is not UTF-8")
    }

    @Test func unknownFieldsAreSkipped() throws {
        let unknown: [UInt8] =
            [0xf8, 0x07, 0x96, 0x01] + [0x7a, 3, 0xff, 0, 1] + [0x79, 1, 2, 3, 4, 5, 6, 7, 8]
            + [0x7d, 1, 2, 3, 4]
        #expect(try Text(serialized: unknown + field(1, [0x61]) + unknown) == Text(name: "a"))
    }

    @Test func theLastOfAFieldCounts() throws {
        #expect(try Text(serialized: field(1, [0x61]) + field(1, [0x62])).name == "b")
    }

    @Test func deepNestingInAnUnknownFieldCostsNothing() throws {
        var nested: [UInt8] = []
        for _ in 0..<2000 { nested = field(15, nested) }
        #expect(try Text(serialized: nested) == Text())
    }

    // Two bytes an element: 4 MiB would unpack to hundreds.
    @Test func aMessageThatUnpacksToTooMuchIsRefused() {
        let many = [[UInt8]](repeating: [0x0a, 0x00], count: 500_000).flatMap { $0 }
        let error = #expect(throws: WireError.self) {
            try Apus.ListContainersResponse(serialized: many)
        }
        #expect(error?.reason == "unpacked it would take more than 67108864 bytes")
    }

    @Test func aLongListIsRead() throws {
        let containers = (0..<2000).map { Apus.Container(id: "\($0)", name: "n", command: ["a"]) }
        let list = Apus.ListContainersResponse(containers: containers)
        #expect(try Apus.ListContainersResponse(serialized: try list.serialized()) == list)
    }

    @Test func randomBytesAreReadOrRefused() {
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int(state % 40) {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                bytes.append(UInt8(truncatingIfNeeded: state))
            }
            state ^= state << 13
            for type in allMessages { _ = try? type.init(serialized: bytes) }
        }
    }

    @Test func anAnyIsKnownByItsName() throws {
        let any = try AnyMessage(Text(name: "x"))
        #expect(any.typeURL == "apus.v1.ImageRequest")
        #expect(try any.unwrap(Text.self) == Text(name: "x"))
        #expect(try any.unwrap(Empty.self) == nil)
        let prefixed = AnyMessage(typeURL: "type.googleapis.com/" + any.typeURL, value: any.value)
        #expect(try prefixed.unwrap(Text.self) == Text(name: "x"))
    }
}
