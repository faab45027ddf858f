internal import Arguments
internal import Engine
internal import Glibc
internal import Linux

/// The options in front of the verb.
struct GlobalOptions {
    /// The directory of all containers' state.
    var root: String
    /// `--root` was given.
    var rootIsChosen: Bool
    var log: Log
    var cgroupManager: CgroupManager
    /// A socket that hears how the call went (apus.runtime.v1.Report).
    var reportDescriptor: Int32?

    init(_ options: ParsedOptions) throws(Failure) {
        rootIsChosen = options.isGiven(Self.root)
        root = try Self.absolute(options.value(Self.root) ?? Self.defaultRoot)
        log = Self.log(options)
        cgroupManager = .cgroupfs
        guard root != "/" else {
            throw Failure(
                "use / for the state of containers", "it would be full of directories of theirs",
                hint: "give --root a directory of its own")
        }
        log.format = try Self.choice(Self.logFormat, options) ?? .text
        if let level: Log.Level = try Self.choice(Self.logLevel, options) {
            log.showsDebug = log.showsDebug || level == .debug
            log.showsWarnings = level != .error
        }
        cgroupManager = try Self.choice(Self.cgroupManager, options) ?? .cgroupfs
        if options.has(Self.systemdCgroup) { cgroupManager = .systemd }
        if let rootless = options.value(Self.rootless),
            !["true", "false", "auto"].contains(rootless)
        {
            throw Failure(
                "", "invalid value \"\(rootless)\" for flag -rootless: expected true, false, auto")
        }
        reportDescriptor = try usage { () throws(UsageError) in try options.number(Self.reportFD) }
    }

    /// Where errors go, also for a command line that cannot be understood any further.
    static func log(_ options: ParsedOptions) -> Log {
        var path = options.value(Self.log)
        // crun's way to say that it is a file.
        if let given = path, given.hasPrefix("file:") { path = String(given.dropFirst(5)) }
        var log = Log(path: path, showsDebug: options.has(Self.debug))
        log.format = options.value(Self.logFormat).flatMap(Log.Format.init(rawValue:)) ?? .text
        return log
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ option: Option, _ options: ParsedOptions
    ) throws(Failure) -> Choice? {
        guard let text = options.value(option) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let help = option.help.prefix(1).lowercased() + option.help.dropFirst()
            throw Failure("", "invalid value \"\(text)\" for flag -\(option.name): \(help)")
        }
        return choice
    }

    /// Against the working directory, without asking what is there.
    static func absolute(_ path: String) throws(Failure) -> String {
        if path.hasPrefix("/") { return path }
        let here = try system { () throws(SystemError) in try ProcessControl.workingDirectory() }
        return path.isEmpty ? here : here == "/" ? "/\(path)" : "\(here)/\(path)"
    }

    private static var defaultRoot: String {
        userDirectory.map { "\($0)/apus/runtime" } ?? "/run/apus/runtime"
    }

    /// Where a user keeps what goes with the session. The root of a user namespace that somebody has
    /// made for themselves is such a user, and may not write to the machine's /run.
    static var userDirectory: String? {
        guard let directory = environment("XDG_RUNTIME_DIR"),
            Identity.effectiveUser != 0
                || (environment("USER") != "root" && UserNamespace.isOurs)
        else { return nil }
        return directory
    }

    static let all = [
        root, log, logFormat, logLevel, debug, systemdCgroup, cgroupManager, rootless, reportFD,
        criu,
        Grammar.version,
    ]

    private static let root = Option.value(
        "root", word: "DIR", help: "Directory of the containers' state")
    private static let log = Option.value(
        "log", word: "FILE", help: "Write errors to this file as well")
    private static let logFormat = Option.value(
        "log-format", word: "FORMAT", help: "Format of the log's lines: text or json")
    private static let logLevel = Option.value(
        "log-level", word: "LEVEL", help: "What goes to the log: error, warning or debug")
    private static let debug = Option.flag("debug", help: "Write to the log what is being done")
    private static let systemdCgroup = Option.flag(
        "systemd-cgroup", help: "Same as --cgroup-manager systemd")
    private static let cgroupManager = Option.value(
        "cgroup-manager", word: "NAME", help: "Who makes cgroups: cgroupfs, systemd or disabled")
    private static let rootless = Option.value(
        "rootless", word: "MODE", help: "", hidden: true)
    private static let reportFD = Option.value(
        "report-fd", word: "N",
        help: "An inherited socket that hears how the call went (apus.runtime.v1.Report)")
    // Older callers name their criu; it is found by PATH.
    private static let criu = Option.value("criu", word: "PATH", help: "", hidden: true)
}
