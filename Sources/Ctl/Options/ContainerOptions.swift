internal import ApusClient
internal import ArgumentParser

/// What `run` and `create` say about a container.
struct ContainerOptions: ParsableArguments {
    @Option(help: "A name for the container; unique, and used wherever an id is.")
    var name: String?

    @OptionGroup var process: ProcessOptions

    @Flag(name: .customLong("rm"), help: "Remove the container when its program has ended.")
    var remove = false

    @Option(
        name: [.customShort("v", allowingJoined: true), .customLong("volume")],
        help: ArgumentHelp(
            "Show a host path in the container; options: ro, or mount(8)'s.",
            valueName: "source:target[:options]"))
    var volumes: [String] = []

    @Option(
        name: [.customShort("m", allowingJoined: true), .customLong("memory")],
        parsing: .unconditional,
        help: ArgumentHelp("Limit memory: bytes, or 64k, 512m, 2g.", valueName: "size"),
        transform: Amounts.memory)
    var memory: Int64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Limit CPU time: 0.5 is half a CPU.", valueName: "number"),
        transform: Amounts.cpus)
    var cpus: Int64?

    @Option(
        name: .customLong("cpuset-cpus"),
        help: ArgumentHelp("CPUs that it may use: 0-1,3.", valueName: "list"))
    var cpusetCPUs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Limit the number of processes; -1: no limit.", valueName: "number"),
        transform: Amounts.pids)
    var pidsLimit: Int64?

    @Option(
        help: ArgumentHelp(
            "Replace the image's entrypoint; empty: none.", valueName: "program"))
    var entrypoint: String?

    @Option(help: "The container's own host name.")
    var hostname: String?

    @Option(
        name: [.customShort("l", allowingJoined: true), .customLong("label")],
        help: ArgumentHelp("Note something; for filters and programs.", valueName: "name=value"))
    var labels: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where its log goes: json-file, journald or none.", valueName: "driver"))
    var logDriver: String?

    @Option(
        name: .customLong("log-opt"),
        help: ArgumentHelp(
            "Limit the log: max-size=10m, max-file=3, compress=true.", valueName: "name=value"))
    var logOptions: [String] = []

    @Option(
        name: [.customLong("network"), .customLong("net")],
        help: ArgumentHelp("Network: none or host.", valueName: "network"))
    var network: String?

    @Option(
        name: .customLong("pid"),
        help: ArgumentHelp("Process ids: host, or its own without this.", valueName: "namespace"))
    var pidNamespace: String?

    @Flag(help: "Mount the root file system read-only.")
    var readOnly = false

    @Option(help: ArgumentHelp("Give a Linux capability.", valueName: "capability"))
    var capAdd: [String] = []

    @Option(help: ArgumentHelp("Take a Linux capability away.", valueName: "capability"))
    var capDrop: [String] = []

    @Flag(
        name: .customLong("init"),
        help: "Run the program below a first process that reaps and forwards signals.")
    var useInit = false

    @Option(
        help: ArgumentHelp(
            "The OCI runtime, by name or path; else apus-runtime.", valueName: "program"))
    var runtime: String?

    @Option(
        help: ArgumentHelp("seccomp=unconfined: no system call filter.", valueName: "option"))
    var securityOpt: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Signal that stops it; else the image's, or TERM.", valueName: "signal"))
    var stopSignal: String?

    /// What the manager shall make.
    func specification(image: String, command: [String]) throws(Complaint) -> Apus.ContainerSpec {
        var spec = Apus.ContainerSpec(name: name ?? "", image: image, args: command)
        if let entrypoint {
            spec.overrideEntrypoint = true
            spec.entrypoint = entrypoint.isEmpty ? [] : [entrypoint]
        }
        spec.env = try process.assignments
        spec.user = process.user ?? ""
        spec.workingDirectory = process.workingDirectory ?? ""
        spec.hostname = hostname ?? ""
        spec.terminal = process.tty
        spec.stdinOpen = process.interactive
        let directory = Surroundings.currentDirectory
        for volume in volumes {
            spec.volumes.append(try Apus.VolumeMount(option: volume, from: directory))
        }
        spec.memoryLimitBytes = memory ?? 0
        spec.nanoCPUs = cpus ?? 0
        spec.cpusetCPUs = cpusetCPUs ?? ""
        spec.pidsLimit = pidsLimit ?? 0
        spec.labels = try Assignments.labels(labels)
        spec.logDriver = logDriver ?? ""
        spec.logOptions = try Assignments.logOptions(logOptions)
        spec.autoRemove = remove
        try isolate(&spec)
        return spec
    }

    private func isolate(_ spec: inout Apus.ContainerSpec) throws(Complaint) {
        guard ["", "none", "host"].contains(network ?? "") else {
            throw Complaint(
                "there is no network \"\(network ?? "")\"", hint: "choose none or host")
        }
        guard ["", "host"].contains(pidNamespace ?? "") else {
            throw Complaint(
                "there is no pid namespace \"\(pidNamespace ?? "")\"",
                hint: "choose host, or leave --pid out")
        }
        spec.network = network ?? ""
        spec.pidNamespace = pidNamespace ?? ""
        spec.readOnlyRootfs = readOnly
        spec.capabilitiesAdd = capAdd
        spec.capabilitiesDrop = capDrop
        spec.runtime = runtime ?? ""
        spec.useInit = useInit
        spec.stopSignal = stopSignal ?? ""
        for option in securityOpt {
            guard option == "seccomp=unconfined" else {
                throw Complaint(
                    "security option \"\(option)\" is not known",
                    hint: "known is seccomp=unconfined")
            }
            spec.seccomp = "unconfined"
        }
    }
}
