package import OCI

/// A compiled system call filter (seccomp(2)).
///
/// It is made before the container's process is, and installed by that process as the last thing
/// before exec: every system call after it is already judged. With no_new_privs that works for any
/// user; without, the kernel wants CAP_SYS_ADMIN, so it is installed before the change of user and
/// capabilities, and the profile has to allow what those still call.
package struct SeccompProgram: Equatable, Sendable {
    /// struct sock_filter each: code, jump if true, jump if false, operand.
    package let instructions: [UInt64]
    package let flags: Flags
    /// A rule asks the agent behind `listenerPath`: `install` answers with the listener.
    package let needsListener: Bool

    /// The kernel's numbers (linux/seccomp.h).
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let log = Flags(rawValue: 2)
        package static let allowSpeculation = Flags(rawValue: 4)
        package static let newListener = Flags(rawValue: 8)
        package static let waitKillable = Flags(rawValue: 32)

        /// TSYNC has no effect: the process that installs the filter has one thread.
        package init(_ flags: [Seccomp.Flag], needsListener: Bool) {
            self = needsListener ? .newListener : []
            for flag in flags {
                switch flag {
                case .threadSync: break
                case .log: insert(.log)
                case .allowSpeculation: insert(.allowSpeculation)
                // Without a listener there is nobody to wait for, and the kernel refuses the flag.
                case .waitKillable: if needsListener { insert(.waitKillable) }
                }
            }
        }
    }

    init(instructions: [UInt64], flags: Flags, needsListener: Bool) {
        self.instructions = instructions
        self.flags = flags
        self.needsListener = needsListener
    }

    /// Compiles a profile, or takes it from the cache below `cacheRoot`, the directory of all
    /// containers' state. A cache that cannot be used costs time and nothing else.
    package init(_ profile: Seccomp, cacheRoot: String?) throws(EngineError) {
        let needsListener = profile.syscalls.contains { $0.action == .notify }
        let flags = Flags(profile.flags, needsListener: needsListener)
        let key = SeccompKey(profile)
        let cache = cacheRoot.map { SeccompCache(root: $0) }
        if let cached = cache?.read(key) {
            self.init(instructions: cached, flags: flags, needsListener: needsListener)
            return
        }
        let compiled = try SeccompCompiler.compile(profile)
        cache?.write(compiled, for: key)
        self.init(instructions: compiled, flags: flags, needsListener: needsListener)
    }
}
