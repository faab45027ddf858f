internal import Linux

/// Names of users by /etc/passwd alone: the C library's lookup would load plugins into a program that
/// is static on purpose.
struct UserNames {
    private let names: [UInt32: String]

    init() {
        let text = (try? readFile("/etc/passwd", limit: 4 << 20)) ?? []
        names = Self.parse(String(decoding: text, as: UTF8.self))
    }

    /// `#1234` where nobody has the number.
    func name(of uid: UInt32) -> String { names[uid] ?? "#\(uid)" }

    static func parse(_ text: String) -> [UInt32: String] {
        var names: [UInt32: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 3, let uid = UInt32(fields[2]), names[uid] == nil else {
                continue
            }
            names[uid] = String(fields[0])
        }
        return names
    }
}
