internal import Wire

/// Readers of options that hold an amount; each throws a line that says what would be right.
enum Amounts {
    /// Memory in bytes, with k, m, g or t behind it.
    static func memory(_ text: String) throws(Complaint) -> Int64 {
        guard let bytes = ByteSize.parse(text), bytes > 0 else {
            throw Complaint(
                "\"\(text)\" is not an amount of memory", hint: "write bytes, or 64k, 512m, 1.5g")
        }
        return bytes
    }

    /// CPUs in billionths; 0.5 is half a CPU.
    static func cpus(_ text: String) throws(Complaint) -> Int64 {
        guard let cpus = DecimalNumber(text, fractionDigits: 9), cpus.scaled > 0 else {
            throw Complaint(
                "\"\(text)\" is not a number of CPUs", hint: "write for example 0.5 or 2")
        }
        return cpus.scaled
    }

    /// A number of processes; -1 means no limit, which the wire writes as 0.
    static func pids(_ text: String) throws(Complaint) -> Int64 {
        guard let limit = Int64(text), limit >= -1 else {
            throw Complaint(
                "\"\(text)\" is not a number of processes",
                hint: "write a number, or -1 for no limit")
        }
        return max(limit, 0)
    }

    /// A point in time: RFC 3339, seconds since 1970, or how long ago (90s, 10m, 1h30m).
    static func time(_ text: String, now: Timestamp) throws(Complaint) -> Timestamp {
        if let ago = duration(text) { return now.earlier(by: ago) }
        guard let time = Timestamp(text: text) else {
            throw Complaint(
                "\"\(text)\" is not a time",
                hint: "write 2026-11-20T23:34:51Z, seconds since 1970, or how long ago: 10m")
        }
        return time
    }

    /// One or more numbers with units: ms, s, m, h, d. Answers nil for anything else.
    static func duration(_ text: String) -> Duration? {
        let units: [String: Int64] = [
            "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000,
            "d": 86_400_000_000_000,
        ]
        var total: Int64 = 0
        var rest = text[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let count = Int64(number), let factor = units[String(unit)] else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            let (sum, tooLarge) = total.addingReportingOverflow(product)
            guard !overflow, !tooLarge else { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }
}
