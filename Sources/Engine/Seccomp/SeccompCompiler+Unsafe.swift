internal import CLinux
internal import CSeccomp
internal import Glibc
internal import Linux
internal import OCI

/// Profiles to BPF, by libseccomp.
enum SeccompCompiler {
    /// Of libseccomp: it decides which names are known, and what the filter looks like.
    static var version: String {
        guard let version = unsafe seccomp_version()?.pointee else { return "" }
        return "\(version.major).\(version.minor).\(version.micro)"
    }

    static func compile(_ profile: Seccomp) throws(EngineError) -> [UInt64] {
        let fallback = action(profile.defaultAction, profile.defaultErrnoReturn)
        guard let context = unsafe seccomp_init(fallback) else {
            throw EngineError(
                "compile the seccomp profile",
                "libseccomp does not take the default action \(profile.defaultAction.rawValue)")
        }
        defer { unsafe seccomp_release(context) }
        // The runtime sets no_new_privs where config.json asks for it, and nowhere else.
        unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0)
        // A tree by numbers instead of one comparison after the other.
        unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2)
        let architectures = try tokens(profile.architectures)
        for (token, name) in architectures {
            let code = unsafe seccomp_arch_add(context, token)
            guard code == 0 || code == -EEXIST else {
                throw EngineError(
                    SystemError("add architecture \(name)", -code),
                    during: "compile the seccomp profile")
            }
        }
        for rule in profile.syscalls {
            let action = action(rule.action, rule.errnoReturn)
            // What the default does anyway is no rule; libseccomp refuses it as such.
            guard action != fallback else { continue }
            for name in rule.names { try unsafe add(rule, action, name, to: context) }
        }
        return try unsafe stub(profile, architectures.map { $0.token }).instructions
            + export(context)
    }

    /// The first name in a profile that libseccomp does not know.
    static func unknownName(in profile: Seccomp) -> String? {
        profile.syscalls.lazy.flatMap { $0.names }.first {
            unsafe seccomp_syscall_resolve_name($0) == unknownSystemCall
        }
    }

    private static func tokens(
        _ architectures: [Seccomp.Architecture]
    ) throws(EngineError) -> [(token: UInt32, name: String)] {
        var tokens: [(token: UInt32, name: String)] = []
        for architecture in architectures {
            let name = architecture.rawValue
            let short = name.dropFirst("SCMP_ARCH_".count).lowercased()
            let token = unsafe seccomp_arch_resolve_name(short)
            guard token != 0 else {
                throw EngineError(
                    "compile the seccomp profile", "this libseccomp does not know \(name)",
                    hint: "remove it from linux.seccomp.architectures")
            }
            tokens.append((token, name))
        }
        return tokens
    }

    private static func add(
        _ rule: Seccomp.Rule, _ action: UInt32, _ name: String, to context: scmp_filter_ctx
    ) throws(EngineError) {
        let number = unsafe seccomp_syscall_resolve_name(name)
        // Profiles name the system calls of all kernels and machines: an unknown one is none of ours.
        guard number != unknownSystemCall else { return }
        for arguments in alternatives(rule.arguments) {
            let code = unsafe seccomp_rule_add_array(
                context, action, number, UInt32(arguments.count), arguments)
            guard code == 0 || code == -EEXIST else {
                throw EngineError(
                    SystemError("add \(rule.action.rawValue) for \(name)", -code),
                    during: "compile the seccomp profile",
                    hint: code == -EOPNOTSUPP ? "this kernel does not know the action" : "")
            }
        }
    }

    /// All conditions of a rule must hold. But two about the same argument are two rules, as in
    /// every other runtime: profiles that were written for Docker mean "one or the other".
    private static func alternatives(_ arguments: [Seccomp.Argument]) -> [[scmp_arg_cmp]] {
        let conditions = arguments.map { argument in
            scmp_arg_cmp(
                arg: argument.index, op: comparison(argument.comparison),
                datum_a: argument.value, datum_b: argument.valueTwo)
        }
        let isRepeated = Set(arguments.map { $0.index }).count < arguments.count
        return isRepeated ? conditions.map { [$0] } : [conditions]
    }

    private static func comparison(_ comparison: Seccomp.Argument.Operator) -> scmp_compare {
        switch comparison {
        case .notEqual: SCMP_CMP_NE
        case .less: SCMP_CMP_LT
        case .lessOrEqual: SCMP_CMP_LE
        case .equal: SCMP_CMP_EQ
        case .greaterOrEqual: SCMP_CMP_GE
        case .greater: SCMP_CMP_GT
        case .maskedEqual: SCMP_CMP_MASKED_EQ
        }
    }

    /// As libseccomp and the kernel write them (SECCOMP_RET_*); the specification's errno is EPERM
    /// where a profile gives none.
    private static func action(_ action: Seccomp.Action, _ errnoReturn: UInt32?) -> UInt32 {
        let data = (errnoReturn ?? UInt32(EPERM)) & 0xffff
        return switch action {
        case .kill, .killThread: 0x0000_0000
        case .killProcess: 0x8000_0000
        case .trap: 0x0003_0000
        case .errno: 0x0005_0000 | data
        case .notify: 0x7fc0_0000
        case .trace: 0x7ff0_0000 | data
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        }
    }

    private static let unknownSystemCall: Int32 = -1
    /// MFD_CLOEXEC
    private static let closeOnExec: UInt32 = 1

    /// Only in front of a filter whose default forbids. A tracer decides on new calls itself.
    private static func stub(_ profile: Seccomp, _ tokens: [UInt32]) -> SeccompStub {
        switch profile.defaultAction {
        case .allow, .log, .trace: return SeccompStub([])
        case .errno where profile.defaultErrnoReturn == UInt32(ENOSYS): return SeccompStub([])
        case .errno, .kill, .killProcess, .killThread, .notify, .trap: break
        }
        let native = seccomp_arch_native()
        let all = tokens.contains(native) ? tokens : tokens + [native]
        let x32 = unsafe seccomp_arch_resolve_name("x32")
        var architectures: [SeccompStub.Architecture] = []
        for token in all where token != x32 {
            architectures.append(
                SeccompStub.Architecture(token: token, last: last(profile, token)))
        }
        if all.contains(x32), let last = last(profile, x32) {
            if let amd64 = architectures.firstIndex(where: { $0.token == SeccompStub.amd64 }) {
                architectures[amd64].lastX32 = last
            } else {
                architectures.append(
                    SeccompStub.Architecture(
                        token: SeccompStub.amd64, last: nil, lastX32: last))
            }
        }
        return SeccompStub(architectures)
    }

    /// The highest number that the profile names for an architecture.
    private static func last(_ profile: Seccomp, _ token: UInt32) -> UInt32? {
        var last: UInt32?
        for name in profile.syscalls.lazy.flatMap({ $0.names }) {
            let number = unsafe seccomp_syscall_resolve_name_arch(token, name)
            // Negative numbers stand for calls that the architecture does not have.
            guard number >= 0 else { continue }
            last = max(last ?? 0, UInt32(number))
        }
        return last
    }

    /// libseccomp 2.5 writes to a descriptor only.
    private static func export(_ context: scmp_filter_ctx) throws(EngineError) -> [UInt64] {
        do throws(SystemError) {
            let raw = try check("make a memory file") {
                unsafe apus_memfd_create("seccomp", closeOnExec)
            }
            let file = OwnedDescriptor(owning: Int32(raw))
            let code = unsafe seccomp_export_bpf(context, file.raw)
            guard code == 0 else { throw SystemError("export the filter", -code) }
            try check("rewind the filter") { lseek(Int32(raw), 0, SEEK_SET) }
            return words(try readAll(file, limit: 1 << 20, of: "the filter"))
        } catch {
            throw EngineError(error, during: "compile the seccomp profile")
        }
    }

    static func words(_ bytes: [UInt8]) -> [UInt64] {
        unsafe bytes.withUnsafeBytes { raw in
            (0..<raw.count / 8).map { index in
                unsafe raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
            }
        }
    }
}
