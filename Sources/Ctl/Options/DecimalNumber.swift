/// A number like 0.5, kept in whole units of its last digit, so that nothing is rounded.
struct DecimalNumber: Equatable {
    /// Before the point.
    var whole: Int64
    /// Behind the point, in units of the last digit.
    var fraction: Int64
    private var unit: Int64

    /// The number in units of its last digit.
    var scaled: Int64 { whole * unit + fraction }

    /// Reads digits with at most one point and at most `fractionDigits` behind it; answers nil for
    /// anything else: signs, exponents, an empty text, a number that does not fit 63 bits.
    init?(_ text: String, fractionDigits: Int) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }),
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } })
        else { return nil }
        let behind = parts.count == 2 ? String(parts[1]) : ""
        guard behind.count <= fractionDigits, let whole = Int64("0" + parts[0]),
            let fraction = Int64(
                "0" + behind + String(repeating: "0", count: fractionDigits - behind.count))
        else { return nil }
        unit = (0..<fractionDigits).reduce(1) { product, _ in product * 10 }
        guard whole < Int64.max / unit else { return nil }
        (self.whole, self.fraction) = (whole, fraction)
    }
}
