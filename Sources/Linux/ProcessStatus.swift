internal import CLinux
internal import Glibc

/// What /proc/PID/stat says of a process (proc(5)), as far as the toolkit asks.
public struct ProcessStatus: Equatable, Sendable {
    /// The kernel's letter: R, S, D, Z ...
    public let state: UInt8
    /// In clock ticks since boot: with the number it names one process for as long as the machine
    /// runs.
    public let startTime: UInt64
    public let parent: Int32
    /// As wait(2) has it, once it has ended. 0 for those who may not know.
    public let waitStatus: Int32

    /// It has ended and waits to be reaped.
    public var hasEnded: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

    /// nil where there is no such process.
    public init?(pid: Int32) {
        guard let text = try? readFile("/proc/\(pid)/stat", limit: 4096),
            // The name before it may hold anything, also a parenthesis.
            let close = text.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        var field = 2
        var state: UInt8 = 0
        var time: UInt64 = 0
        var parent: Int32 = 0
        var waitStatus: Int32 = 0
        for byte in text[(close + 1)...] {
            if byte == UInt8(ascii: " ") {
                field += 1
            } else if field == 3 {
                state = byte
            } else if field == 22 {
                time = time &* 10 &+ UInt64(byte &- 48)
            } else if field == 4 {
                parent = parent &* 10 &+ Int32(byte &- 48)
            } else if field == 52, byte >= UInt8(ascii: "0") {
                waitStatus = waitStatus &* 10 &+ Int32(byte &- 48)
            }
        }
        guard field >= 22 else { return nil }
        self.state = state
        startTime = time
        self.parent = parent
        self.waitStatus = waitStatus
    }
}

extension Pidfd {
    /// A pidfd of the process that has the number and has begun at that time; nil where that one
    /// has ended, though another may have its number by now.
    public static func find(
        pid: Int32, startTime: UInt64
    ) throws(SystemError) -> Pidfd? {
        let raw = apus_pidfd_open(pid, 0)
        guard raw >= 0 else {
            let code = apus_errno()
            // EINVAL: the number is a thread's by now.
            if code == ESRCH || code == EINVAL { return nil }
            throw SystemError("open a pidfd of process \(pid)", code)
        }
        let pidfd = Pidfd(OwnedDescriptor(owning: Int32(raw)))
        // The descriptor is held, so the number cannot change its owner any more.
        guard let status = ProcessStatus(pid: pid), status.startTime == startTime,
            !status.hasEnded
        else { return nil }
        return pidfd
    }
}

/// A lock on an open file or directory (flock(2)), held until its descriptor is closed.
public enum FileLock {
    /// Takes it where nobody else has it.
    public static func tryLock(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
        let raw = file.raw
        if flock(raw, LOCK_EX | LOCK_NB) == 0 { return true }
        let code = apus_errno()
        if code == EWOULDBLOCK || code == EINTR { return false }
        throw SystemError("lock descriptor \(raw)", code)
    }
}
