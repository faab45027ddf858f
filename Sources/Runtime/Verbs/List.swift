internal import Arguments
internal import Engine
internal import OCI

/// Prints every container below the root.
enum List {
    static let command = Command(
        "list", "Print the containers", options: [format, quiet],
        discussion: "Containers of another --root are not seen.")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let isTable = try Format.given(call.options, format) == .table
        let root = call.global.root
        // A root that nobody has used yet has no containers; one that was named and is not there
        // is a mistake.
        if call.global.rootIsChosen && resolvedPath(root) == nil {
            throw Failure("list the containers of \(root)", "no such directory")
        }
        let containers = try engine { () throws(EngineError) in try Container.list(root: root) }
        if call.options.has(quiet) {
            try writeToStandardOutput(containers.map { "\($0.id)\n" }.joined())
            return 0
        }
        let users = UserNames()
        let rows = containers.compactMap { Row($0, users) }
        try writeToStandardOutput(isTable ? table(rows) : "\(json(rows))\n")
        return 0
    }

    /// A container with its state; one that goes while the list is made is left out.
    private struct Row {
        let container: Container
        let state: ContainerState
        let owner: String

        init?(_ container: Container, _ users: UserNames) {
            guard let state = try? container.state() else { return nil }
            self.container = container
            self.state = state
            owner = users.name(of: container.record.owner)
        }
    }

    private static func json(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "null" }
        return JSONValue.array(
            rows.map { State.describe($0.container, $0.state, owner: $0.owner) }
        ).text()
    }

    private static func table(_ rows: [Row]) -> String {
        TextTable(
            header: ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
            rows: rows.map { row in
                let record = row.container.record
                let created = Timestamp(
                    seconds: record.createdSeconds, nanoseconds: record.createdNanoseconds)
                return [
                    row.container.id, "\(row.state.status == .stopped ? 0 : row.state.pid)",
                    row.state.status.rawValue, record.bundle, created.preciseText, row.owner,
                ]
            }
        ).text
    }

    private static let format = Option.value(
        "format", "f", word: "FORMAT", help: "table or json")
    private static let quiet = Option.flag("quiet", "q", help: "Only the ids")
}

/// How a list is printed.
enum Format: String {
    case table, json

    static func given(_ options: ParsedOptions, _ option: Option) throws(Failure) -> Format {
        let text = options.value(option) ?? "table"
        guard let format = Format(rawValue: text) else {
            throw Failure("", "invalid format option \"\(text)\": expected table or json")
        }
        return format
    }
}
