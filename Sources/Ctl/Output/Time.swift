internal import Wire

/// Points in time as people and programs write them; all in UTC.
extension Timestamp {
    /// RFC 3339 with as many digits of the second's fraction as it has: 2026-11-20T23:34:51.958410905Z
    var rfc3339: String {
        let (days, second) = seconds.quotientAndRemainder(flooringBy: 86_400)
        let date = CivilDate(daysSince1970: days)
        let clock =
            "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        var fraction = nanos == 0 ? "" : "." + padded(Int64(nanos), 9)
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return
            "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(clock)\(fraction)Z"
    }

    /// Reads RFC 3339 (a date alone is its midnight), or seconds since 1970 with up to nine
    /// digits of a fraction.
    init?(text: String) {
        if let decimal = DecimalNumber(text, fractionDigits: 9) {
            let (seconds, nanos) = decimal.scaled.quotientAndRemainder(flooringBy: 1_000_000_000)
            self.init(seconds: seconds, nanos: Int32(nanos))
            return
        }
        let parts = text.split(
            maxSplits: 1, omittingEmptySubsequences: false,
            whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        guard let first = parts.first, let date = CivilDate(String(first)) else { return nil }
        let midnight = date.daysSince1970 * 86_400
        guard parts.count == 2 else {
            self.init(seconds: midnight)
            return
        }
        guard let clock = ClockTime(String(parts[1])) else { return nil }
        self.init(seconds: midnight + clock.seconds, nanos: clock.nanos)
    }

    /// How long ago this was at `now`; never below zero.
    func age(at now: Timestamp) -> Duration {
        let difference =
            Duration.seconds(now.seconds - seconds) + .nanoseconds(Int64(now.nanos - nanos))
        return max(difference, .zero)
    }

    /// This point minus a duration.
    func earlier(by duration: Duration) -> Timestamp {
        let (whole, attoseconds) = duration.components
        var seconds = seconds - whole
        var nanos = Int64(nanos) - attoseconds / 1_000_000_000
        if nanos < 0 {
            nanos += 1_000_000_000
            seconds -= 1
        }
        return Timestamp(seconds: seconds, nanos: Int32(nanos))
    }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    /// Division whose remainder is never negative.
    fileprivate func quotientAndRemainder(flooringBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// A day of the Gregorian calendar.
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Counts in cycles of 400 years that begin in March, so that the leap day comes last.
    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let (cycle, dayOfCycle) = shifted.quotientAndRemainder(flooringBy: 146_097)
        let leaps = dayOfCycle / 1460 - dayOfCycle / 36_524 + dayOfCycle / 146_096
        let yearOfCycle = (dayOfCycle - leaps) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let (cycle, yearOfCycle) = marchYear.quotientAndRemainder(flooringBy: 400)
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * 146_097 + dayOfCycle - 719_468
    }

    init?(_ text: String) {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count == 3, fields.map(\.count) == [4, 2, 2],
            let year = number(fields[0], 0...9999), let month = number(fields[1], 1...12),
            let day = number(fields[2], 1...31)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        // The thirtieth of February and its kin come back as another day.
        let again = CivilDate(daysSince1970: daysSince1970)
        guard again.month == month, again.day == day else { return nil }
    }
}

/// A time of day with its zone: 23:34:51.958Z, 23:34+01:00.
private struct ClockTime {
    /// Since midnight UTC; a zone may push it out of the day.
    var seconds: Int64
    var nanos: Int32

    init?(_ text: String) {
        guard let zoneStart = text.firstIndex(where: { "Zz+-".contains($0) }) else { return nil }
        guard let offset = Self.zone(text[zoneStart...]) else { return nil }
        let fields = text[..<zoneStart].split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 2 || fields.count == 3, fields[0].count == 2, fields[1].count == 2,
            let hour = number(fields[0], 0...23), let minute = number(fields[1], 0...59)
        else { return nil }
        let second = fields.count == 3 ? String(fields[2]) : "00"
        guard second.prefix(2).allSatisfy(\.isNumber),
            let precise = DecimalNumber(second, fractionDigits: 9),
            precise.scaled < 61_000_000_000
        else { return nil }
        seconds = hour * 3600 + minute * 60 + precise.scaled / 1_000_000_000 - offset
        nanos = Int32(precise.scaled % 1_000_000_000)
    }

    private static func zone(_ text: Substring) -> Int64? {
        if text == "Z" || text == "z" { return 0 }
        let fields = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 2, fields.map(\.count) == [2, 2],
            let hours = number(fields[0], 0...23), let minutes = number(fields[1], 0...59)
        else { return nil }
        return (text.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

private func number(_ digits: Substring, _ range: ClosedRange<Int64>) -> Int64? {
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int64(digits),
        range.contains(value)
    else { return nil }
    return value
}

extension Duration {
    /// As people say it: 5 seconds, About a minute, 3 weeks.
    var spoken: String {
        let seconds = components.seconds
        let minutes = seconds / 60
        // Half an hour more is already the next hour.
        let hours = (seconds + 1800) / 3600
        return switch true {
        case seconds < 1: "Less than a second"
        case seconds == 1: "1 second"
        case seconds < 60: "\(seconds) seconds"
        case minutes == 1: "About a minute"
        case minutes < 60: "\(minutes) minutes"
        case hours == 1: "About an hour"
        case hours < 48: "\(hours) hours"
        case hours < 24 * 14: "\(hours / 24) days"
        case hours < 24 * 60: "\(hours / 24 / 7) weeks"
        case hours < 24 * 365 * 2: "\(hours / 24 / 30) months"
        default: "\(hours / 24 / 365) years"
        }
    }
}
