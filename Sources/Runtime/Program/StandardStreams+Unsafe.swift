internal import Glibc
internal import Linux

/// Nobody is left to hear that this failed.
func writeToStandardError(_ text: String) { _ = writeWhole(text, to: 2) }

func writeToStandardOutput(_ text: String) throws(Failure) {
    guard writeWhole(text, to: 1) else {
        throw Failure(SystemError("write the answer to standard output", errno))
    }
}

private func writeWhole(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = unsafe bytes.withUnsafeBytes {
            unsafe write(descriptor, $0.baseAddress, $0.count)
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        bytes = bytes.dropFirst(count)
    }
    return true
}
