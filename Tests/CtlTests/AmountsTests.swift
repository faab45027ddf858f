import Testing
import Wire

@testable import Ctl

struct AmountsTests {
    private static let memory: [String: Int64] = [
        "1": 1, "512b": 512, "64k": 65_536, "64K": 65_536, "64KiB": 65_536, "200M": 209_715_200,
        "1.5g": 1_610_612_736, "2gb": 2_147_483_648, "1t": 1_099_511_627_776, ".5k": 512,
    ]

    @Test(arguments: memory)
    func memoryIsReadInPowersOf1024(_ text: String, _ bytes: Int64) throws {
        #expect(try Amounts.memory(text) == bytes)
    }

    @Test(arguments: ["", "0", "k", "-1", "12q", "1e3", "1.2.3", "9999999p", "1 k", "٣", "0x10"])
    func whatIsNoAmountOfMemoryIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try Amounts.memory(text) }
    }

    private static let cpus: [String: Int64] = [
        ".5": 500_000_000, "0.5": 500_000_000, "2": 2_000_000_000, "1.000000001": 1_000_000_001,
    ]

    @Test(arguments: cpus)
    func cpusAreExactToTheBillionth(_ text: String, _ nano: Int64) throws {
        #expect(try Amounts.cpus(text) == nano)
    }

    @Test(arguments: ["", "0", "-1", "half", "1e1", ".", "0.0000000001", "99999999999999"])
    func whatIsNoNumberOfCPUsIsRefused(_ text: String) {
        #expect(throws: Complaint.self) { try Amounts.cpus(text) }
    }

    @Test func minusOneLiftsTheLimitOfProcesses() throws {
        #expect(try Amounts.pids("-1") == 0)
        #expect(try Amounts.pids("100") == 100)
        #expect(throws: Complaint.self) { try Amounts.pids("-2") }
    }

    @Test func timesAreAbsoluteOrAgo() throws {
        let now = Timestamp(seconds: 1_000_000, nanos: 100)
        #expect(try Amounts.time("10m", now: now) == Timestamp(seconds: 999_400, nanos: 100))
        #expect(try Amounts.time("1h30m", now: now) == Timestamp(seconds: 994_600, nanos: 100))
        #expect(
            try Amounts.time("1ms", now: now) == Timestamp(seconds: 999_999, nanos: 999_000_100))
        #expect(try Amounts.time("12.25", now: now) == Timestamp(seconds: 12, nanos: 250_000_000))
        #expect(throws: Complaint.self) { try Amounts.time("yesterday", now: now) }
        #expect(throws: Complaint.self) { try Amounts.time("99999999999999999d", now: now) }
    }

    @Test func sizesAreWrittenWithTheDigitsThatMatter() {
        #expect(ByteSize.decimal(0) == "0B")
        #expect(ByteSize.decimal(999) == "999B")
        #expect(ByteSize.decimal(1_990_000) == "1.99MB")
        #expect(ByteSize.decimal(453_200) == "453kB")
        #expect(ByteSize.binary(552 * 1024) == "552KiB")
        #expect(ByteSize.binary(25_275_856_650) == "23.54GiB")
    }
}
