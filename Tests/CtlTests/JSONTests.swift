import Testing
import Wire

@testable import Ctl

// A027
struct JSONTests {
    @Test func membersAreTheFieldsOfTheProtoInTheirOrder() {
        let blob = Apus.ContentBlob(digest: "sha256:1", sizeBytes: 1 << 62)
        #expect(
            JSON(blob).text(indented: false)
                == #"{"digest":"sha256:1","sizeBytes":4611686018427387904,"createdAt":null}"#)
    }

    @Test func namesAreThoseOfProtobufsOwnMapping() {
        let names: [String] =
            if case .object(let members) = JSON(Apus.ContainerSpec()) { members.map(\.name) } else {
                []
            }
        #expect(names.contains("nanoCpus") && names.contains("cpusetCpus"))
        #expect(
            JSON(Apus.ContainerPid(pid: 1, execID: "x")).text(indented: false)
                == #"{"pid":1,"execId":"x"}"#)
        let phase = RuntimeAPI.Phase(program: "p", name: "n", startNS: 1, endNS: 2)
        #expect(
            JSON(phase).text(indented: false)
                == #"{"program":"p","name":"n","startNs":1,"endNs":2}"#)
    }

    @Test func timesEnumsMapsListsAndBytesHaveTheirForms() {
        let line = Apus.LogLine(
            time: Timestamp(seconds: 0, nanos: 1), stream: .stderr, data: [0, 255, 16])
        #expect(
            JSON(line).text(indented: false)
                == #"{"time":"1970-01-01T00:00:00.000000001Z","stream":"stderr","data":"AP8Q"}"#)
        let config = Apus.ImageConfig(env: ["A=1"], labels: ["b": "2", "a": "1"])
        let text = JSON(config).text(indented: false)
        #expect(text.contains(#""env":["A=1"]"#) && text.contains(#""labels":{"a":"1","b":"2"}"#))
        #expect(text.contains(#""cmd":[]"#))
    }

    @Test func nestedMessagesAreObjects() {
        let container = Apus.Container(
            id: "i", spec: Apus.ContainerSpec(image: "x"), status: .running)
        let text = JSON(container).text(indented: false)
        #expect(text.contains(#""spec":{"name":"","image":"x""#))
        #expect(text.contains(#""status":"running""#) && text.contains(#""oomKilled":false"#))
    }

    @Test func textIsEscapedAsRFC8259Demands() {
        #expect(
            JSON.string("a\"\\\n\r\t\u{1}\u{7f}é\u{1F426}").text()
                == "\"a\\\"\\\\\\n\\r\\t\\u0001\u{7f}é\u{1F426}\"")
    }

    @Test func peopleGetLineBreaks() {
        let document = JSON.object([
            "a": .array([.number("1"), .null]), "b": .array([]), "c": .bool(true),
        ])
        #expect(
            document.text() == """
                {
                    "a": [
                        1,
                        null
                    ],
                    "b": [],
                    "c": true
                }
                """)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ])
    func base64IsThatOfRFC4648(_ text: String, _ expected: String) {
        #expect(JSON.base64(Array(text.utf8)) == expected)
    }
}
