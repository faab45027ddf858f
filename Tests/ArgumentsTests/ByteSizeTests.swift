import Testing

@testable import Arguments

@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            ("-1", -1), ("0", 0), ("512", 512), ("1k", 1024), ("64m", 64 << 20),
            ("64M", 64 << 20), ("2GiB", 2 << 30), ("3gb", 3 << 30), ("7b", 7), ("1t", 1 << 40),
        ] as [(String, Int64)])
    func sizesHaveUnits(text: String, bytes: Int64) { #expect(ByteSize.bytes(text) == bytes) }

    @Test(arguments: ["", "m", "-2", "1.5g", "1x", "99999999999g", "1 m", "ib"])
    func otherSizesAreRefused(text: String) { #expect(ByteSize.bytes(text) == nil) }
}
