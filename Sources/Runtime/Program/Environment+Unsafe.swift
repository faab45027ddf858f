internal import Glibc

/// A variable of the environment; nil where it is unset or empty.
func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// realpath(3); nil where there is no such path.
func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// isatty(3).
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
