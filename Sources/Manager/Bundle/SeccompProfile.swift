internal import OCI

/// The system calls that a container may make unless it is asked to be unconfined: docker's default
/// list. What a capability allows is allowed with the capability; all else fails with EPERM.
struct SeccompProfile {
    /// What the container's bounding set holds.
    var capabilities: Set<Capability>
    var architecture: Architecture

    enum Architecture: Sendable {
        case x86, arm

        /// This machine's.
        static var current: Architecture {
            #if arch(x86_64)
            .x86
            #else
            .arm
            #endif
        }
    }

    /// The section of config.json.
    func section() -> Seccomp {
        Seccomp(
            defaultAction: .errno, architectures: architectures,
            syscalls: [Self.allow(Self.always), Self.allow(["ptrace"])] + Self.personality
                + [Self.allow(machineCalls)] + namespaceRules + grantedRules)
    }

    private var architectures: [Seccomp.Architecture] {
        switch architecture {
        case .x86: [.amd64, .x86, .x32]
        case .arm: [.aarch64, .arm]
        }
    }

    private var machineCalls: [String] {
        switch architecture {
        case .x86: ["arch_prctl", "modify_ldt"]
        case .arm:
            [
                "arm_fadvise64_64", "arm_sync_file_range", "sync_file_range2", "breakpoint",
                "cacheflush", "set_tls",
            ]
        }
    }

    /// Without CAP_SYS_ADMIN no clone(2) may make a namespace. The flags of clone3(2) lie in memory
    /// that a filter cannot see; ENOSYS makes libc fall back to clone.
    private var namespaceRules: [Seccomp.Rule] {
        guard !capabilities.contains(.sysAdmin) else { return [] }
        let anyNewNamespace: UInt64 = 0x7e02_0000
        return [
            Seccomp.Rule(
                names: ["clone"], action: .allow,
                arguments: [
                    Seccomp.Argument(index: 0, value: anyNewNamespace, comparison: .maskedEqual)
                ]),
            Seccomp.Rule(names: ["clone3"], action: .errno, errnoReturn: 38),
        ]
    }

    /// Calls that come with a capability, for those that the container has.
    private var grantedRules: [Seccomp.Rule] {
        Self.granted.filter { capabilities.contains($0.capability) }.map { Self.allow($0.calls) }
    }

    private static func allow(_ names: [String]) -> Seccomp.Rule {
        Seccomp.Rule(names: names, action: .allow)
    }

    /// personality(2) for Linux, 32-bit Linux, and asking; with and without UNAME26.
    private static let personality: [Seccomp.Rule] = [0, 8, 0x20000, 0x20008, 0xffff_ffff].map {
        Seccomp.Rule(
            names: ["personality"], action: .allow,
            arguments: [Seccomp.Argument(index: 0, value: $0, comparison: .equal)])
    }

    private static let granted: [(capability: Capability, calls: [String])] = [
        (.dacReadSearch, ["open_by_handle_at"]),
        (
            .sysAdmin,
            [
                "bpf", "clone", "clone3", "fanotify_init", "fsconfig", "fsmount", "fsopen",
                "fspick", "lookup_dcookie", "mount", "mount_setattr", "move_mount", "open_tree",
                "perf_event_open", "quotactl", "quotactl_fd", "setdomainname", "sethostname",
                "setns", "syslog", "umount", "umount2", "unshare",
            ]
        ),
        (.sysBoot, ["reboot"]),
        (.sysChroot, ["chroot"]),
        (.sysModule, ["delete_module", "init_module", "finit_module"]),
        (.sysPacct, ["acct"]),
        (
            .sysPtrace,
            ["kcmp", "pidfd_getfd", "process_madvise", "process_vm_readv", "process_vm_writev"]
        ),
        (.sysRawio, ["iopl", "ioperm"]),
        (.sysTime, ["settimeofday", "stime", "clock_settime", "clock_settime64"]),
        (.sysTtyConfig, ["vhangup"]),
        (.sysNice, ["get_mempolicy", "mbind", "set_mempolicy"]),
        (.syslog, ["syslog"]),
        (.bpf, ["bpf"]),
        (.perfmon, ["perf_event_open"]),
    ]

    /// Calls that every container may make, of all architectures.
    private static let always: [String] = """
        accept accept4 access adjtimex alarm bind brk capget capset chdir chmod chown chown32
        clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
        clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect
        copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
        epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat
        exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark
        fchdir fchmod fchmodat fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr
        flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64
        fsync ftruncate ftruncate64 futex futex_time64 futex_waitv futimesat getcpu getcwd
        getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups
        getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom
        getresgid getresgid32 getresuid getresuid32 getrlimit get_robust_list getrusage getsid
        getsockname getsockopt get_thread_area gettid gettimeofday getuid getuid32 getxattr
        inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel ioctl
        io_destroy io_getevents io_pgetevents io_pgetevents_time64 ioprio_get ioprio_set
        io_setup io_submit io_uring_enter io_uring_register io_uring_setup ipc kill
        landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32
        lgetxattr link linkat listen listxattr llistxattr _llseek lremovexattr lseek lsetxattr
        lstat lstat64 madvise membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod
        mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open
        mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink
        mremap msgctl msgget msgrcv msgsnd msync munlock munlockall munmap nanosleep newfstatat
        _newselect open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 poll ppoll
        ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6
        pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv
        recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr rename renameat
        renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
        rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64
        rt_tgsigqueueinfo sched_getaffinity sched_getattr sched_getparam sched_get_priority_max
        sched_get_priority_min sched_getscheduler sched_rr_get_interval
        sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
        sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop
        semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32
        setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid setpriority
        setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32
        setrlimit set_robust_list setsid setsockopt set_thread_area set_tid_address setuid
        setuid32 setxattr shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4
        sigprocmask sigreturn socket socketcall socketpair splice stat stat64 statfs statfs64
        statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time
        timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime
        timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
        timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink
        unlinkat utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid
        write writev
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
}
