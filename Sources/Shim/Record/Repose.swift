internal import CLinux
internal import Glibc
internal import RPC

/// Gives memory back when the shim has nothing to do: most shims sleep for days.
///
/// Freed memory goes back to the kernel, and the program's own pages are unmapped; the kernel keeps
/// them for all shims together, and maps them again, a hundred microseconds' work, at the next call.
final class Repose: Mortal {
    let life = Life()
    private static let delay = Duration.seconds(1)

    private let loop: EventLoop
    private let text: (start: UInt, length: Int)?
    private var isPlanned = false

    init(loop: EventLoop) {
        self.loop = loop
        text = Self.findText()
    }

    /// Once, a while after the last of a burst of calls.
    func soon() {
        guard !isPlanned else { return }
        isPlanned = true
        loop.after(Self.delay) { [own = Weak(self)] in own.object?.now() }
    }

    private func now() {
        isPlanned = false
        _ = apus_malloc_trim()
        Self.unmap(text)
    }

    /// For a process that does nothing else: once.
    static func unmapText() { unmap(findText()) }

    private static func unmap(_ text: (start: UInt, length: Int)?) {
        guard let text, let start = unsafe UnsafeMutableRawPointer(bitPattern: text.start) else {
            return
        }
        // Never written, so nothing is lost: madvise(2), MADV_DONTNEED of a mapped file.
        unsafe madvise(start, text.length, MADV_DONTNEED)
    }

    /// The executable mapping of the program, the first of /proc/self/maps that may run.
    private static func findText() -> (start: UInt, length: Int)? {
        guard let maps = CgroupLocation.text("/proc/self/maps"),
            let own = readLink("/proc/self/exe")
        else { return nil }
        for line in maps.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "r-xp", line.hasSuffix(own) else { continue }
            let range = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return range.count == 2 ? (range[0], Int(range[1] - range[0])) : nil
        }
        return nil
    }
}
