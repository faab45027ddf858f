internal import ApusClient
internal import ArgumentParser

/// `apusctl events`
struct Events: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Print what happens, line by line.",
        discussion: "With --format json: one document a line.")

    @Option(
        help: ArgumentHelp(
            "Also events of the past, from this number on; 1: all.", valueName: "sequence"))
    var since: UInt64 = 0

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Only action=NAME, container=ID or image=DIGEST.", valueName: "filter"))
    var filter: [String] = []

    @OptionGroup var global: GlobalOptions

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let filters = try EventFilters(filter)
        let apus = try await global.connect()
        // Events carry whole ids; people write names.
        let subject = try await filters.container.mapAsync { try await apus.containers.get($0).id }
        let events = try await apus.events.subscribe(
            since: since, actions: filters.actions, subject: subject ?? filters.image ?? "")
        for try await event in events {
            try Console.printLine(
                global.isJSON ? JSON(event).text(indented: false) : EventLine.text(event))
        }
        return 0
    }
}

extension Optional where Wrapped: Sendable {
    fileprivate func mapAsync<Result>(
        _ transform: (Wrapped) async throws -> Result
    ) async rethrows -> Result? {
        guard let self else { return nil }
        return try await transform(self)
    }
}

/// What `events --filter` asks for.
struct EventFilters: Equatable {
    var actions: [String] = []
    var container: String?
    var image: String?

    init(_ options: [String]) throws(Complaint) {
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count) {
            // docker says event.
            case ("action", 2), ("event", 2): actions.append(parts[1])
            case ("container", 2): container = parts[1]
            case ("image", 2): image = parts[1]
            default:
                throw Complaint(
                    "filter \"\(option)\" is not known",
                    hint: "filters are action=NAME, container=ID, image=DIGEST")
            }
        }
    }
}

/// An event as docker writes it: time, type, action, subject and (name=value, ...).
enum EventLine {
    static func text(_ event: Apus.Event) -> String {
        let attributes = event.attributes.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        let line =
            "\((event.time ?? Timestamp()).rfc3339) \(event.type) \(event.action) \(event.subject)"
        return Table.printable(attributes.isEmpty ? line : line + " (\(attributes))")
    }
}
