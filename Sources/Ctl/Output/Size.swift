/// Amounts of bytes, as people write and read them.
enum ByteSize {
    /// Three digits and a decimal unit: 1.99MB, 453kB, 0B.
    static func decimal(_ bytes: Int64) -> String {
        scaled(bytes, by: 1000, ["B", "kB", "MB", "GB", "TB", "PB", "EB"], digits: 3)
    }

    /// Four digits and a binary unit: 552KiB, 23.54GiB.
    static func binary(_ bytes: Int64) -> String {
        scaled(bytes, by: 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"], digits: 4)
    }

    /// Reads an amount of memory: 512, 64k, 1.5g, 128MiB. The units are powers of 1024.
    /// Answers nil for what is no such amount or does not fit 63 bits.
    static func parse(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units: [String: Int64] = [
            "": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50,
        ]
        var unit = text.dropFirst(number.count).lowercased()
        for ending in ["ib", "b"] where unit.count > 1 && unit.hasSuffix(ending) {
            unit.removeLast(ending.count)
        }
        guard let factor = units[unit],
            let decimal = DecimalNumber(String(number), fractionDigits: 6)
        else { return nil }
        let (whole, overflow) = decimal.whole.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        // Six digits times 2^40 stay within 63 bits; beyond, a fraction is only a rounding.
        let fraction = Int64(Double(decimal.fraction) * Double(factor) / 1_000_000)
        let (sum, tooLarge) = whole.addingReportingOverflow(fraction)
        return tooLarge ? nil : sum
    }

    private static func scaled(
        _ bytes: Int64, by base: Double, _ units: [String], digits: Int
    ) -> String {
        var value = Double(bytes)
        var unit = 0
        while value >= base && unit < units.count - 1 {
            value /= base
            unit += 1
        }
        return significant(value, digits) + units[unit]
    }

    /// A number in so many digits, without zeros at its end.
    static func significant(_ value: Double, _ digits: Int) -> String {
        var places = digits
        var rest = value
        while rest >= 1 {
            places -= 1
            rest /= 10
        }
        return rounded(value, places: max(0, min(places, digits - 1)), trimmed: true)
    }

    /// A number with so many places behind the point.
    static func rounded(_ value: Double, places: Int, trimmed: Bool = false) -> String {
        let factor = (0..<places).reduce(Int64(1)) { product, _ in product * 10 }
        let scaled = Int64((value.magnitude * Double(factor)).rounded())
        var text = "\(scaled / factor)"
        if places > 0 {
            let fraction = "\(scaled % factor)"
            text += "." + String(repeating: "0", count: places - fraction.count) + fraction
        }
        while trimmed && text.contains(".") && (text.hasSuffix("0") || text.hasSuffix(".")) {
            text.removeLast()
        }
        return (value < 0 && scaled != 0 ? "-" : "") + text
    }
}
