internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// The process that `exec` is to run: a whole one from a file, or the container's own with what the
/// options change.
enum ExecProcess {
    static let options = [
        processFile, cwd, env, tty, user, additionalGids, processLabel, apparmor, noNewPrivs, cap,
    ]

    static func make(_ call: Call, in container: Container) throws(Failure) -> OCI.Process {
        if let file = call.options.value(processFile) { return try read(file, call) }
        guard !call.words.isEmpty else {
            throw Failure("", "exec needs a command or --process", hint: "apus-runtime exec --help")
        }
        let spec = try engine { () throws(EngineError) in try container.spec() }
        guard var process = spec.process else {
            throw Failure("exec in \(call.id)", "the container's configuration has no process")
        }
        process.args = Array(call.words)
        try apply(call.options, to: &process)
        let result = process
        try document { () throws(DocumentError) in try result.validate() }
        return result
    }

    private static func read(_ file: String, _ call: Call) throws(Failure) -> OCI.Process {
        guard call.words.isEmpty else {
            throw Failure("", "exec takes a command or --process, not both")
        }
        let text = try system { () throws(SystemError) in
            try readFile(file, limit: longestDocumentBytes)
        }
        var process = try document { () throws(DocumentError) in
            try OCI.Process(document: text, name: file)
        }
        for unknown in process.capabilities?.unknown ?? [] {
            call.recorder.warn(
                "\(file): capabilities.\(unknown.path): unknown capability \"\(unknown.name)\", "
                    + "which is left out")
        }
        process.capabilities?.unknown = []
        return process
    }

    static func apply(
        _ options: ParsedOptions, to process: inout OCI.Process
    ) throws(Failure) {
        process.terminal = options.has(tty)
        if let value = options.value(cwd) { process.cwd = value }
        if let value = options.value(apparmor) { process.apparmorProfile = value }
        if let value = options.value(processLabel) { process.selinuxLabel = value }
        if options.isGiven(noNewPrivs) { process.noNewPrivileges = options.has(noNewPrivs) }
        process.env += options.list(env)
        if let value = options.value(user) { try setUser(value, of: &process.user) }
        for text in options.list(additionalGids) {
            process.user.additionalGids.append(try identity(text, "additional-gids"))
        }
        for name in options.list(cap) { try add(name, to: &process) }
    }

    /// `UID[:GID]`, strictly decimal: a number that is read in another way than it was meant makes
    /// another user of the process.
    private static func setUser(_ text: String, of user: inout User) throws(Failure) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { throw invalid(text, "user") }
        user.uid = try identity(parts[0], "user")
        if parts.count == 2 { user.gid = try identity(parts[1], "user") }
    }

    private static func identity(_ text: String, _ option: String) throws(Failure) -> UInt32 {
        // 4294967295 is "no change" to setresuid(2).
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = UInt32(text), number != .max
        else { throw invalid(text, option) }
        return number
    }

    private static func invalid(_ text: String, _ option: String) -> Failure {
        Failure(
            "", "invalid value \"\(text)\" for flag -\(option)",
            hint: "a number from 0 to 4294967294")
    }

    /// Never inheritable or ambient: an image's file capabilities must not come back through them.
    private static func add(_ name: String, to process: inout OCI.Process) throws(Failure) {
        guard let capability = Capability(name: name) else {
            throw Failure("", "unknown capability \"\(name)\"", hint: "a name such as CAP_NET_RAW")
        }
        var sets = process.capabilities ?? Capabilities()
        sets.bounding.append(capability)
        sets.effective.append(capability)
        sets.permitted.append(capability)
        process.capabilities = sets
    }

    private static let processFile = Option.value(
        "process", "p", word: "FILE", help: "The whole process as JSON")
    private static let cwd = Option.value("cwd", word: "DIR", help: "Its working directory")
    private static let env = Option.list(
        "env", "e", word: "NAME=VALUE", help: "Add to its environment")
    private static let tty = Option.flag("tty", "t", help: "Give it a terminal")
    private static let user = Option.value("user", "u", word: "UID[:GID]", help: "Who it runs as")
    private static let additionalGids = Option.list(
        "additional-gids", "g", word: "GID", help: "Add a group")
    private static let processLabel = Option.value(
        "process-label", word: "LABEL", help: "Its SELinux label")
    private static let apparmor = Option.value(
        "apparmor", word: "PROFILE", help: "Its AppArmor profile")
    private static let noNewPrivs = Option.flag(
        "no-new-privs", help: "Nothing that it executes may grant privileges")
    private static let cap = Option.list(
        "cap", "c", word: "CAPABILITY", help: "Add a capability")
}
