/// Columns for people, in the spacing that docker's users know: a column is as wide as its longest
/// cell and three blanks, and never below ten characters; the last one is not padded.
struct Table {
    var header: [String]
    var rows: [[String]] = []

    init(_ header: String...) { self.header = header }

    init(header: [String]) { self.header = header }

    mutating func add(_ cells: String...) { rows.append(cells) }

    /// One line per row, the header first.
    var text: String {
        let lines = [header] + rows.map { $0.map(Self.printable) }
        var widths = [Int](repeating: Self.narrowest, count: header.count)
        for line in lines {
            for (column, cell) in line.enumerated() {
                widths[column] = max(widths[column], cell.count + Self.gap)
            }
        }
        return lines.map { Self.line($0, widths) + "\n" }.joined()
    }

    private static let narrowest = 10
    private static let gap = 3

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            line += cell
            guard column < cells.count - 1 else { break }
            line += String(repeating: " ", count: widths[column] - cell.count)
        }
        return line
    }

    /// Control characters spelled out: what an image or a command line holds must not drive the
    /// reader's terminal.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    }
}

extension String {
    /// The first `limit` characters; where some are left out, the last one is an ellipsis.
    func shortened(to limit: Int) -> String {
        count <= limit ? self : prefix(limit - 1) + "…"
    }

    /// The twelve digits by which people call an id or a digest.
    var shortID: String {
        let digits = split(separator: ":").last.map(String.init) ?? self
        return String(digits.prefix(12))
    }
}
