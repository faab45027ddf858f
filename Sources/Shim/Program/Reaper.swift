internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// Waits for every child and for every orphan below the shim, which is their subreaper (prctl(2)).
///
/// A number cannot be given to another process before its first owner was waited for, and only the
/// reaper waits. So a number that somebody here is watching is the process he means.
final class Reaper: Mortal {
    let life = Life()
    private var watched: [Int32: (_ waitStatus: Int32) -> Void] = [:]
    /// Ends of processes that nobody knows yet: a container's init may end before its number was
    /// read from the pid file. Kept only while a program runs that may still name them: one that
    /// began before.
    private var unclaimed: [Int32: (waitStatus: Int32, before: Int)] = [:]
    /// By their order.
    private(set) var programsUnderWay: Set<Int> = []
    private var nextProgram = 0
    private let signals: OwnedDescriptor
    private let loop: EventLoop

    init(loop: EventLoop) throws(SystemError) {
        self.loop = loop
        signals = try blockSignals([SIGCHLD])
        try check("become a subreaper") { apus_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }
        try loop.watch(signals.raw, .readable) { [own = Weak(self)] _ in own.object?.reap() }
    }

    /// Calls `body` once with the wait status of a process: at once where it is known already.
    func watch(_ pid: Int32, _ body: @escaping (_ waitStatus: Int32) -> Void) {
        // A number that is a child's now is that child's, not an earlier one's; or a child's child's,
        // where a command of the runtime is not gone yet.
        if let end = unclaimed.removeValue(forKey: pid), !isChild(pid), !isGrandchild(pid) {
            body(end.waitStatus)
        } else {
            watched[pid] = body
        }
    }

    private func isChild(_ pid: Int32) -> Bool {
        var information = unsafe siginfo_t()
        let flags = WEXITED | WNOHANG | WNOWAIT
        return unsafe waitid(P_PID, id_t(pid), &information, flags) == 0
    }

    private func isGrandchild(_ pid: Int32) -> Bool {
        ProcessStatus(pid: pid).map { watched[$0.parent] != nil } ?? false
    }

    func forget(_ pid: Int32) { watched[pid] = nil }

    /// Until `programEnds` with this number, ends that nobody watches are kept.
    func programBegins() -> Int {
        nextProgram += 1
        programsUnderWay.insert(nextProgram)
        return nextProgram
    }

    func programEnds(_ number: Int) {
        programsUnderWay.remove(number)
        guard !unclaimed.isEmpty else { return }
        let oldest = programsUnderWay.min() ?? .max
        unclaimed = unclaimed.filter { $0.value.before >= oldest }
    }

    /// Collects whoever has ended.
    func reap() {
        drainSignals(signals)
        var status: Int32 = 0
        while true {
            let pid = unsafe wait4(-1, &status, WNOHANG, nil)
            guard pid > 0 else { return }
            if let body = watched.removeValue(forKey: pid) {
                body(status)
            } else if !programsUnderWay.isEmpty {
                unclaimed[pid] = (status, before: nextProgram)
            }
        }
    }
}

/// Blocks signals and answers a signalfd(2) that tells of them.
func blockSignals(_ numbers: [Int32]) throws(SystemError) -> OwnedDescriptor {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    unsafe sigprocmask(SIG_BLOCK, &set, nil)
    let raw = try check("make a signal descriptor") {
        unsafe signalfd(-1, &set, APUS_SIGNALFD_FLAGS)
    }
    return OwnedDescriptor(owning: raw)
}

/// Empties a signalfd and answers the numbers that it held.
@discardableResult
func drainSignals(_ signals: borrowing OwnedDescriptor) -> [Int32] {
    let size = MemoryLayout<signalfd_siginfo>.size
    var numbers: [Int32] = []
    var buffer = [UInt8](repeating: 0, count: size)
    while let count = try? signals.read(into: &buffer), count == size {
        // ssi_signo is the first field, a 32-bit number.
        numbers.append(Int32(buffer[0]) | Int32(buffer[1]) << 8)
    }
    return numbers
}
