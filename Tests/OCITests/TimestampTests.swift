import Testing

@testable import OCI

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (1_795_219_200, "2026-11-21T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func aMomentIsWrittenAsRFC3339(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds, nanoseconds: 0).text == text)
    }

    @Test func fractionsHaveNoZerosAtTheEnd() {
        let texts = [0, 1, 612_886_529, 500_000_000].map {
            Timestamp(seconds: 0, nanoseconds: $0).preciseText
        }
        #expect(
            texts == [
                "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000001Z",
                "1970-01-01T00:00:00.612886529Z", "1970-01-01T00:00:00.5Z",
            ])
    }
}
