internal import CLinux
internal import Glibc

/// Both ends of a pipe, closed on exec.
public struct Pipe: ~Copyable, Sendable {
    public let reader: OwnedDescriptor
    public let writer: OwnedDescriptor

    /// pipe2(2).
    public init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        try check("make a pipe") { unsafe apus_pipe2(&ends, O_CLOEXEC) }
        reader = OwnedDescriptor(owning: ends[0])
        writer = OwnedDescriptor(owning: ends[1])
    }

    /// Hands both ends out as numbers; the caller closes them.
    public consuming func release() -> (reader: Int32, writer: Int32) {
        let reader = reader
        let writer = writer
        return (reader.release(), writer.release())
    }
}
