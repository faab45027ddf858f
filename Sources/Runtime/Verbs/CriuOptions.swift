internal import Arguments
internal import Engine
internal import Linux

/// What `checkpoint` and `restore` have in common.
enum CriuOptions {
    static let all = [
        imagePath, workPath, tcpEstablished, tcpClose, extUnixSockets, shellJob, fileLocks,
        lazyPages, autoDedup, linkRemap, cgroupsMode, emptyNamespaces,
    ]

    static func read(_ call: Call) throws(Failure) -> CheckpointOptions {
        let given = call.options
        let images = try GlobalOptions.absolute(given.value(imagePath) ?? "checkpoint")
        var options = CheckpointOptions(imagePath: images)
        options.workPath = try given.value(workPath).map(GlobalOptions.absolute)
        options.tcpEstablished = given.has(tcpEstablished)
        options.tcpClose = given.has(tcpClose)
        options.extUnixSockets = given.has(extUnixSockets)
        options.shellJob = given.has(shellJob)
        options.fileLocks = given.has(fileLocks)
        options.lazyPages = given.has(lazyPages)
        options.autoDedup = given.has(autoDedup)
        options.linkRemap = given.has(linkRemap)
        if let mode = given.value(cgroupsMode), !mode.isEmpty {
            guard let mode = CheckpointOptions.CgroupMode(rawValue: mode) else {
                throw Failure("", "Invalid manage-cgroups-mode value")
            }
            options.cgroupMode = mode
        }
        for name in given.list(emptyNamespaces) {
            // The one kind that criu can leave empty.
            guard name == "network" else {
                throw Failure(
                    "", "namespace \"\(name)\" is not supported", hint: "network is")
            }
            options.emptyNamespaces |= 0x4000_0000
        }
        return options
    }

    private static let imagePath = Option.value(
        "image-path", word: "DIR", help: "Where the files are; otherwise ./checkpoint")
    private static let workPath = Option.value(
        "work-path", word: "DIR", help: "Where criu writes its log")
    private static let tcpEstablished = Option.flag(
        "tcp-established", help: "Keep TCP connections")
    private static let tcpClose = Option.flag("tcp-close", help: "Close TCP connections")
    private static let extUnixSockets = Option.flag(
        "ext-unix-sk", help: "Keep Unix sockets whose other end is outside")
    private static let shellJob = Option.flag(
        "shell-job", help: "The session's leader or terminal is outside")
    private static let fileLocks = Option.flag("file-locks", help: "Keep file locks")
    private static let lazyPages = Option.flag(
        "lazy-pages", help: "Memory follows when it is touched, by criu lazy-pages")
    private static let autoDedup = Option.flag(
        "auto-dedup", help: "Give space of images free that newer ones replace")
    private static let linkRemap = Option.flag(
        "link-remap", help: "Keep files that were removed while open")
    private static let cgroupsMode = Option.value(
        "manage-cgroups-mode", word: "MODE",
        help: "What of cgroups is kept: ignore, none, props, soft, full or strict")
    private static let emptyNamespaces = Option.value(
        "empty-ns", word: "KIND", help: "Make this namespace anew and empty: network")
}
