internal import ApusClient
internal import ArgumentParser

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}

/// Options of every command; they may also stand before it.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The manager's socket; else $APUS_ADDRESS, else \(Apus.defaultAddress).",
            valueName: "socket"))
    var address: String?

    @Option(help: ArgumentHelp("How to write results: table or json.", valueName: "format"))
    var format: OutputFormat = .table

    var isJSON: Bool { format == .json }

    var managerAddress: String {
        address ?? Surroundings.variable("APUS_ADDRESS") ?? Apus.defaultAddress
    }

    func connect() async throws -> Apus.Client { try await Apus.connect(to: managerAddress) }
}
