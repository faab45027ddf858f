/// The system call filter (seccomp(2), config-linux.md).
package struct Seccomp: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        case kill = "SCMP_ACT_KILL"
        case killProcess = "SCMP_ACT_KILL_PROCESS"
        case killThread = "SCMP_ACT_KILL_THREAD"
        case trap = "SCMP_ACT_TRAP"
        case errno = "SCMP_ACT_ERRNO"
        case trace = "SCMP_ACT_TRACE"
        case allow = "SCMP_ACT_ALLOW"
        case log = "SCMP_ACT_LOG"
        case notify = "SCMP_ACT_NOTIFY"
    }

    package enum Architecture: String, Sendable, CaseIterable {
        case x86 = "SCMP_ARCH_X86"
        case amd64 = "SCMP_ARCH_X86_64"
        case x32 = "SCMP_ARCH_X32"
        case arm = "SCMP_ARCH_ARM"
        case aarch64 = "SCMP_ARCH_AARCH64"
        case mips = "SCMP_ARCH_MIPS"
        case mips64 = "SCMP_ARCH_MIPS64"
        case mips64n32 = "SCMP_ARCH_MIPS64N32"
        case mipsel = "SCMP_ARCH_MIPSEL"
        case mipsel64 = "SCMP_ARCH_MIPSEL64"
        case mipsel64n32 = "SCMP_ARCH_MIPSEL64N32"
        case parisc = "SCMP_ARCH_PARISC"
        case parisc64 = "SCMP_ARCH_PARISC64"
        case ppc = "SCMP_ARCH_PPC"
        case ppc64 = "SCMP_ARCH_PPC64"
        case ppc64le = "SCMP_ARCH_PPC64LE"
        case riscv64 = "SCMP_ARCH_RISCV64"
        case loongarch64 = "SCMP_ARCH_LOONGARCH64"
        case m68k = "SCMP_ARCH_M68K"
        case s390 = "SCMP_ARCH_S390"
        case s390x = "SCMP_ARCH_S390X"
        case sheb = "SCMP_ARCH_SHEB"
        case sh = "SCMP_ARCH_SH"
    }

    package enum Flag: String, Sendable, CaseIterable {
        case threadSync = "SECCOMP_FILTER_FLAG_TSYNC"
        case log = "SECCOMP_FILTER_FLAG_LOG"
        case allowSpeculation = "SECCOMP_FILTER_FLAG_SPEC_ALLOW"
        case waitKillable = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"
    }

    package struct Rule: Sendable, Equatable {
        package var names: [String]
        package var action: Action
        package var errnoReturn: UInt32?
        /// All must hold.
        package var arguments: [Argument]

        package init(
            names: [String], action: Action, errnoReturn: UInt32? = nil,
            arguments: [Argument] = []
        ) {
            self.names = names
            self.action = action
            self.errnoReturn = errnoReturn
            self.arguments = arguments
        }
    }

    package struct Argument: Sendable, Equatable {
        package enum Operator: String, Sendable, CaseIterable {
            case notEqual = "SCMP_CMP_NE"
            case less = "SCMP_CMP_LT"
            case lessOrEqual = "SCMP_CMP_LE"
            case equal = "SCMP_CMP_EQ"
            case greaterOrEqual = "SCMP_CMP_GE"
            case greater = "SCMP_CMP_GT"
            case maskedEqual = "SCMP_CMP_MASKED_EQ"
        }

        /// 0 to 5.
        package var index: UInt32
        package var value: UInt64
        /// The value for `maskedEqual`, whose mask is `value`.
        package var valueTwo: UInt64
        package var comparison: Operator

        package init(
            index: UInt32, value: UInt64, valueTwo: UInt64 = 0, comparison: Operator
        ) {
            self.index = index
            self.value = value
            self.valueTwo = valueTwo
            self.comparison = comparison
        }
    }

    package var defaultAction: Action
    package var defaultErrnoReturn: UInt32?
    /// Beside the machine's own.
    package var architectures: [Architecture]
    package var flags: [Flag]
    package var listenerPath: String?
    package var listenerMetadata: String?
    package var syscalls: [Rule]

    package init(
        defaultAction: Action, defaultErrnoReturn: UInt32? = nil,
        architectures: [Architecture] = [], flags: [Flag] = [], listenerPath: String? = nil,
        listenerMetadata: String? = nil, syscalls: [Rule] = []
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoReturn = defaultErrnoReturn
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
    }
}
