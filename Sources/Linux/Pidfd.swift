internal import CLinux
internal import Glibc

/// A process that is named by a descriptor, so that its number can never mean another one.
public struct Pidfd: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    public init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// pidfd_open(2). ESRCH where there is no such process.
    public init(pid: Int32) throws(SystemError) {
        let raw = try check("open a pidfd of process \(pid)") { apus_pidfd_open(pid, 0) }
        descriptor = OwnedDescriptor(owning: Int32(raw))
    }

    /// pidfd_send_signal(2). ESRCH once the process has ended and was waited for.
    public func send(signal: Int32) throws(SystemError) {
        let raw = descriptor.raw
        try check("send signal \(signal)") { apus_pidfd_send_signal(raw, signal) }
    }

    /// A copy of a descriptor that the process has open: pidfd_getfd(2). Closed on exec.
    public func take(_ number: Int32) throws(SystemError) -> OwnedDescriptor {
        let raw = descriptor.raw
        let copy = try check("take descriptor \(number) of another process") {
            apus_pidfd_getfd(raw, number)
        }
        return OwnedDescriptor(owning: Int32(copy))
    }

    /// The same, where the number still names this very file; nil where it does not.
    public func take(_ number: Int32, device: UInt64, inode: UInt64) -> OwnedDescriptor? {
        guard let copy = try? take(number), let status = try? FileStatus(of: copy),
            status.device == device, status.inode == inode
        else { return nil }
        return copy
    }

    /// How it ended, as wait(2) has it, though it is not a child: PIDFD_GET_INFO. nil while it has
    /// not been waited for, and on kernels before 6.15.
    public var waitStatus: Int32? {
        var information = apus_pidfd_info()
        information.mask = APUS_PIDFD_INFO_EXIT
        let result = unsafe apus_ioctl(descriptor.raw, APUS_PIDFD_GET_INFO, &information)
        guard result == 0, information.mask & APUS_PIDFD_INFO_EXIT != 0 else { return nil }
        return information.exit_code
    }
}

/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)

    /// From a wait(2) status of a process that has ended.
    public init(waitStatus: Int32) {
        self =
            apus_wifexited(waitStatus) != 0
            ? .exited(apus_wexitstatus(waitStatus)) : .signaled(apus_wtermsig(waitStatus))
    }

    /// The shell's number: the exit code, or 128 + signal.
    public var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
