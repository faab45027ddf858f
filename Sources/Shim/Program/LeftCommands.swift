internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// Commands of the runtime that a dead shim has left under way. They still change the container, so
/// whoever comes after that shim lets them end first; one that does not, is ended.
struct LeftCommands {
    private static let patienceNS: UInt64 = 10_000_000_000
    private static let nap = Duration.milliseconds(5)

    let bundle: String

    /// Calls `body` when there is none left; at once where there was none.
    func whenGone(_ loop: EventLoop, _ body: @escaping () -> Void) {
        wait(loop, until: Clock.monotonic + Self.patienceNS, body)
    }

    private func wait(_ loop: EventLoop, until end: UInt64, _ body: @escaping () -> Void) {
        let left = find()
        guard !left.isEmpty else { return body() }
        if Clock.monotonic > end {
            for pid in left { kill(pid, SIGKILL) }
        }
        loop.after(Self.nap) { wait(loop, until: end, body) }
    }

    /// By what every command is started with: the bundle as its working directory, and a log in
    /// there. A container's process that the runtime has made has neither for long.
    private func find() -> [Int32] {
        guard let names = try? openFile("/proc", O_RDONLY | O_DIRECTORY).names() else { return [] }
        let directory = resolved
        return names.compactMap { Int32($0) }.filter { pid in
            pid != getpid() && readLink("/proc/\(pid)/cwd") == directory && hasOurLog(pid)
                && ProcessStatus(pid: pid)?.hasEnded == false
        }
    }

    /// The bundle as the kernel names it.
    private var resolved: String {
        guard let directory = try? openFile(bundle, APUS_O_PATH | O_DIRECTORY) else {
            return bundle
        }
        return readLink("/proc/self/fd/\(directory.raw)") ?? bundle
    }

    private func hasOurLog(_ pid: Int32) -> Bool {
        guard let bytes = try? readFile("/proc/\(pid)/cmdline", limit: 64 << 10) else {
            return false
        }
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words.contains { $0.hasPrefix(bundle + "/log.") }
    }
}
