internal import CLinux
internal import Dispatch
internal import Glibc
internal import Linux

/// stdin, stdout and stderr, byte for byte. They may be shared with other programs, so their modes
/// stay as they are: reading and writing block, on threads of their own.
enum StandardStreams {
    /// What comes next on stdin, at most 32 KiB; nil at its end.
    static func read() async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            input.async { continuation.resume(with: Result { try readBlocking() }) }
        }
    }

    /// Writes all of it; returns when it is written.
    static func write(_ bytes: [UInt8], to descriptor: Int32) async throws {
        try await withCheckedThrowingContinuation { continuation in
            output.async {
                continuation.resume(with: Result { try writeBlocking(bytes, to: descriptor) })
            }
        }
    }

    static func writeBlocking(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            do throws(SystemError) {
                offset += try check("write to descriptor \(descriptor)") {
                    unsafe bytes[offset...].withUnsafeBytes {
                        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
                    }
                }
            } catch  where error.code == EAGAIN {
                waitUntilReady(descriptor, POLLOUT)
            }
        }
    }

    private static func readBlocking() throws(SystemError) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        while true {
            do throws(SystemError) {
                let count = try check("read stdin") {
                    unsafe Glibc.read(STDIN_FILENO, &buffer, buffer.count)
                }
                return count == 0 ? nil : Array(buffer[..<count])
            } catch  where error.code == EAGAIN {
                waitUntilReady(STDIN_FILENO, POLLIN)
            }
        }
    }

    /// Whoever shares the descriptor may have made it non-blocking.
    private static func waitUntilReady(_ descriptor: Int32, _ events: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = unsafe poll(&entry, 1, -1)
    }

    private static let input = DispatchQueue(label: "stdin")
    private static let output = DispatchQueue(label: "stdout")
}
