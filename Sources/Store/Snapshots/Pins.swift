/// What work that is under way refers to before the database does: digests and chain ids.
struct Pins: Sendable {
    private var counts: [String: Int] = [:]

    func contains(_ name: String) -> Bool { counts[name] != nil }

    mutating func add(_ names: some Sequence<String>) {
        for name in names { counts[name, default: 0] += 1 }
    }

    mutating func remove(_ names: some Sequence<String>) {
        for name in names {
            let count = counts[name, default: 1] - 1
            counts[name] = count > 0 ? count : nil
        }
    }
}
