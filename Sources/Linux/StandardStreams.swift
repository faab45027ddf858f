internal import CLinux
internal import Glibc

/// The streams that every program has and that nobody owns.
public enum StandardStreams {
    /// Reads what comes on standard input until its end, at most `limit` bytes, and no longer than
    /// `patience` milliseconds without a byte.
    public static func readInput(limit: Int, patience: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            var poll = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            guard unsafe Glibc.poll(&poll, 1, patience) > 0 else { break }
            let count = unsafe read(0, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    public static var isInputTerminal: Bool { isatty(0) != 0 }

    /// Writes all of it to standard output.
    public static func writeOutput(_ bytes: [UInt8]) throws(SystemError) {
        let output = OwnedDescriptor(owning: 1)
        do throws(SystemError) { try output.writeAll(bytes) } catch {
            _ = output.release()
            throw error
        }
        _ = output.release()
    }

    /// All three become /dev/null: whoever waits for their end need not wait for us.
    public static func leave() throws(SystemError) {
        let null = try openFile("/dev/null", O_RDWR)
        for target in [0, 1, 2] as [Int32] {
            try check("redirect descriptor \(target)") { dup2(null.raw, target) }
        }
    }
}
