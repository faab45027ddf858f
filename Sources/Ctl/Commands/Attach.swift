internal import ApusClient
internal import ArgumentParser

/// `apusctl attach`
struct Attach: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Join the streams of a running container.")

    @Flag(name: .customLong("no-stdin"), help: "Only watch.")
    var noStdin = false

    @Option(help: ArgumentHelp("Keys that leave the container running.", valueName: "keys"))
    var detachKeys = "ctrl-p,ctrl-q"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The container's id or name.")
    var container: String

    var isInteractive: Bool { true }

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let keys = try DetachKeys(detachKeys)
        let apus = try await global.connect()
        let found = try await apus.containers.get(container)
        guard found.status == .running || found.status == .paused else {
            throw Complaint(
                "cannot attach to \(container): it is \(found.status)",
                hint: "'apusctl logs \(container)' shows what it wrote")
        }
        let spec = found.spec ?? Apus.ContainerSpec()
        let session = Session(
            apus: apus, id: found.id, hasTerminal: spec.terminal,
            takesInput: spec.stdinOpen && !noStdin, detachKeys: keys)
        return SessionEnd.status(try await session.run {}, name: found.name)
    }
}

/// `apusctl start`
struct Start: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Run containers that were made or have ended.")

    @Flag(name: .shortAndLong, help: "Stay, and print what it writes.")
    var attach = false

    @Flag(name: .shortAndLong, help: "Stay, and feed its stdin.")
    var interactive = false

    @Option(help: ArgumentHelp("Keys that leave the container running.", valueName: "keys"))
    var detachKeys = "ctrl-p,ctrl-q"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    var isInteractive: Bool { attach || interactive }

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        guard isInteractive else {
            return try await Batch(names: containers, isJSON: global.isJSON).perform {
                try await apus.containers.start($0)
            }
        }
        guard containers.count == 1 else {
            throw Complaint("-a and -i take one container", hint: "start the others without them")
        }
        let keys = try DetachKeys(detachKeys)
        let found = try await apus.containers.get(containers[0])
        let spec = found.spec ?? Apus.ContainerSpec()
        let session = Session(
            apus: apus, id: found.id, hasTerminal: spec.terminal,
            takesInput: spec.stdinOpen && interactive, detachKeys: keys)
        let end = try await session.run { try await apus.containers.start(found.id) }
        return SessionEnd.status(end, name: found.name)
    }
}
