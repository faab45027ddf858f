internal import CLinux
internal import Glibc

/// Signals that come as reads of a descriptor instead of interrupting (signalfd(2)).
public struct SignalDescriptor: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    /// Blocks every signal that can be blocked, for the process's one thread, and reads them here.
    public init() throws(SystemError) {
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe sigprocmask(SIG_BLOCK, &all, nil)
        let flags = Int32(SFD_CLOEXEC | SFD_NONBLOCK)
        descriptor = OwnedDescriptor(
            owning: try check("make a signal descriptor") { unsafe signalfd(-1, &all, flags) })
    }

    /// The next signal; nil where none is waiting.
    public func next() -> Int32? {
        var record = [UInt8](repeating: 0, count: MemoryLayout<signalfd_siginfo>.size)
        guard let count = try? descriptor.read(into: &record), count == record.count else {
            return nil
        }
        return unsafe record.withUnsafeBytes { bytes in
            unsafe Int32(bytes.loadUnaligned(as: signalfd_siginfo.self).ssi_signo)
        }
    }
}

/// Children of this process.
public enum Children {
    /// Reaps one that has ended; nil while none has, or where there is none.
    public static func reap() -> (pid: Int32, status: ExitStatus)? {
        var status: Int32 = 0
        let pid = unsafe wait4(-1, &status, WNOHANG, nil)
        return pid > 0 ? (pid, ExitStatus(waitStatus: status)) : nil
    }
}
