internal import ApusClient
internal import ArgumentParser
internal import Glibc

/// `apusctl top`
struct Top: Operation {
    static let configuration = CommandConfiguration(
        abstract: "List the processes of a container, by their numbers on the host.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The container's id or name.")
    var container: String

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let processes = try await global.connect().containers.pids(container)
        guard !global.isJSON else {
            try Console.print(JSON(processes))
            return 0
        }
        var table = Table("PID", "EXEC ID")
        for process in processes { table.add("\(process.pid)", process.execID.shortID) }
        try Console.print(table.text)
        return 0
    }
}

/// `apusctl stats`
struct Stats: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Show what containers use, every second.")

    @Flag(help: "Once.")
    var noStream = false

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names; none: all that run.")
    var containers: [String] = []

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        var before = try await measure(apus)
        while true {
            // Two measures make a rate.
            try await Task.sleep(for: .seconds(1))
            let now = try await measure(apus)
            try show(now, before)
            if noStream { return 0 }
            before = now
        }
    }

    private struct Usage {
        var container: Apus.Container
        var stats: Apus.ContainerStats
    }

    private func measure(_ apus: Apus.Client) async throws -> [Usage] {
        var found: [Apus.Container] = []
        if containers.isEmpty { found = try await apus.containers.list() }
        for name in containers { found.append(try await apus.containers.get(name)) }
        var usages: [Usage] = []
        for container in found {
            if let stats = try await stats(container, apus) {
                usages.append(Usage(container: container, stats: stats))
            }
        }
        return usages
    }

    /// Nil for a container that ended in between, and that nobody asked for by name.
    private func stats(
        _ container: Apus.Container, _ apus: Apus.Client
    ) async throws -> Apus.ContainerStats? {
        do {
            return try await apus.containers.stats(container.id)
        } catch {
            guard containers.isEmpty, error.code != .unavailable else { throw error }
            return nil
        }
    }

    private func show(_ now: [Usage], _ before: [Usage]) throws {
        guard !global.isJSON else {
            try Console.print(JSON(now.map(\.stats)), indented: noStream)
            return
        }
        var table = Table("CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "PIDS")
        for usage in now {
            let stats = usage.stats
            let earlier = before.first { $0.container.id == usage.container.id }?.stats
            let share =
                stats.memoryLimitBytes == 0
                ? 0 : 100 * Double(stats.memoryUsageBytes) / Double(stats.memoryLimitBytes)
            table.add(
                usage.container.id.shortID, usage.container.name,
                percent(CPUShare.percent(stats, since: earlier)),
                memory(stats), percent(share), "\(stats.pidsCurrent)")
        }
        let isLive = !noStream && UserTerminal.isTerminal(STDOUT_FILENO)
        try Console.print((isLive ? "\u{1b}[H\u{1b}[2J" : "") + table.text)
    }

    private func memory(_ stats: Apus.ContainerStats) -> String {
        let limit = stats.memoryLimitBytes
        let usage = ByteSize.binary(Int64(clamping: stats.memoryUsageBytes))
        return usage + " / " + (limit == 0 ? "none" : ByteSize.binary(Int64(clamping: limit)))
    }

    private func percent(_ value: Double) -> String { ByteSize.rounded(value, places: 2) + "%" }
}

/// How much of one CPU was used between two measures.
enum CPUShare {
    static func percent(_ now: Apus.ContainerStats, since before: Apus.ContainerStats?) -> Double {
        guard let before, let end = now.time, let start = before.time,
            now.cpuUsageNS >= before.cpuUsageNS
        else { return 0 }
        let elapsed = Double(end.seconds - start.seconds) * 1e9 + Double(end.nanos - start.nanos)
        return elapsed > 0 ? 100 * Double(now.cpuUsageNS - before.cpuUsageNS) / elapsed : 0
    }
}

/// `apusctl update`
struct Update: Operation {
    static let configuration = CommandConfiguration(
        abstract: "Change limits of containers, also while they run; -1 lifts one.")

    @Option(
        name: [.customShort("m", allowingJoined: true), .customLong("memory")],
        parsing: .unconditional,
        help: ArgumentHelp("Memory: bytes, or 64k, 512m, 2g.", valueName: "size"),
        transform: { try Update.liftable($0, Amounts.memory) })
    var memory: Int64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("CPU time: 0.5 is half a CPU.", valueName: "number"),
        transform: { try Update.liftable($0, Amounts.cpus) })
    var cpus: Int64?

    @Option(
        name: .customLong("cpuset-cpus"),
        help: ArgumentHelp("CPUs that it may use: 0-1,3.", valueName: "list"))
    var cpusetCPUs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The number of processes.", valueName: "number"),
        transform: { try Update.liftable($0, Amounts.pids) })
    var pidsLimit: Int64?

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Ids or names.")
    var containers: [String]

    private static func liftable(
        _ text: String, _ read: (String) throws -> Int64
    ) throws -> Int64 {
        text == "-1" ? -1 : try read(text)
    }

    func validate() throws {
        guard memory == nil, cpus == nil, cpusetCPUs == nil, pidsLimit == nil else { return }
        throw Complaint(
            "nothing to change", hint: "give --memory, --cpus, --cpuset-cpus or --pids-limit")
    }

    func perform(_ stopwatch: Stopwatch) async throws -> Int32 {
        let apus = try await global.connect()
        return try await Batch(names: containers, isJSON: global.isJSON).perform {
            try await apus.containers.update(
                Apus.UpdateContainerRequest(
                    id: $0, memoryLimitBytes: memory ?? 0, nanoCPUs: cpus ?? 0,
                    cpusetCPUs: cpusetCPUs ?? "", pidsLimit: pidsLimit ?? 0))
        }
    }
}
