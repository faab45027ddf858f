/// The environment of a process, in order, each name once.
struct Environment: Equatable {
    private(set) var entries: [String] = []

    static let defaultPath =
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    init(_ entries: [String] = []) { merge(entries) }

    /// NAME=value sets, in the place of an older value; a bare NAME takes the name away.
    mutating func merge(_ others: [String]) {
        for entry in others where !entry.isEmpty {
            let name = Self.name(of: entry)
            let index = entries.firstIndex { Self.name(of: $0) == name }
            switch (index, entry.contains("=")) {
            case (let index?, true): entries[index] = entry
            case (nil, true): entries.append(entry)
            case (let index?, false): entries.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Sets NAME=value only where the name is not there.
    mutating func setDefault(_ entry: String) {
        let name = Self.name(of: entry)
        if !entries.contains(where: { Self.name(of: $0) == name }) { entries.append(entry) }
    }

    /// As docker does it: PATH, HOSTNAME and, on a terminal, TERM stand before the image's own; the
    /// caller's come last; HOME follows the user.
    static func ofContainer(
        image: [String], caller: [String], hostname: String, terminal: Bool, home: String
    ) -> [String] {
        var environment = Environment([defaultPath, "HOSTNAME=\(hostname)"])
        if terminal { environment.merge(["TERM=xterm"]) }
        environment.merge(image)
        environment.merge(caller)
        environment.setDefault("HOME=\(home)")
        return environment.entries
    }

    private static func name(of entry: String) -> Substring {
        entry.prefix { $0 != "=" }
    }
}
