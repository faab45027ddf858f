internal import Linux
internal import Store

/// The daemon's own log: one line an event, on stderr, for the service manager to keep.
///
///     2026-11-21T07:45:54.123Z warning container 4f2a91c07b3d: its shim is gone
struct Log: Sendable {
    enum Level: Int, Sendable, CaseIterable {
        case debug, info, warning, error

        init?(name: String) {
            guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = level
        }

        var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    var level: Level

    func debug(_ text: @autoclosure () -> String) { write(.debug, text) }
    func info(_ text: @autoclosure () -> String) { write(.info, text) }
    func warning(_ text: @autoclosure () -> String) { write(.warning, text) }
    func error(_ text: @autoclosure () -> String) { write(.error, text) }

    private func write(_ level: Level, _ text: () -> String) {
        guard level.rawValue >= self.level.rawValue else { return }
        // What comes from outside may hold line ends; an event is one line all the same.
        let line = text().split(whereSeparator: \.isNewline).joined(separator: " | ")
        writeToStderr("\(Moment.now().rfc3339Milliseconds) \(level.name) \(line)\n")
    }
}

extension Moment {
    /// `2026-11-21T07:45:54.123Z`.
    var rfc3339Milliseconds: String { text(fractionDigits: 3) }

    /// `2026-11-21T07:45:54.123456789Z`.
    var rfc3339: String { text(fractionDigits: 9) }

    private func text(fractionDigits: Int) -> String {
        let days = Int((Double(seconds) / 86400).rounded(.down))
        let ofDay = Int(seconds) - days * 86400
        let date = CivilDate(daysSinceEpoch: days)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(ofDay / 3600, 2)):\(padded(ofDay / 60 % 60, 2)):\(padded(ofDay % 60, 2))."
            + "\(padded(Int(nanoseconds), 9).prefix(fractionDigits))Z"
    }
}

/// A day of the proleptic Gregorian calendar.
private struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    /// Years are counted from March, so that the leap day is a year's last.
    init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
