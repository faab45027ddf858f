internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// Changes the limits of a container that exists.
enum Update {
    static let command = Command(
        "update", "Change the limits of a container", synopsis: "ID", words: 1...1,
        options: [
            file, memory, memoryReservation, memorySwap, cpuPeriod, cpuQuota, cpuShare, cpuBurst,
            cpuIdle, cpuRealtimePeriod, cpuRealtimeRuntime, cpusetCPUs, cpusetMems, pidsLimit,
            blkioWeight, l3Cache, memoryBandwidth, kernelMemory, kernelMemoryTCP,
        ],
        discussion:
            "The file holds the object linux.resources of config.json; with it, options are not used.\n"
            + "Sizes are bytes, or numbers with the unit b, k, m or g; -1 is no limit.")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        let resources = try requested(call)
        try document { () throws(DocumentError) in try resources.validate() }
        let container = try call.container()
        let resctrl = resctrl(call.options)
        try engine { () throws(EngineError) in
            try container.update(resources, resctrl: resctrl)
        }
        return 0
    }

    private static func requested(_ call: Call) throws(Failure) -> Resources {
        guard let name = call.options.value(file) else { return try fromOptions(call.options) }
        return try call.read(name, named: "resources")
    }

    static func fromOptions(_ options: ParsedOptions) throws(Failure) -> Resources {
        var resources = Resources()
        let memory = Resources.Memory(
            limit: try size(memory, options), reservation: try size(memoryReservation, options),
            swap: try size(memorySwap, options))
        if memory != Resources.Memory() { resources.memory = memory }
        let cpu = Resources.CPU(
            shares: try number(cpuShare, options), quota: try number(cpuQuota, options),
            burst: try number(cpuBurst, options), period: try number(cpuPeriod, options),
            realtimeRuntime: try number(cpuRealtimeRuntime, options),
            realtimePeriod: try number(cpuRealtimePeriod, options),
            cpus: options.value(cpusetCPUs), mems: options.value(cpusetMems),
            idle: try number(cpuIdle, options))
        if cpu != Resources.CPU() { resources.cpu = cpu }
        if let limit: Int64 = try number(pidsLimit, options) {
            resources.pids = Resources.Pids(limit: limit)
        }
        if let weight: UInt16 = try number(blkioWeight, options) {
            resources.blockIO = Resources.BlockIO(weight: weight)
        }
        return resources
    }

    private static func resctrl(_ options: ParsedOptions) -> IntelRdt? {
        let wanted = IntelRdt(
            l3CacheSchema: options.value(l3Cache), memBwSchema: options.value(memoryBandwidth))
        return wanted == IntelRdt() ? nil : wanted
    }

    private static func number<Number: FixedWidthInteger>(
        _ option: Option, _ options: ParsedOptions
    ) throws(Failure) -> Number? {
        try usage { () throws(UsageError) in try options.number(option) }
    }

    private static func size(
        _ option: Option, _ options: ParsedOptions
    ) throws(Failure) -> Int64? {
        guard let text = options.value(option) else { return nil }
        guard let bytes = ByteSize.bytes(text) else {
            throw Failure(
                "", "invalid value \"\(text)\" for flag -\(option.name)",
                hint: "bytes, or a number with the unit b, k, m, g or t, such as 512m")
        }
        return bytes
    }

    private static let file = Option.value(
        "resources", "r", word: "FILE", help: "Limits as JSON; - reads standard input")
    private static let memory = Option.value("memory", word: "SIZE", help: "Memory")
    private static let memoryReservation = Option.value(
        "memory-reservation", word: "SIZE", help: "Memory that is reclaimed last")
    private static let memorySwap = Option.value(
        "memory-swap", word: "SIZE", help: "Memory and swap together")
    private static let cpuPeriod = Option.value(
        "cpu-period", word: "USEC", help: "Period of the processor quota")
    private static let cpuQuota = Option.value(
        "cpu-quota", word: "USEC", help: "Processor time in a period")
    private static let cpuShare = Option.value(
        "cpu-share", word: "N", help: "Processor shares, relative to others")
    private static let cpuBurst = Option.value(
        "cpu-burst", word: "USEC", help: "Processor time that may be saved up")
    private static let cpuIdle = Option.value(
        "cpu-idle", word: "0|1", help: "Only run when nobody else wants to")
    private static let cpuRealtimePeriod = Option.value(
        "cpu-rt-period", word: "USEC", help: "Period of the realtime quota")
    private static let cpuRealtimeRuntime = Option.value(
        "cpu-rt-runtime", word: "USEC", help: "Realtime in a period")
    private static let cpusetCPUs = Option.value(
        "cpuset-cpus", word: "LIST", help: "Processors, such as 0-2,7")
    private static let cpusetMems = Option.value(
        "cpuset-mems", word: "LIST", help: "Memory nodes")
    private static let pidsLimit = Option.value(
        "pids-limit", word: "N", help: "Processes; -1 is no limit")
    private static let blkioWeight = Option.value(
        "blkio-weight", word: "N", help: "Weight of block I/O, 10 to 1000")
    private static let l3Cache = Option.value(
        "l3-cache-schema", word: "SCHEMA", help: "Shares of the L3 cache, such as L3:0=f;1=f")
    private static let memoryBandwidth = Option.value(
        "mem-bw-schema", word: "SCHEMA", help: "Shares of memory bandwidth, such as MB:0=20;1=70")
    // Gone from the kernel; older callers still say them.
    private static let kernelMemory = Option.value(
        "kernel-memory", word: "SIZE", help: "", hidden: true)
    private static let kernelMemoryTCP = Option.value(
        "kernel-memory-tcp", word: "SIZE", help: "", hidden: true)
}
