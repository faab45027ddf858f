/// Ids of containers and execs: 64 hexadecimal digits, of which any unique beginning will do.
enum ContainerID {
    static let length = 64

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var result = ""
        result.reserveCapacity(length)
        for _ in 0..<length / 16 { result += hexadecimal(generator.next()) }
        return result
    }

    static func isWellFormed(_ id: String) -> Bool {
        id.utf8.count == length && isPrefix(id)
    }

    /// Whether a text could be the beginning of an id.
    static func isPrefix(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= length
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// The first 12 digits, as lists show it.
    static func short(_ id: String) -> String { String(id.prefix(12)) }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
