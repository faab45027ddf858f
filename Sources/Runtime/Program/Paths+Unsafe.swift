internal import Glibc
internal import Linux

/// realpath(3); nil where there is no such path.
func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// isatty(3).
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// The words of the command line, with the program's own name. Swift's `CommandLine` asks /proc for
/// them too, but where that fails it says that there are none: the program would do nothing, and
/// succeed.
func commandLine() throws(SystemError) -> [String] {
    let longest = 16 << 20
    let text = try readFile("/proc/self/cmdline", limit: longest)
    guard !text.isEmpty else { throw SystemError("read /proc/self/cmdline", EINVAL) }
    return text.dropLast().split(separator: 0, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
}
