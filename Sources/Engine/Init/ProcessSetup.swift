internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// What a process goes through, inside of the container's namespaces, from the runtime's rights to
/// its own. Init and every exec'd process take the same steps in the same order.
struct ProcessSetup {
    var process: OCI.Process
    var personality: Personality?
    var memoryPolicy: MemoryPolicy?
    var filter: SeccompProgram?
    var capabilities: CapabilityPlan
    /// Descriptors from 3 on that the program inherits.
    var preserved: Int32
    /// How many of them a socket-activating caller has passed (sd_listen_fds(3)).
    var listening: Int32
    /// It has the groups of the runtime's caller beside its own (RuntimeAnnotation.keepGroups).
    var keepsGroups = false

    // MARK: While it is still privileged

    /// Labels, scheduling, limits: what the later user may not do. Answers what could be granted
    /// in part only.
    func limit() throws(EngineError) -> [String] {
        try SecurityLabels.apply(process)
        if process.noNewPrivileges {
            try attempt("set no_new_privs") { () throws(SystemError) in
                try ProcessControl.forbidNewPrivileges()
            }
        }
        try Scheduling.apply(process, memoryPolicy: memoryPolicy)
        if let personality { try Scheduling.apply(personality) }
        try Rlimits.apply(process.rlimits)
        return capabilities.warnings
    }

    // MARK: The change of identity

    /// Groups, user, directory and capabilities. Without no_new_privs the system call filter has
    /// to come first, while there still is CAP_SYS_ADMIN.
    func becomeUser(_ channel: borrowing HandshakeChannel) throws(EngineError) {
        if !process.noNewPrivileges { try installFilter(channel) }
        try giveStreams()
        try capabilities.dropBounding()
        let directory = try? openDirectory()
        try capabilities.keepThroughSetuid()
        try attempt("become user \(process.user.uid):\(process.user.gid)") {
            () throws(SystemError) in try changeUser()
        }
        if let directory {
            try enter(directory)
        } else {
            // Root may not look into a directory of another user on a network filesystem; that
            // user may.
            try enter(try openDirectory())
        }
        try capabilities.apply()
    }

    /// A listener is for the agent outside, to whom the runtime brings it.
    private func installFilter(_ channel: borrowing HandshakeChannel) throws(EngineError) {
        guard let filter, let listener = try filter.install() else { return }
        try attempt("hand over the seccomp listener") { () throws(SystemError) in
            try channel.sendUnfiltered(.seccompListener(listener.raw))
            guard try channel.receive() == .proceed else {
                throw SystemError("wait for the runtime", EPIPE)
            }
        }
    }

    private func changeUser() throws(SystemError) {
        let user = process.user
        do throws(SystemError) {
            if keepsGroups { return try changeIdentity() }
            try Identity.setSupplementaryGroups(user.additionalGids)
        } catch {
            // A user namespace of an unprivileged caller has given setgroups(2) up.
            guard error.code == EPERM, user.additionalGids.isEmpty else { throw error }
        }
        try changeIdentity()
    }

    private func changeIdentity() throws(SystemError) {
        try Identity.setGroup(process.user.gid)
        try Identity.setUser(process.user.uid)
        umask(process.user.umask ?? 0o022)
    }

    /// Found inside of the root and through no magic link: `/proc/self/fd/N` of this process names
    /// things that are not the container's.
    private func openDirectory() throws(EngineError) -> OwnedDescriptor {
        let path = process.cwd.isEmpty ? "/" : process.cwd
        do throws(SystemError) {
            let root = try openFile("/", OpenMode.pathDirectory.flags)
            return try openFile(in: root, path, .pathDirectory)
        } catch {
            let hint =
                error.code == ELOOP ? "it leads through a link that may not be followed" : ""
            throw EngineError(error, during: "change to the directory \(path)", hint: hint)
        }
    }

    private func enter(_ directory: borrowing OwnedDescriptor) throws(EngineError) {
        let stage = "change to the directory \(process.cwd)"
        do throws(SystemError) {
            try directory.makeWorkingDirectory()
            let path = try ProcessControl.workingDirectory()
            guard path.hasPrefix("/") else {
                throw SystemError("\(path) is outside of the container", ENOENT)
            }
        } catch {
            throw EngineError(error, during: stage)
        }
    }

    /// Pipes and terminals on the standard streams go to the user, who could not open
    /// /dev/stderr otherwise. Never a file, and never by path: what stands there may be anything.
    private func giveStreams() throws(EngineError) {
        for stream in 0..<3 as Range<Int32> {
            guard let status = try? FileStatus(raw: stream) else { continue }
            if status.isCharacter(1, 3) {
                reopenNull(as: stream)
                continue
            }
            let isOurs =
                status.kind == .fifo || status.kind == .socket
                || (status.kind == .character && isatty(stream) == 1)
            guard isOurs, status.uid != process.user.uid else { continue }
            // A terminal keeps its group, by which others may write to it.
            fchown(stream, process.user.uid, gid_t.max)
        }
    }

    /// A caller's /dev/null may be open for one direction only, as containerd's is; the container's
    /// own is not. Whatever else the image has under the name is left alone: looked at before, so that
    /// no other device is opened, and after, because the container's processes may exchange it.
    private func reopenNull(as stream: Int32) {
        guard let root = try? openFile("/", OpenMode.pathDirectory.flags) else { return }
        let resolve: Resolve = [.inRoot, .noSymlinks, .noMagicLinks]
        func isNull(_ file: borrowing OwnedDescriptor) -> Bool {
            (try? FileStatus(of: file))?.isCharacter(1, 3) == true
        }
        guard let place = try? openFile(in: root, "dev/null", .path, resolve: resolve),
            isNull(place),
            let null = try? openFile(in: root, "dev/null", .readWrite, resolve: resolve),
            isNull(null)
        else { return }
        _ = dup2(null.raw, stream)
    }

    // MARK: The end

    /// With no_new_privs the filter comes as late as it can: the fewer calls of the runtime it
    /// judges, the less a profile must allow that the program does not need. One with a listener
    /// comes while the runtime still waits.
    func installLateFilter(
        _ channel: borrowing HandshakeChannel, listening: Bool
    ) throws(EngineError) {
        guard process.noNewPrivileges, let filter, filter.needsListener == listening else { return }
        try installFilter(channel)
    }

    /// execve(2). Comes back only with an error.
    func execute(
        _ path: String, _ words: borrowing ProgramWords, _ channel: borrowing HandshakeChannel
    ) throws(EngineError) {
        ProcessControl.resetSignals()
        try keepDescriptors()
        try installLateFilter(channel, listening: false)
        let error = ProcessControl.execute(path, words)
        throw ProgramLookup.explain(error, path)
    }

    /// HOME, and the descriptors of socket activation.
    func environment() -> [String] {
        var environment = process.env
        if !environment.contains(where: { $0.hasPrefix("HOME=") }) {
            environment.append("HOME=\(HomeDirectory.of(uid: process.user.uid))")
        }
        if listening > 0 {
            environment.removeAll { $0.hasPrefix("LISTEN_FDS=") || $0.hasPrefix("LISTEN_PID=") }
            environment += ["LISTEN_FDS=\(listening)", "LISTEN_PID=\(getpid())"]
        }
        return environment
    }

    /// Everything but the standard streams and what was asked for ends with exec(2).
    func keepDescriptors() throws(EngineError) {
        try attempt("close the runtime's descriptors") { () throws(SystemError) in
            try ProcessControl.closeDescriptorsOnExec(from: 3 + preserved)
            for number in 3..<(3 + preserved) {
                // One that is not open is none of ours either: all of ours are close-on-exec.
                ProcessControl.keepOnExec(number)
            }
        }
    }
}

/// Makes kernel calls as one stage of the work.
func attempt<Result: ~Copyable>(
    _ stage: @autoclosure () -> String, hint: @autoclosure () -> String = "",
    _ body: () throws(SystemError) -> Result
) throws(EngineError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw EngineError(error, during: stage(), hint: hint())
    }
}

/// The home directory that the image's /etc/passwd gives a user.
enum HomeDirectory {
    static func of(uid: UInt32) -> String {
        guard let root = try? openFile("/", OpenMode.pathDirectory.flags),
            let file = try? openFile(
                in: root, "etc/passwd", OpenMode(O_RDONLY | O_NONBLOCK | O_NOCTTY)),
            (try? FileStatus(of: file))?.kind == .file,
            let text = try? readAll(file, limit: 1 << 20, of: "/etc/passwd")
        else { return "/" }
        return find(uid, in: text) ?? "/"
    }

    /// `name:password:uid:gid:comment:home:shell`
    static func find(_ uid: UInt32, in text: [UInt8]) -> String? {
        let wanted = Array("\(uid)".utf8)
        for line in text.split(separator: 10) {
            let fields = line.split(separator: 58, omittingEmptySubsequences: false)
            guard fields.count >= 6, fields[2].elementsEqual(wanted), !fields[5].isEmpty else {
                continue
            }
            return String(decoding: fields[5], as: UTF8.self)
        }
        return nil
    }
}
