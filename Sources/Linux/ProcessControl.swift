internal import CLinux
internal import Glibc

/// What a process may ask of the kernel about itself; each call is named after what it is for.
public enum ProcessControl {
    /// PR_SET_DUMPABLE: while off, nobody may trace the process or open what /proc shows of it.
    public static func setDumpable(_ on: Bool) throws(SystemError) {
        try check("change dumpable") { apus_prctl(PR_SET_DUMPABLE, on ? 1 : 0, 0, 0, 0) }
    }

    /// PR_SET_PDEATHSIG: the signal that comes when the parent ends; 0 for none.
    public static func setParentDeathSignal(_ signal: Int32) throws(SystemError) {
        try check("set the parent death signal") {
            apus_prctl(PR_SET_PDEATHSIG, UInt(signal), 0, 0, 0)
        }
    }

    /// PR_SET_NO_NEW_PRIVS: exec(2) can never grant more.
    public static func forbidNewPrivileges() throws(SystemError) {
        try check("set no_new_privs") { apus_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }
    }

    /// PR_SET_KEEPCAPS: permitted capabilities survive the change to another user.
    public static func keepCapabilities(_ on: Bool) throws(SystemError) {
        try check("change keepcaps") { apus_prctl(PR_SET_KEEPCAPS, on ? 1 : 0, 0, 0, 0) }
    }

    /// PR_SET_CHILD_SUBREAPER: orphans below become children.
    public static func becomeSubreaper() throws(SystemError) {
        try check("become a subreaper") { apus_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }
    }

    /// setsid(2).
    public static func beginSession() throws(SystemError) {
        try check("begin a session") { setsid() }
    }

    /// KEYCTL_JOIN_SESSION_KEYRING: a new one of the name; answers its serial number.
    public static func joinNewKeyring(_ name: String) throws(SystemError) -> Int32 {
        Int32(
            try check("join session keyring \(name)") {
                unsafe name.withCString {
                    apus_keyctl(1, UInt(bitPattern: $0), 0, 0, 0)
                }
            })
    }

    /// KEYCTL_DESCRIBE and KEYCTL_SETPERM: lets the processes of the container search it.
    public static func setKeyringPermissions(
        _ serial: Int32, _ mask: UInt32
    ) throws(SystemError) {
        try check("set the permissions of the session keyring") {
            apus_keyctl(5, UInt(bitPattern: Int(serial)), UInt(mask), 0, 0)
        }
    }

    /// sethostname(2).
    public static func setHostname(_ name: String) throws(SystemError) {
        try check("set the hostname \(name)") {
            unsafe apus_sethostname(name, name.utf8.count)
        }
    }

    /// setdomainname(2).
    public static func setDomainname(_ name: String) throws(SystemError) {
        try check("set the domainname \(name)") {
            unsafe apus_setdomainname(name, name.utf8.count)
        }
    }

    /// personality(2).
    public static func setPersonality(_ value: UInt) throws(SystemError) {
        try check("set the personality") { apus_personality(value) }
    }

    /// ioprio_set(2) of the process.
    public static func setIOPriority(class: Int32, priority: Int32) throws(SystemError) {
        try check("set the io priority") {
            apus_ioprio_set(1, 0, `class` << 13 | priority)
        }
    }

    /// sched_setattr(2); times are nanoseconds.
    public static func setScheduler(
        policy: UInt32, flags: UInt64, nice: Int32, priority: UInt32, runtime: UInt64,
        deadline: UInt64, period: UInt64
    ) throws(SystemError) {
        var attributes = apus_sched_attr()
        attributes.size = UInt32(MemoryLayout<apus_sched_attr>.size)
        attributes.policy = policy
        attributes.flags = flags
        attributes.nice = nice
        attributes.priority = priority
        attributes.runtime = runtime
        attributes.deadline = deadline
        attributes.period = period
        try check("set the scheduler") { unsafe apus_sched_setattr(0, &attributes) }
    }

    /// sched_setaffinity(2) to the processors of the list.
    public static func setAffinity(_ processors: [Int]) throws(SystemError) {
        var mask = bits(processors)
        try check("set the processor affinity") {
            unsafe apus_sched_setaffinity(0, mask.count * MemoryLayout<UInt>.size, &mask)
        }
    }

    /// Every processor that the process's cpuset has; more bits than any kernel has processors.
    public static func allowAllProcessors() throws(SystemError) {
        var mask = [UInt](repeating: .max, count: 8192 / UInt.bitWidth)
        try check("set the processor affinity") {
            unsafe apus_sched_setaffinity(0, mask.count * MemoryLayout<UInt>.size, &mask)
        }
    }

    /// set_mempolicy(2); `mode` with its flags.
    public static func setMemoryPolicy(mode: Int32, nodes: [Int]) throws(SystemError) {
        var mask = bits(nodes)
        try check("set the memory policy") {
            unsafe apus_set_mempolicy(mode, &mask, UInt(mask.count * UInt.bitWidth))
        }
    }

    private static func bits(_ numbers: [Int]) -> [UInt] {
        let words = (numbers.max() ?? 0) / UInt.bitWidth + 1
        var mask = [UInt](repeating: 0, count: words)
        for number in numbers where number >= 0 {
            mask[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth)
        }
        return mask
    }

    /// Where the process stands, by the kernel; "(unreachable)" first where that is outside of its
    /// root (getcwd(2)).
    public static func workingDirectory() throws(SystemError) -> String {
        var buffer = [CChar](repeating: 0, count: 4097)
        try check("ask the working directory") {
            unsafe apus_getcwd(&buffer, 4097)
        }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// chdir(2).
    public static func changeDirectory(_ path: String) throws(SystemError) {
        try check("change directory to \(path)") { unsafe chdir(path) }
    }

    /// close_range(2), to the end of the table.
    public static func closeDescriptors(from first: Int32) throws(SystemError) {
        try check("close descriptors from \(first) on") {
            apus_close_range(UInt32(first), UInt32.max, 0)
        }
    }

    /// close_range(2) with CLOSE_RANGE_CLOEXEC: they go at the next exec(2).
    public static func closeDescriptorsOnExec(from first: Int32) throws(SystemError) {
        try check("mark descriptors from \(first) on") {
            apus_close_range(UInt32(first), UInt32.max, 4)
        }
    }

    /// Lets exec(2) inherit a number that somebody outside has chosen; nothing where it is not open.
    public static func keepOnExec(_ number: Int32) {
        _ = apus_fcntl(number, F_SETFD, 0)
    }

    /// Whether such a number is open for writing; an error where it is not open at all.
    public static func mayWrite(to number: Int32) throws(SystemError) -> Bool {
        let flags = try check("look at descriptor \(number)") { apus_fcntl(number, F_GETFL, 0) }
        return flags & O_ACCMODE != O_RDONLY
    }

    /// Every signal gets its default action, and none is blocked (signal(7), sigprocmask(2)).
    public static func resetSignals() {
        // Raw: glibc keeps 32 and 33 to itself, but a caller may have left them ignored.
        for signal in 1..<65 as Range<Int32> where signal != SIGKILL && signal != SIGSTOP {
            _ = apus_default_signal(signal)
        }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigprocmask(SIG_SETMASK, &none, nil)
    }

    /// Why the effective user may not execute a file or search a directory; nil where they may.
    public static func cannotExecute(_ path: String) -> Int32? {
        unsafe faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ? nil : apus_errno()
    }

    /// execve(2). Comes back only with an error.
    public static func execute(
        _ path: String, arguments: [String], environment: [String]
    ) -> SystemError {
        execute(path, ProgramWords(arguments, environment: environment))
    }

    /// execve(2). Comes back only with an error.
    public static func execute(_ path: String, _ words: borrowing ProgramWords) -> SystemError {
        unsafe execve(path, words.arguments, words.environment)
        return SystemError("exec \(path)", apus_errno())
    }

    /// execveat(2) of the file that a descriptor names. Comes back only with an error.
    public static func execute(
        _ file: borrowing OwnedDescriptor, arguments: [String], environment: [String]
    ) -> SystemError {
        let raw = file.raw
        let words = ProgramWords(arguments, environment: environment)
        _ = unsafe apus_execveat(raw, "", words.arguments, words.environment, 0x1000)
        return SystemError("exec descriptor \(raw)", apus_errno())
    }
}

/// Who the process is.
public enum Identity {
    public static var effectiveUser: UInt32 { geteuid() }

    /// setresuid(2), all three.
    public static func setUser(_ uid: UInt32) throws(SystemError) {
        try check("become user \(uid)") { apus_setresuid(uid, uid, uid) }
    }

    /// setresgid(2), all three.
    public static func setGroup(_ gid: UInt32) throws(SystemError) {
        try check("become group \(gid)") { apus_setresgid(gid, gid, gid) }
    }

    /// setgroups(2).
    public static func setSupplementaryGroups(_ groups: [UInt32]) throws(SystemError) {
        try check("set the supplementary groups") {
            unsafe apus_setgroups(groups.count, groups)
        }
    }
}
