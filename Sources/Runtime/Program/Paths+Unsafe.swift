internal import Glibc

/// realpath(3); nil where there is no such path.
func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// isatty(3).
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
