internal import CLinux
internal import Glibc

/// Kinds of namespaces, as clone3(2), unshare(2) and setns(2) name them.
public struct Namespaces: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let time = Namespaces(rawValue: 0x80)
    public static let mount = Namespaces(rawValue: 0x2_0000)
    public static let cgroup = Namespaces(rawValue: 0x200_0000)
    public static let uts = Namespaces(rawValue: 0x400_0000)
    public static let ipc = Namespaces(rawValue: 0x800_0000)
    public static let user = Namespaces(rawValue: 0x1000_0000)
    public static let pid = Namespaces(rawValue: 0x2000_0000)
    public static let network = Namespaces(rawValue: 0x4000_0000)

    /// The number of the one kind, as the kernel's int.
    fileprivate var flags: Int32 { Int32(truncatingIfNeeded: rawValue) }

    /// unshare(2): new ones for this process (for `pid` and `time`: for its children).
    public func unshare() throws(SystemError) {
        let flags = flags
        try check("make namespaces") { apus_unshare(flags) }
    }

    /// setns(2): joins the one that a descriptor names; EINVAL where that is of another kind.
    /// With a pidfd and several kinds, joins those of that process.
    public func join(_ descriptor: borrowing OwnedDescriptor) throws(SystemError) {
        let (raw, flags) = (descriptor.raw, flags)
        try check("join a namespace") { apus_setns(raw, flags) }
    }
}

/// What clone3(2) makes beside namespaces.
public struct CloneOptions: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The new process gets the caller's parent: a brother instead of a child.
    public static let sibling = CloneOptions(rawValue: 0x8000)
    /// Both use one table of descriptors.
    public static let sharedDescriptors = CloneOptions(rawValue: 0x400)
}

/// The two sides of a clone3(2).
public enum Cloned: ~Copyable {
    case child
    /// The number in the caller's pid namespace.
    case parent(pid: Int32, pidfd: Pidfd)
}

/// clone3(2) without a new stack: like fork(2), with a pidfd. The caller must have one thread.
public func cloneProcess(
    _ namespaces: Namespaces, _ options: CloneOptions = [], cgroup: Int32? = nil
) throws(SystemError) -> Cloned {
    var pidfd: Int32 = -1
    let pid = try check("make a process") {
        unsafe withUnsafeMutablePointer(to: &pidfd) { pidfd in
            var arguments = clone_args()
            arguments.flags = namespaces.rawValue | options.rawValue | pidfdFlag
            arguments.pidfd = UInt64(UInt(bitPattern: pidfd))
            // A brother ends with the signal of the one whose brother it is.
            arguments.exit_signal = options.contains(.sibling) ? 0 : UInt64(SIGCHLD)
            if let cgroup {
                arguments.flags |= intoCgroupFlag
                arguments.cgroup = UInt64(cgroup)
            }
            return unsafe apus_clone3(&arguments)
        }
    }
    if pid == 0 { return .child }
    return .parent(pid: Int32(pid), pidfd: Pidfd(OwnedDescriptor(owning: pidfd)))
}

private let pidfdFlag: UInt64 = 0x1000
private let intoCgroupFlag: UInt64 = 0x2_0000_0000

extension Pidfd {
    /// Waits until the process has ended and reaps it (waitid(2)); only its parent can.
    public func wait() throws(SystemError) -> ExitStatus {
        let raw = descriptor.raw
        var info = unsafe siginfo_t()
        try check("wait for a process") {
            unsafe apus_waitid_pidfd(raw, &info, WEXITED | allKinds)
        }
        let status = unsafe apus_siginfo_status(&info)
        return unsafe info.si_code == 1 ? .exited(status) : .signaled(status)
    }

    /// A copy of a descriptor that the process has open (pidfd_getfd(2)).
    public func take(descriptor number: Int32) throws(SystemError) -> OwnedDescriptor {
        let raw = descriptor.raw
        let copy = try check("take descriptor \(number) of a process") {
            apus_pidfd_getfd(raw, number)
        }
        return OwnedDescriptor(owning: Int32(copy))
    }

    /// poll(2) until it has ended; false when `milliseconds` have passed. Anybody can.
    public func waitForEnd(milliseconds: Int32) throws(SystemError) -> Bool {
        var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        return try check("wait for a process") { unsafe poll(&entry, 1, milliseconds) } > 0
    }
}

/// __WALL: also children that end with another signal than SIGCHLD.
private let allKinds: Int32 = 0x4000_0000

extension Namespaces {
    /// The kind of an open /proc/PID/ns file (NS_GET_NSTYPE, ioctl_ns(2)); nil for any other file.
    public init?(of descriptor: borrowing OwnedDescriptor) throws(SystemError) {
        let raw = descriptor.raw
        let kind = apus_ioctl(raw, 0xb703, nil)
        if kind < 0 {
            let code = apus_errno()
            guard code == ENOTTY || code == EBADF else {
                throw SystemError("ask the kind of a namespace", code)
            }
            return nil
        }
        self.init(rawValue: UInt64(UInt32(bitPattern: kind)))
    }
}
