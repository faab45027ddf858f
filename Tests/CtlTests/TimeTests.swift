import Testing
import Wire

@testable import Ctl

struct TimeTests {
    private static let known: [(Timestamp, String)] = [
        (Timestamp(), "1970-01-01T00:00:00Z"),
        (
            Timestamp(seconds: 1_795_217_691, nanos: 958_410_905),
            "2026-11-20T23:34:51.958410905Z"
        ),
        (Timestamp(seconds: 1_709_164_800, nanos: 500_000_000), "2024-02-29T00:00:00.5Z"),
        (Timestamp(seconds: -1), "1969-12-31T23:59:59Z"),
        (Timestamp(seconds: -62_135_596_800), "0001-01-01T00:00:00Z"),
        (Timestamp(seconds: 253_402_300_799), "9999-12-31T23:59:59Z"),
    ]

    @Test(arguments: known)
    func timesAreWrittenAndReadAsRFC3339(_ time: Timestamp, _ text: String) {
        #expect(time.rfc3339 == text)
        #expect(Timestamp(text: text) == time)
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        for day in stride(from: Int64(-80_000), through: 80_000, by: 37) {
            let time = Timestamp(seconds: day * 86_400)
            #expect(Timestamp(text: time.rfc3339) == time)
        }
    }

    @Test func zonesAndShortFormsAreRead() {
        let noon = Timestamp(text: "2026-11-20T12:00:00Z")
        #expect(Timestamp(text: "2026-11-20T13:00:00+01:00") == noon)
        #expect(Timestamp(text: "2026-11-20T06:30:00-05:30") == noon)
        #expect(Timestamp(text: "2026-11-20 12:00Z") == noon)
        #expect(Timestamp(text: "2026-11-20")?.rfc3339 == "2026-11-20T00:00:00Z")
    }

    @Test(arguments: [
        "", "2026-02-30", "2026-13-01", "2026-11-20T25:00:00Z", "2026-11-20T12:00:00",
        "20-11-2026", "2026-11-20T12:00:00+1", "x",
    ])
    func whatIsNoTimeIsRefused(_ text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    private static let hour = 3_600_000
    private static let day = 24 * hour

    @Test(
        arguments: [
            200: "Less than a second", 1000: "1 second", 59_000: "59 seconds",
            60_000: "About a minute", 119_000: "About a minute", 120_000: "2 minutes",
            hour - 1000: "59 minutes", hour: "About an hour", 2 * hour: "2 hours",
            3 * day: "3 days",
            21 * day: "3 weeks", 90 * day: "3 months", 1095 * day: "3 years",
        ] as [Int: String])
    func durationsAreSaidAsPeopleSayThem(_ milliseconds: Int, _ spoken: String) {
        #expect(Duration.milliseconds(milliseconds).spoken == spoken)
    }

    @Test func aClockThatWentBackGivesNoNegativeAge() {
        #expect(Timestamp(seconds: 10).age(at: Timestamp(seconds: 5)) == .zero)
    }
}
