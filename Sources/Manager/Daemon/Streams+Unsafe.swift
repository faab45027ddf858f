internal import Glibc

/// One write(2), so that lines of several threads do not mix.
func writeToStderr(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
