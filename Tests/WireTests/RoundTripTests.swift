import Foundation
import TestSupport
import Testing
import Wire

private func hex(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? "-" : bytes.map { String(format: "%02x", $0) }.joined()
}

private func bytes(_ hex: Substring) -> [UInt8] {
    guard hex != "-" else { return [] }
    let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private func again<Message: WireMessage>(
    _ type: Message.Type, _ bytes: [UInt8]
) throws -> [UInt8] {
    let message = try Message(serialized: bytes)
    let packed = try message.serialized()
    #expect(try Message(serialized: packed) == message)
    return packed
}

/// Google's protobuf for Python reads what we write, and writes what we read.
@Suite(.needs("protoc"), .needs("python3")) struct RoundTripTests {
    private let peer = Programs.repository + "/Tests/wire-peer.py"
    private let proto = Programs.repository + "/spec/proto"

    // A014
    @Test func everyMessageSurvivesTheWayThereAndBack() throws {
        let directory = TemporaryDirectory("wire")
        let made = Command.run("/usr/bin/python3", [peer, "make", proto, "7", "20"])
        try #require(made.status == 0, "\(made)")
        let types = Dictionary(uniqueKeysWithValues: allMessages.map { ($0.wireName, $0) })
        var seen: Set<String> = []
        var answer = ""
        for line in made.stdout.split(separator: "\n") {
            let words = line.split(separator: " ")
            let name = String(words[0])
            let type = try #require(types[name], "\(name) is not in allMessages")
            answer += "\(name) \(hex(try again(type, bytes(words[1]))))\n"
            seen.insert(name)
        }
        #expect(seen == Set(types.keys))
        let before = directory.write("before", made.stdout)
        let after = directory.write("after", answer)
        let compared = Command.run("/usr/bin/python3", [peer, "compare", proto, before, after])
        #expect(compared.status == 0, "\(compared)")
    }

    @Test func protocReadsWhatWeWrite() throws {
        let container = Apus.Container(
            id: "c1", spec: Apus.ContainerSpec(args: ["sh"], labels: ["b": "2", "a": ""]),
            status: .running, createdAt: Timestamp(seconds: -1, nanos: 5), pid: 42)
        let output = Command.run(
            "/usr/bin/protoc", ["-I", proto, "--decode", "apus.v1.Container", "apus/types.proto"],
            input: try container.serialized())
        let words = output.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words
                == #"id: "c1" spec { args: "sh" labels { key: "a" value: "" } labels { key: "b" value: "2" } } "#
                + #"status: RUNNING created_at { seconds: -1 nanos: 5 } pid: 42"#)
    }

    @Test func theCommittedCodeIsWhatTheProtoFilesSay() {
        let output = Command.run(Programs.repository + "/spec/check-generated.sh", limit: 120)
        #expect(output.status == 0, "\(output)")
    }
}
