internal import ApusClient
internal import ArgumentParser

/// `apusctl ps`
struct List: Operation {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List containers.", aliases: ["ls"])

    @Flag(name: .shortAndLong, help: "Also those that do not run.")
    var all = false

    @Flag(name: .shortAndLong, help: "Only their ids.")
    var quiet = false

    @Flag(help: "Whole ids and commands.")
    var noTrunc = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Only those with label=NAME[=VALUE], status=STATUS or name=PART.", valueName: "filter"))
    var filter: [String] = []

    @OptionGroup var global: GlobalOptions

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let filters = try ContainerFilters(filter)
        let apus = try await global.connect()
        // A status other than running is only found among all.
        let found = try await apus.containers.list(
            all: all || !filters.statuses.isEmpty, labels: filters.labels
        ).filter(filters.matches)
        if global.isJSON {
            try Console.print(JSON(found))
        } else if quiet {
            try Console.print(found.map { (noTrunc ? $0.id : $0.id.shortID) + "\n" }.joined())
        } else {
            try Console.print(ContainerTable(isWhole: noTrunc, now: Clock.now).table(found).text)
        }
        return 0
    }
}

/// What `ps --filter` asks for.
struct ContainerFilters: Equatable {
    var labels: [String: String] = [:]
    var statuses: Set<String> = []
    var names: [String] = []

    init(_ options: [String]) throws(Complaint) {
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count) {
            case ("label", 2): labels.merge(try Assignments.labels([parts[1]])) { $1 }
            // docker's word for one that has ended.
            case ("status", 2): statuses.insert(parts[1] == "exited" ? "stopped" : parts[1])
            case ("name", 2): names.append(parts[1])
            default:
                throw Complaint(
                    "filter \"\(option)\" is not known",
                    hint: "filters are label=NAME[=VALUE], status=STATUS, name=PART")
            }
        }
    }

    /// What the manager does not filter.
    func matches(_ container: Apus.Container) -> Bool {
        (statuses.isEmpty || statuses.contains("\(container.status)"))
            && (names.isEmpty || names.contains { container.name.contains($0) })
    }
}

/// Containers in docker's columns.
struct ContainerTable {
    var isWhole: Bool
    var now: Timestamp

    func table(_ containers: [Apus.Container]) -> Table {
        var table = Table("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "NAMES")
        for container in containers {
            let command = "\"" + container.command.joined(separator: " ") + "\""
            table.add(
                isWhole ? container.id : container.id.shortID,
                ImageName.familiar(container.spec?.image ?? ""),
                isWhole ? command : shortened(command), age(container.createdAt, " ago"),
                status(container), container.name)
        }
        return table
    }

    /// "Up 5 seconds (Paused)", "Exited (7) 2 minutes ago"
    func status(_ container: Apus.Container) -> String {
        switch container.status {
        case .running: "Up \(age(container.startedAt))"
        case .paused: "Up \(age(container.startedAt)) (Paused)"
        case .stopped: "Exited (\(container.exitStatus)) \(age(container.finishedAt, " ago"))"
        default: "\(container.status)".prefix(1).uppercased() + "\(container.status)".dropFirst()
        }
    }

    private func age(_ time: Timestamp?, _ ending: String = "") -> String {
        time.map { $0.age(at: now).spoken + ending } ?? ""
    }

    private func shortened(_ command: String) -> String {
        command.count <= 22 ? command : command.prefix(20) + "…\""
    }
}
