import Testing

@testable import OCI

/// Hostile and broken documents. Requirement A017: invalid values are rejected.
@Suite struct DocumentTests {
    @Test(arguments: [
        ("", "the document ends in the middle"),
        ("{", "the document ends in the middle"),
        ("{\"a\":1}x", "line 1, column 8"),
        ("{\"a\":1,\"a\":2}", "duplicate object key"),
        ("{\"a\":\"\\u0000\"}", "a string must not hold a NUL character"),
        ("{\"a\\u0000\":1}", "a string must not hold a NUL character"),
        ("{\"a\":\"\u{0}\"}", "line 1"),
        ("{\"a\":'b'}", "invalid token"),
    ])
    func malformedTextIsRefusedWithItsPlace(text: String, problem: String) {
        let error = #expect(throws: DocumentError.self) {
            let _: JSONValue = try readJSON(from: Array(text.utf8), of: "state.json")
        }
        #expect(error?.description.hasPrefix("state.json: line ") == true)
        #expect(error?.description.contains(problem) == true)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: DocumentError.self) {
            let _: JSONValue = try readJSON(from: [0x22, 0xff, 0x22], of: "x")
        }
    }

    @Test func deepNestingIsRefused() {
        let text = Array(String(repeating: "[", count: 100_000).utf8)
        let error = #expect(throws: DocumentError.self) {
            let _: JSONValue = try readJSON(from: text, of: "x")
        }
        #expect(error?.problem.contains("nested too deeply") == true)
    }

    @Test func theSizeIsCheckedBeforeReading() {
        let error = #expect(throws: DocumentError.self) {
            let _: JSONValue = try readJSON(from: Array("[1,2]".utf8), of: "x", limit: 4)
        }
        #expect(error?.description == "x: is 5 bytes long; the limit is 4")
    }

    @Test func randomBytesNeverDoMoreThanFail() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]":,\u0129-+.eE truefalsn"#.utf8)
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...64, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            _ = try? readJSON(JSONValue.self, from: text, of: "x")
            _ = try? Spec(configuration: text)
        }
    }

    @Test func textComesBackAsTheSameValue() throws {
        let value: JSONValue = .object { object in
            object["text"] = .string("\u{1}\"\\\n\t\r\u{7f}é😀/")
            object["list"] = [1, -2, true, .null, .real(1.5), .array([]), .object(JSONObject())]
            object["big"] = .unsigned(.max)
        }
        let compact: JSONValue = try readJSON(from: Array(value.text().utf8), of: "x")
        #expect(compact == value)
        let indented: JSONValue = try readJSON(from: Array(value.text(indent: 2).utf8), of: "x")
        #expect(indented == value)
    }

    @Test func indentedTextIsLaidOutAsGoDoes() {
        let value: JSONValue = .object { object in
            object["a"] = ["b"]
            object["c"] = .object(JSONObject())
            object["d"] = .array([])
        }
        #expect(
            value.text(indent: 2) == """
                {
                  "a": [
                    "b"
                  ],
                  "c": {},
                  "d": []
                }
                """)
        #expect(value.text() == #"{"a":["b"],"c":{},"d":[]}"#)
    }
}
