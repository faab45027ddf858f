internal import CLinux
internal import Glibc
internal import Linux

/// The descriptor of the mount that the program has gone over to.
///
/// To close the last descriptor of a mount that is attached nowhere makes the kernel wait until nobody
/// looks at it any more: an RCU grace period, 0.1 ms and at times 2. So it stays open until there is
/// another, of a process made meanwhile, or until nobody waits for this process.
extension SealedExecutable {
    /// -1 for none.
    nonisolated(unsafe) private static var held: Int32 = -1

    static var isHeld: Bool { unsafe held >= 0 }

    static func hold(_ mount: consuming OwnedDescriptor) { unsafe held = mount.release() }

    /// Mounts it on a file that is about to vanish with all that is mounted there; then its end is
    /// part of that one's.
    static func leaveMount(on file: borrowing OwnedDescriptor) throws(SystemError) {
        guard unsafe held >= 0 else { return }
        let mount = unsafe OwnedDescriptor(owning: held)
        unsafe held = -1
        try MountTree.attach(mount, to: file, name: ownFile)
    }

    package static func releaseMount() {
        guard unsafe held >= 0 else { return }
        unsafe close(held)
        unsafe held = -1
    }

    /// A number that no caller can have meant.
    static func holds(_ number: Int32) -> Bool { unsafe held == number }

    // MARK: The command line

    /// Whether a verb whose process becomes a container's is among the first words.
    static func commandLineNamesVerb() -> Bool {
        guard let file = try? openFile("/proc/self/cmdline") else { return false }
        let raw = file.raw
        defer { _ = file.raw }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { text in
            let count = unsafe read(raw, text.baseAddress, text.count)
            var word: UInt64 = 0
            for index in 0..<max(count, 0) {
                let byte = unsafe text[index]
                if byte != 0 {
                    word = word << 8 | UInt64(byte)
                } else if word == packed("run") || word == packed("create")
                    || word == packed("exec")
                {
                    return true
                } else {
                    word = 0
                }
            }
            return false
        }
    }

    /// A word of at most seven bytes as a number, which no longer word has.
    private static func packed(_ word: StaticString) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<word.utf8CodeUnitCount {
            number = unsafe number << 8 | UInt64(word.utf8Start[index])
        }
        return number
    }
}
