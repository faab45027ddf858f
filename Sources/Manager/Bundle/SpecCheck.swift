internal import RPC
internal import Wire

/// What can be wrong with a container's specification before anything is made from it.
struct SpecCheck {
    var spec: Apus.ContainerSpec
    var processors: Int

    /// Bytes of all strings that a container may carry: its row is read and listed as one.
    static let mostBytes = 1 << 20
    static let mostVolumes = 256
    static let longestHostname = 64

    private static let stage = "create container"

    func run() throws(Failure) {
        guard !spec.image.isEmpty else { throw problem("image", "no image is named") }
        if !spec.name.isEmpty, let cause = ContainerName.problem(with: spec.name) {
            throw problem(spec.name, cause)
        }
        try checkSize()
        try checkProcess()
        try checkVolumes()
        try checkNamespaces()
        if let cause = Limits(spec, countsSwap: false).problem(processors: processors) {
            throw problem(spec.name, cause)
        }
        if let (subject, cause) = LogPlan(spec).problem { throw problem(subject, cause) }
        _ = try CapabilityChoice(add: spec.capabilitiesAdd, drop: spec.capabilitiesDrop).resolved()
        guard ["", "unconfined"].contains(spec.seccomp) else {
            throw problem(spec.seccomp, "no such seccomp profile", hint: "give none, or unconfined")
        }
    }

    private func checkSize() throws(Failure) {
        let strings =
            spec.args + spec.entrypoint + spec.env + spec.labels.keys + spec.labels.values
            + spec.logOptions.keys + spec.logOptions.values
            + spec.volumes.flatMap { [$0.source, $0.destination] + $0.options }
        let bytes = strings.reduce(0) { $0 + $1.utf8.count }
        guard bytes <= Self.mostBytes else {
            throw Failure(
                .resourceExhausted, Self.stage, spec.name,
                "arguments, environment, labels and volumes hold \(bytes) bytes; "
                    + "\(Self.mostBytes) are the most")
        }
    }

    private func checkProcess() throws(Failure) {
        for entry in spec.env where entry.isEmpty || entry.hasPrefix("=") {
            throw problem("\"\(entry)\"", "an environment entry begins with its name")
        }
        if !spec.workingDirectory.isEmpty, !spec.workingDirectory.hasPrefix("/") {
            throw problem(spec.workingDirectory, "a working directory is an absolute path")
        }
        if !spec.stopSignal.isEmpty, SignalName.number(of: spec.stopSignal) == nil {
            throw problem(spec.stopSignal, "there is no such signal")
        }
        if spec.overrideEntrypoint, spec.entrypoint.first == "" {
            throw problem("entrypoint", "the program's name is empty")
        }
    }

    private func checkVolumes() throws(Failure) {
        guard spec.volumes.count <= Self.mostVolumes else {
            throw problem(spec.name, "\(Self.mostVolumes) volumes are the most")
        }
        var destinations: Set<String> = []
        for volume in spec.volumes {
            guard volume.source.hasPrefix("/") else {
                throw problem(volume.source, "a volume's source is an absolute path")
            }
            let destination = volume.destination.split(separator: "/").filter { $0 != "." }
            guard volume.destination.hasPrefix("/"), !destination.isEmpty,
                !destination.contains("..")
            else {
                throw problem(
                    volume.destination, "a volume's destination is an absolute path below /")
            }
            guard destinations.insert(destination.joined(separator: "/")).inserted else {
                throw problem(volume.destination, "two volumes have the same destination")
            }
        }
    }

    private func checkNamespaces() throws(Failure) {
        guard ["", "none", "host"].contains(spec.network) else {
            throw problem(spec.network, "there is no such network", hint: "give none or host")
        }
        guard ["", "host"].contains(spec.pidNamespace) else {
            throw problem(
                spec.pidNamespace, "there is no such pid namespace", hint: "give none, or host")
        }
        guard spec.hostname.utf8.count <= Self.longestHostname,
            spec.hostname.utf8.allSatisfy({ $0 > 32 && $0 != 47 && $0 < 127 })
        else { throw problem(spec.hostname, "no host can have this name") }
    }

    private func problem(_ subject: String, _ cause: String, hint: String = "") -> Failure {
        Failure(.invalidArgument, Self.stage, subject, cause, hint: hint)
    }
}
