internal import CLinux
internal import Glibc

/// How much a pipe holds: 64 KiB at first (pipe(7)).
enum PipeSize {
    /// The most for a user without privileges.
    static let large = 1 << 20
    /// A container that may have less memory is left its small pipes.
    private static let smallMemory: UInt64 = 64 << 20

    /// Makes a pipe large; it stays as it is where the user has too many such.
    static func widen(_ pipe: Int32) { _ = apus_fcntl(pipe, APUS_F_SETPIPE_SZ, large) }

    static func areAffordable(at limit: UInt64) -> Bool { limit >= smallMemory }
}

extension CgroupLocation {
    var affordsLargePipes: Bool {
        guard let directory = directory("memory") else { return true }
        let name =
            switch layout {
            case .v1: "memory.limit_in_bytes"
            case .v2: "memory.max"
            }
        let limit = CgroupFiles(directory: directory).number(name)
        return limit == 0 || PipeSize.areAffordable(at: limit)
    }
}
