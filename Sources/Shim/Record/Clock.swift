internal import CLinux
internal import Glibc
internal import Wire

/// The two clocks: one for people, one for measuring.
enum Clock {
    /// CLOCK_MONOTONIC in nanoseconds: on one line with other programs' phases.
    static var monotonic: UInt64 {
        let time = read(CLOCK_MONOTONIC)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    static var now: Timestamp {
        let time = read(CLOCK_REALTIME)
        return Timestamp(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return time
    }
}

extension Timestamp {
    /// Go's zero time, year 1: what its peers expect for "not yet".
    static let never = Timestamp(seconds: -62_135_596_800, nanos: 0)

    /// RFC 3339 in UTC with as many digits of the second as are not zero, as docker's logs have it:
    /// 2026-11-21T07:47:34.120003Z
    var rfc3339: String { String(decoding: rfc3339UTF8, as: UTF8.self) }

    /// The same as bytes, for a log has one in every entry.
    var rfc3339UTF8: [UInt8] {
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let (year, month, day) = Self.civil(days)
        let rest = seconds - days * 86400
        var text: [UInt8] = []
        text.reserveCapacity(Self.longestText)
        Self.append(year, digits: 4, then: "-", to: &text)
        Self.append(month, digits: 2, then: "-", to: &text)
        Self.append(day, digits: 2, then: "T", to: &text)
        Self.append(rest / 3600, digits: 2, then: ":", to: &text)
        Self.append(rest / 60 % 60, digits: 2, then: ":", to: &text)
        Self.append(rest % 60, digits: 2, then: ".", to: &text)
        Self.append(Int64(nanos), digits: 9, then: "Z", to: &text)
        // No zeros at the end of the fraction, and no point without one.
        text.removeLast()
        while text.last == UInt8(ascii: "0") { text.removeLast() }
        if text.last == UInt8(ascii: ".") { text.removeLast() }
        text.append(UInt8(ascii: "Z"))
        return text
    }

    private static let longestText = 30

    /// Reads what `rfc3339` writes; nil for anything else.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            Int64(String(decoding: bytes[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        let fraction = bytes[19...].dropLast()
        let digits = String(decoding: fraction.dropFirst(), as: UTF8.self)
        let padded = digits + String(repeating: "0", count: max(0, 9 - digits.count))
        guard fraction.isEmpty || fraction.first == UInt8(ascii: "."), let nanos = Int32(padded)
        else { return nil }
        let seconds =
            Self.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
        self.init(seconds: seconds, nanos: nanos)
    }

    /// Days since 1970 of a date: the inverse of `civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Year, month and day of the days since 1970, by eras of 400 years that begin in March.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * march + 2) / 5 + 1
        )
    }

    private static func append(
        _ number: Int64, digits: Int, then end: Unicode.Scalar, to text: inout [UInt8]
    ) {
        var divisor = (1..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number.magnitude / divisor % 10))
            divisor /= 10
        }
        text.append(UInt8(ascii: end))
    }
}
