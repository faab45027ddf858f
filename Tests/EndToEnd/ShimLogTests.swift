import AsyncRPC
import Foundation
import Linux
import TestSupport
import Testing
import Wire

/// The log files that the shim writes itself, and journald.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimLogTests {
    // A025
    @Test func theFormatOfKubernetesIsWrittenWithItsPartialLines() async throws {
        let harness = try await ShimHarness([
            "sh", "-c",
            "echo out; echo err >&2; dd if=/dev/zero bs=20000 count=1 2>/dev/null | tr '\\0' y; "
                + "echo; printf tail",
        ])
        defer { harness.remove() }
        let path = harness.directory.file("0.log")
        #expect(try await harness.run(stdout: "cri://" + path) == 0)
        try await harness.delete()
        let entries = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ", maxSplits: 3).map(String.init) }
        let time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
        for entry in entries { #expect(entry[0].contains(time)) }
        let err = try #require(entries.first { $0[1] == "stderr" })
        #expect(Array(err[2...]) == ["F", "err"])
        let out = entries.filter { $0[1] == "stdout" }
        #expect(out.map { $0[2] } == ["F", "P", "F", "P"])
        #expect(out[0][3] == "out" && out[3][3] == "tail")
        #expect(out[1][3].utf8.count == 16384)
        #expect(out[1][3] + out[2][3] == String(repeating: "y", count: 20000))
        // All pieces of a line have its time.
        #expect(out[1][0] == out[2][0])
    }

    // A025
    @Test func everyByteAtEveryPlaceIsWrittenAsDockerWritesIt() async throws {
        // A line's plain bytes are looked at several at a time: each special one in each place.
        let pieces: [[UInt8]] =
            (0...255).filter { $0 != 10 }.map { [$0] }
            + ["é", "€", "\u{2027}", "\u{2028}", "\u{2029}", "\u{d7ff}", "😀"].map { Array($0.utf8) }
            + [[0xe2, 0x80], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]
        let texts = pieces.flatMap { piece in
            (0..<18).map { [UInt8](repeating: 0x78, count: $0) + piece + Array("~y".utf8) }
        }
        let harness = try await ShimHarness(["cat", "/data"])
        defer { harness.remove() }
        try Data(texts.flatMap { $0 + [10] }).write(to: URL(filePath: harness.rootfs + "/data"))
        let path = harness.directory.file("c.log")
        #expect(try await harness.run(stdout: "json-file://" + path) == 0)
        try await harness.delete()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        try #require(lines.count == texts.count)
        for (line, text) in zip(lines, texts) {
            let wanted = "{\"log\":\"\(Self.dockers(text))\\n\",\"stream\":\"stdout\",\"time\":\"2"
            #expect(line.hasPrefix(wanted), "\(line) for \(text)")
        }
    }

    /// As a string of docker's, a byte after the other.
    private static func dockers(_ text: [UInt8]) -> String {
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            let character = (1...min(4, rest.count)).lazy
                .compactMap { String(validating: rest.prefix($0), as: UTF8.self) }.first
            rest = rest.dropFirst(character?.utf8.count ?? 1)
            switch character {
            case nil: result += "\\ufffd"
            case "\"", "\\": result += "\\" + character!
            case "\r": result += "\\r"
            case let other?:
                let scalar = other.unicodeScalars.first!
                let isEscaped =
                    scalar.value < 0x20 || "<>&\u{2028}\u{2029}".unicodeScalars.contains(scalar)
                result += isEscaped ? String(format: "\\u%04x", scalar.value) : other
            }
        }
        return result
    }

    // A025
    @Test(.needs("gzip")) func oldFilesAreCompressedAndNoLineIsLostOrDoubled() async throws {
        let harness = try await ShimHarness(["seq", "1", "20000"])
        defer { harness.remove() }
        let path = harness.directory.file("c.log")
        let log = "json-file://\(path)?max-size=100k&max-file=40&compress=true"
        #expect(try await harness.run(stdout: log) == 0)
        try await harness.delete()
        #expect(await comesTrue { !FileManager.default.fileExists(atPath: path + ".1") })
        let all = Command.shell(
            "for n in $(seq 40 -1 1); do [ -e \(path).$n.gz ] && zcat \(path).$n.gz; done; cat \(path)"
        )
        let lines = try all.stdout.split(separator: "\n").map { line in
            let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return entry?["log"] as? String
        }
        #expect(lines == (1...20000).map { "\($0)\n" })
        #expect(!FileManager.default.fileExists(atPath: path + ".gz.tmp"))
    }

    // A025
    @Test func aLogThatWasRenamedIsOpenedAnew() async throws {
        let harness = try await ShimHarness(["sh", "-c", "echo one; read x; echo two"])
        defer { harness.remove() }
        let path = harness.directory.file("c.log")
        _ = try await harness.create(stdin: "attach:", stdout: "cri://" + path)
        try await harness.start()
        #expect(await comesTrue { (try? FileStatus(path: path).size) ?? 0 > 0 })
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        _ = try await harness.shim.call(
            ShimAPI.StdioService.reopenLog, .init(id: "c1"), timeout: .seconds(10))
        try await harness.write(Array("\n".utf8))
        #expect(try await harness.wait() == 0)
        try await harness.delete()
        #expect(try String(contentsOfFile: path + ".old", encoding: .utf8).hasSuffix("F one\n"))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.hasSuffix("F two\n") && !text.contains("one"))
    }

    // A025
    @Test(arguments: ["max-rate=10k", "max-total=10k"])
    func whatIsBeyondALimitIsCountedAndStopsNobody(limit: String) async throws {
        let harness = try await ShimHarness(["sh", "-c", "seq 1 100000; sleep 0.1"])
        defer { harness.remove() }
        let path = harness.directory.file("c.log")
        #expect(try await harness.run(stdout: "cri://\(path)?\(limit)") == 0)
        try await harness.delete()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count < 50000)
        #expect(lines.contains { $0.contains("bytes of output were lost here") })
    }

    // A025
    @Test func whatIsKeptNowhereIsSeenByWhoIsAttachedAlone() async throws {
        // More than any pipe holds is written while nobody looks.
        let harness = try await ShimHarness([
            "sh", "-c", "seq 100000; : >/done; read x; echo late; echo problem >&2",
        ]) { $0.edit("root.readonly", false) }
        defer { harness.remove() }
        _ = try await harness.create(stdin: "attach:", stdout: "none:")
        try await harness.start()
        #expect(
            await comesTrue { FileManager.default.fileExists(atPath: harness.rootfs + "/done") })
        let attachment = try await harness.attach()
        try await harness.write([10])
        let output = try await attachment.all()
        #expect(output.stdoutText.hasSuffix("late\n"))
        #expect(!output.stdoutText.hasPrefix("1\n"))
        #expect(output.stderr == Array("problem\n".utf8))
        #expect(try await harness.wait() == 0)
        try await harness.delete()
    }

    // A025
    @Test(.needs("python3")) func theJournalGetsEveryLineWhole() async throws {
        let harness = try await ShimHarness([
            "sh", "-c",
            "printf 'a\\001b\\n'; echo problem >&2; seq 1 2000; "
                + "dd if=/dev/zero bs=300000 count=1 2>/dev/null | tr '\\0' y",
        ])
        defer { harness.remove() }
        let socket = harness.directory.file("journal")
        let receiver = Child(
            "/usr/bin/python3", ["-c", Self.journal, socket], stdin: .null)
        #expect(await comesTrue { FileManager.default.fileExists(atPath: socket) })
        let log = "journald://\(socket)?tag=web&pod-name=p1"
        #expect(try await harness.run(stdout: log) == 0)
        try await harness.delete()
        let received = receiver.finish()
        try #require(received.status == 0, "\(received)")
        let lines = received.stdout.split(separator: "\n").map(String.init)
        #expect(lines.contains("6 web p1 c1 YQFi"))
        #expect(lines.contains("3 web p1 c1 cHJvYmxlbQ=="))
        let numbers = lines.dropLast().compactMap { line -> Int? in
            let word = line.split(separator: " ").last.map(String.init) ?? ""
            return Data(base64Encoded: word).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(numbers == Array(1...2000))
        #expect(lines.last == "total 300000")
    }

    // A025
    @Test(
        .needs("journalctl"),
        .enabled(if: JournaldWorld.isThere, "systemd-journald is not installed"))
    func journaldItselfHasEveryLineAndIsFoundAgain() async throws {
        let harness = try await ShimHarness([
            "sh", "-c",
            "printf 'a\\001b\\n'; echo problem >&2; seq 1 2000; read x; echo late; printf tail",
        ])
        defer { harness.remove() }
        let journal = JournaldWorld(in: harness.directory)
        defer { journal.end() }
        func messages() -> [String] {
            journal.entries(of: harness.id).compactMap { $0["MESSAGE"] as? String }
        }
        #expect(await comesTrue { FileManager.default.fileExists(atPath: journal.socket) })
        _ = try await harness.create(
            stdin: "attach:", stdout: "journald://\(journal.socket)?tag=web&pod-name=p1")
        try await harness.start()
        // Of the two streams either may be the later one.
        #expect(await comesTrue { Set(["2000", "problem"]).isSubset(of: messages()) })
        let entries = journal.entries(of: harness.id)
        #expect(
            entries.compactMap { ($0["MESSAGE"] as? String).flatMap(Int.init) } == Array(1...2000))
        #expect(entries.contains { $0["MESSAGE"] as? [Int] == [97, 1, 98] })
        for entry in entries {
            #expect(entry["SYSLOG_IDENTIFIER"] as? String == "web")
            #expect(entry["POD_NAME"] as? String == "p1")
            let isProblem = entry["MESSAGE"] as? String == "problem"
            #expect(entry["PRIORITY"] as? String == (isProblem ? "3" : "6"))
        }
        journal.restart()
        #expect(await comesTrue { FileManager.default.fileExists(atPath: journal.socket) })
        try await harness.write([10])
        #expect(try await harness.wait() == 0)
        try await harness.delete()
        #expect(await comesTrue { messages().suffix(2) == ["late", "tail"] })
        #expect(messages().count == 2003)
        #expect(
            journal.entries(of: harness.id).last?["CONTAINER_PARTIAL_MESSAGE"] as? String == "true")
    }

    /// Reads journald's native protocol until the y's are complete; prints an entry a line.
    private static let journal = """
        import array, base64, os, socket, sys, time
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(sys.argv[1])
        s.settimeout(30)
        time.sleep(0.3)  # it is slow at first: the shim keeps what does not fit
        total = 0
        while total < 300000:
            data, anc, flags, addr = s.recvmsg(1 << 20, socket.CMSG_SPACE(4))
            for level, kind, fds in anc:
                fd = array.array('i', fds)[0]
                data = os.pread(fd, 1 << 22, 0)
                os.close(fd)
            fields = {}
            while data:
                line, data = data.split(b'\\n', 1)
                if b'=' in line:
                    name, value = line.split(b'=', 1)
                else:
                    name, size = line, int.from_bytes(data[:8], 'little')
                    value, data = data[8:8 + size], data[8 + size + 1:]
                fields[name.decode()] = value
            m = fields['MESSAGE']
            if m.startswith(b'yyy'):
                total += len(m)
                continue
            print(fields['PRIORITY'].decode(), fields['SYSLOG_IDENTIFIER'].decode(),
                  fields['POD_NAME'].decode(), fields['CONTAINER_ID_FULL'].decode(),
                  base64.b64encode(m).decode())
        print('total', total)
        """
}
