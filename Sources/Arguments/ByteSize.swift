/// Sizes as people write them.
package enum ByteSize {
    /// From `536870912`, `512m`, `512MiB` or `-1`, which is no limit; nil for anything else.
    package static func bytes(_ text: String) -> Int64? {
        if text == "-1" { return -1 }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        var unit = text.dropFirst(digits.count).lowercased()
        if unit.hasSuffix("ib") {
            unit.removeLast(2)
        } else if unit.hasSuffix("b") {
            unit.removeLast()
        }
        guard let number = Int64(digits),
            let power = ["", "k", "m", "g", "t"].firstIndex(of: unit)
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (10 * power))
        return overflow ? nil : bytes
    }
}
