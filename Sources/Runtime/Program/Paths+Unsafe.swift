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
    // Not by `split`: the list of slices would be of a type that nothing else needs.
    var words: [String] = []
    var start = 0
    for end in text.indices where text[end] == 0 {
        words.append(String(decoding: text[start..<end], as: UTF8.self))
        start = end + 1
    }
    return words
}
