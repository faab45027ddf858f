/// Readers of the options that hold a name and a value.
enum Assignments {
    /// -e NAME=VALUE, or NAME alone, which takes the client's value and is left out where the
    /// client has none.
    static func environment(
        _ options: [String], client: (String) -> String?
    ) throws(Complaint) -> [String] {
        var result: [String] = []
        for option in options {
            let name = option.prefix { $0 != "=" }
            guard !name.isEmpty else {
                throw Complaint(
                    "environment variable \"\(option)\" has no name", hint: "write NAME=VALUE")
            }
            if name.count < option.count {
                result.append(option)
            } else if let value = client(option) {
                result.append("\(option)=\(value)")
            }
        }
        return result
    }

    /// --label NAME=VALUE, or NAME alone for an empty value.
    static func labels(_ options: [String]) throws(Complaint) -> [String: String] {
        try pairs(options, "label")
    }

    /// --log-opt NAME=VALUE.
    static func logOptions(_ options: [String]) throws(Complaint) -> [String: String] {
        try pairs(options, "log option")
    }

    private static func pairs(
        _ options: [String], _ what: String
    ) throws(Complaint) -> [String: String] {
        var result: [String: String] = [:]
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else {
                throw Complaint("\(what) \"\(option)\" has no name", hint: "write NAME=VALUE")
            }
            result[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        return result
    }
}
