internal import Glibc

/// A moment in Coordinated Universal Time, as exact as RFC 3339 writes it.
package struct Timestamp: Hashable, Sendable, Comparable {
    /// Since 1970-01-01T00:00:00Z; negative before.
    package var seconds: Int64
    /// 0 to 999 999 999, counted forward.
    package var nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }

    /// Since the epoch, as the database keeps it; good until the year 2262.
    package var nanosecondsSinceEpoch: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product &+ Int64(nanoseconds)
    }

    package init(nanosecondsSinceEpoch total: Int64) {
        let (quotient, remainder) = total.quotientAndRemainder(dividingBy: 1_000_000_000)
        seconds = remainder < 0 ? quotient - 1 : quotient
        nanoseconds = Int32(remainder < 0 ? remainder + 1_000_000_000 : remainder)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension Timestamp {
    /// Reads RFC 3339: `2024-05-06T07:08:09.123456789Z`, or with an offset such as `+02:00`.
    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(Array(text.utf8))
        guard let year = scanner.number(4), scanner.skip("-"),
            let month = scanner.number(2), (1...12).contains(month), scanner.skip("-"),
            let day = scanner.number(2), (1...31).contains(day), scanner.skip("Tt "),
            let hour = scanner.number(2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(2), minute < 60, scanner.skip(":"),
            let second = scanner.number(2), second <= 60
        else { return nil }
        nanoseconds = 0
        if scanner.skip(".") {
            guard let fraction = scanner.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = scanner.offsetSeconds(), scanner.isAtEnd else { return nil }
        seconds =
            Self.days(year: year, month: month, day: day) * 86400
            + Int64(hour * 3600 + minute * 60 + second) - offset
    }

    /// Days since the epoch in the proleptic Gregorian calendar: years are counted from March, so
    /// that the leap day is a year's last.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }
}

/// Walks over the fields of an RFC 3339 time.
private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ anyOf: String) -> Bool {
        guard position < bytes.count, anyOf.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    /// A number of exactly so many digits.
    mutating func number(_ digits: Int) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + digits] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += digits
        return value
    }

    /// The digits behind the point, in nanoseconds; digits beyond the ninth are dropped.
    mutating func fraction() -> Int32? {
        var value: Int32 = 0
        var count = 0
        while let digit = number(1) {
            if count < 9 { value = value * 10 + Int32(digit) }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 9 - count) { value *= 10 }
        return value
    }

    mutating func offsetSeconds() -> Int64? {
        if skip("Zz") { return 0 }
        let isNegative: Bool
        if skip("+") {
            isNegative = false
        } else if skip("-") {
            isNegative = true
        } else {
            return nil
        }
        guard let hours = number(2), skip(":"), let minutes = number(2) else { return nil }
        let offset = Int64(hours * 3600 + minutes * 60)
        return isNegative ? -offset : offset
    }
}
