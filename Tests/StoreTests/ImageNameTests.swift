import Store
import Testing

@Suite struct ImageNameTests {
    @Test(arguments: [
        ("alpine", "docker.io/library/alpine:latest"),
        ("alpine:3.20", "docker.io/library/alpine:3.20"),
        ("user/app", "docker.io/user/app:latest"),
        ("docker.io/alpine", "docker.io/library/alpine:latest"),
        ("index.docker.io/user/app:1", "docker.io/user/app:1"),
        ("localhost/x", "localhost/x:latest"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        ("registry.example/a/b/c:Tag_1.2-3", "registry.example/a/b/c:Tag_1.2-3"),
        ("[::1]:5000/x", "[::1]:5000/x:latest"),
        ("a__b/c-d--e/f.g", "docker.io/a__b/c-d--e/f.g:latest"),
        (
            "x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "docker.io/library/x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        ),
    ]) func shortFormsAreWrittenOut(text: String, full: String) throws {
        let name = try ImageName(text)
        #expect(name.description == full)
        #expect(try ImageName(full) == name)
    }

    @Test(arguments: [
        "", ":tag", "Alpine", "a b", "a//b", "/a", "a/", "a:", "a:-tag", "a..b", "-a", "a-",
        "a___b",
        "host:port/x", "ex_ample.org/x", "a@sha256:12", "a@md5:00", "ä", "x/../y",
        "a:" + String(repeating: "t", count: 129), String(repeating: "a", count: 256),
    ]) func whatIsNoNameIsRefused(_ text: String) {
        #expect(throws: StoreError.self) { try ImageName(text) }
    }

    @Test func capitalsAreExplained() {
        let error = #expect(throws: StoreError.self) { try ImageName("user/MyApp") }
        #expect(error?.cause == "it must be in lower case")
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0), ("2024-02-29T12:00:00.5Z", 1_709_208_000, 500_000_000),
        ("2024-05-06T07:08:09.123456789+02:00", 1_714_972_089, 123_456_789),
        ("1969-12-31T23:59:59-00:30", 1799, 0), ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
    ]) func timesAreRead(text: String, seconds: Int64, nanoseconds: Int32) {
        #expect(
            Timestamp(rfc3339: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        "", "now", "2024-13-01T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00",
        "2024-01-01T00:00:00.Z",
    ])
    func othersAreNot(_ text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test func theDatabaseKeepsThem() {
        for time in [Timestamp(seconds: -1, nanoseconds: 5), Timestamp(seconds: 7), .now()] {
            #expect(Timestamp(nanosecondsSinceEpoch: time.nanosecondsSinceEpoch) == time)
        }
    }
}
