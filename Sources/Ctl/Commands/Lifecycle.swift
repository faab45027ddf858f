internal import ApusClient
internal import ArgumentParser

/// `apusctl stop`
struct Stop: Operation {
    static let configuration = CommandConfiguration(
        abstract: "End containers: their stop signal, then SIGKILL.")

    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("time")],
        help: ArgumentHelp("How long to wait before SIGKILL.", valueName: "seconds"))
    var time: UInt32 = 10

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        return try await Batch(names: containers, isJSON: global.isJSON).perform {
            try await apus.containers.stop($0, timeoutSeconds: time)
        }
    }
}

/// `apusctl kill`
struct Kill: Operation {
    static let configuration = CommandConfiguration(abstract: "Send containers a signal.")

    @Option(
        name: [.customShort("s", allowingJoined: true), .customLong("signal")],
        help: ArgumentHelp("By name or number: KILL, SIGUSR1, 15.", valueName: "signal"))
    var signal = "KILL"

    @Flag(help: "To every process of the container.")
    var all = false

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        return try await Batch(names: containers, isJSON: global.isJSON).perform {
            try await apus.containers.kill($0, signal: signal, all: all)
        }
    }
}

/// `apusctl pause`
struct Pause: Operation {
    static let configuration = CommandConfiguration(abstract: "Freeze all processes of containers.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        return try await Batch(names: containers, isJSON: global.isJSON).perform {
            try await apus.containers.pause($0)
        }
    }
}

/// `apusctl unpause`
struct Unpause: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Let frozen containers go on.", aliases: ["resume"])

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        return try await Batch(names: containers, isJSON: global.isJSON).perform {
            try await apus.containers.resume($0)
        }
    }
}

/// `apusctl rm`
struct Remove: Operation {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove containers.")

    @Flag(name: .shortAndLong, help: "Kill them first where they run.")
    var force = false

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        return try await Batch(names: containers, isJSON: global.isJSON).perform {
            try await apus.containers.remove($0, force: force)
        }
    }
}

/// `apusctl wait`
struct Wait: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Wait for the end of containers; prints their exit codes.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        var endings: [Apus.WaitProcessResponse] = []
        for container in containers {
            let ending = try await apus.containers.wait(container)
            endings.append(ending)
            if !global.isJSON { try Console.printLine("\(ending.exitStatus)") }
        }
        if global.isJSON { try Console.print(JSON(endings)) }
        return 0
    }
}
