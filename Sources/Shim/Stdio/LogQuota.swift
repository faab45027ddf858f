/// How much of a process's output may be logged: a rate, with a second's worth in stock, and a total.
struct LogQuota {
    private let bytesPerSecond: Int
    private let total: Int
    /// Below zero where more was logged at once than there was: that is paid back first.
    private var stock: Int
    private var filledAt: UInt64
    private var used = 0

    /// nil where there is no limit.
    init?(_ options: LogOptions, now: UInt64) {
        guard options.bytesPerSecond > 0 || options.totalBytes > 0 else { return nil }
        bytesPerSecond = options.bytesPerSecond
        total = options.totalBytes > 0 ? options.totalBytes : .max
        stock = bytesPerSecond
        filledAt = now
    }

    /// Why bytes may not be logged; nil where they may, and then they are counted.
    mutating func refusal(of count: Int, now: UInt64) -> StaticString? {
        guard total - used >= count else { return "the log is as long as it may become" }
        if bytesPerSecond > 0 {
            refill(now)
            guard stock > 0 else { return "more came than the log takes in a second" }
            stock -= count
        }
        used += count
        return nil
    }

    private mutating func refill(_ now: UInt64) {
        // A minute fills it whatever it owes, and no product overflows.
        let passed = Int(min(now - filledAt, 60_000_000_000))
        let more = Int(Double(passed) * Double(bytesPerSecond) / 1e9)
        // Less than a byte's time is kept for the next look.
        guard more > 0 else { return }
        stock = min(bytesPerSecond, stock + more)
        filledAt = now
    }
}
