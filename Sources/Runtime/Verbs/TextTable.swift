/// Columns that stand under each other: as wide as the widest cell and three blanks, at least 12; the
/// last has no blanks behind it.
struct TextTable {
    let header: [String]
    let rows: [[String]]

    var text: String {
        let lines = [header] + rows
        let widths = header.indices.map { column in
            max(12, (lines.map { $0[column].count }.max() ?? 0) + 3)
        }
        return lines.map { line in
            line.enumerated().map { column, cell in
                column == line.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined() + "\n"
        }.joined()
    }
}
