internal import ApusClient
internal import ArgumentParser
internal import Glibc

/// `apusctl run`
struct Run: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Make a container from an image and run it.",
        discussion: "Everything behind <image> belongs to the container.")

    @Flag(name: .shortAndLong, help: "Print the id and leave it running.")
    var detach = false

    @Flag(help: "Say on stderr where the start spent its time, through all programs.")
    var timeline = false

    @Option(help: ArgumentHelp("Keys that leave the container running.", valueName: "keys"))
    var detachKeys = "ctrl-p,ctrl-q"

    @OptionGroup var options: ContainerOptions
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The image's name or digest.")
    var image: String

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Replaces the image's command.", valueName: "command"))
    var command: [String] = []

    var isInteractive: Bool { !detach }

    func validate() throws { try PassedOn.check(image, command: "run") }

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let keys = try DetachKeys(detachKeys)
        let spec = try options.specification(image: image, command: command)
        try TerminalUse.check(spec.terminal && spec.stdinOpen && !detach)
        let apus = try await stopwatch.measure("connect") { try await global.connect() }
        let container = try await stopwatch.measure("create") {
            try await apus.containers.create(spec)
        }
        do {
            return detach
                ? try await leave(container, apus, stopwatch)
                : try await stay(container, spec, keys, apus, stopwatch)
        } catch let failure as NotStarted {
            // Nothing of it shall stay; where even that fails, the first failure says more.
            try? await apus.containers.remove(container.id, force: true)
            throw failure.reason
        }
    }

    /// The container could not be started, or was given up before.
    private struct NotStarted: Error {
        var reason: any Error
    }

    private func leave(
        _ container: Apus.Container, _ apus: Apus.Client, _ stopwatch: Stopwatch
    ) async throws -> Int32 {
        let phases = StartPhases(wanted: timeline)
        try await start(container, apus, stopwatch, phases)
        try Console.printLine(container.id)
        try phases.print(with: stopwatch, asJSON: global.isJSON)
        return 0
    }

    private func stay(
        _ container: Apus.Container, _ spec: Apus.ContainerSpec, _ keys: DetachKeys,
        _ apus: Apus.Client, _ stopwatch: Stopwatch
    ) async throws -> Int32 {
        let session = Session(
            apus: apus, id: container.id, hasTerminal: spec.terminal, takesInput: spec.stdinOpen,
            detachKeys: keys)
        let phases = StartPhases(wanted: timeline)
        let begin = Clock.monotonicNS
        let end = try await session.run {
            stopwatch.record("attach", from: begin)
            try await start(container, apus, stopwatch, phases)
        }
        stopwatch.record("run and print", from: stopwatch.phases.last?.endNS ?? begin)
        switch end {
        case .terminated(let signal, hadStarted: false):
            throw NotStarted(reason: Complaint("interrupted", exitCode: 128 + signal))
        default:
            try phases.print(with: stopwatch, asJSON: global.isJSON)
            return SessionEnd.status(end, name: container.name)
        }
    }

    private func start(
        _ container: Apus.Container, _ apus: Apus.Client, _ stopwatch: Stopwatch,
        _ phases: StartPhases
    ) async throws {
        do {
            try await stopwatch.measure("start") {
                _ = try await apus.containers.start(container.id)
            }
        } catch {
            throw NotStarted(reason: error)
        }
        await phases.fetch(container.id, apus)
    }
}

/// `apusctl create`
struct Create: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Make a container, without running it.",
        discussion: "Everything behind <image> belongs to the container.")

    @OptionGroup var options: ContainerOptions
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The image's name or digest.")
    var image: String

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Replaces the image's command.", valueName: "command"))
    var command: [String] = []

    func validate() throws { try PassedOn.check(image, command: "create") }

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let spec = try options.specification(image: image, command: command)
        let container = try await global.connect().containers.create(spec)
        try Console.printLine(container.id)
        return 0
    }
}
