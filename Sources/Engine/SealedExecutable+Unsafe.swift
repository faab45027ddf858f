internal import CLinux
internal import Glibc
internal import Linux

extension SealedExecutable {
    /// `ensure`, before anything is parsed: a program that has to be executed again begins at its
    /// beginning, and what it had done until then would be done twice. For that it looks at the words
    /// as the kernel left them. Where it cannot protect, it does nothing: `ensure` follows, and says
    /// why.
    package static func ensureEarly() {
        let words = unsafe CommandLine.unsafeArgv
        guard unsafe isForContainers(words) else { return }
        do throws(SystemError) {
            guard let mount = try protect() else { return }
            _ = unsafe apus_execveat(mount.raw, "", words, apus_environ(), emptyPath)
        } catch {}
    }

    /// AT_EMPTY_PATH
    private static let emptyPath: Int32 = 0x1000

    /// A container by the name of a verb costs its callers a fifth of a millisecond, and nothing else.
    private static func isForContainers(
        _ words: UnsafeMutablePointer<UnsafeMutablePointer<Int8>?>
    ) -> Bool {
        var index = 1
        while let word = unsafe words[index] {
            let isOne = unsafe strcmp(word, "run") == 0 || strcmp(word, "create") == 0
            if unsafe isOne || strcmp(word, "exec") == 0 { return true }
            index += 1
        }
        return false
    }
}
