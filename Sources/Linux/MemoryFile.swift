internal import CLinux
internal import Glibc

/// A file in memory, without a name: memfd_create(2).
public enum MemoryFile {
    private static let flags: UInt32 = 0x1 | 0x2  // MFD_CLOEXEC | MFD_ALLOW_SEALING
    private static let addSeals: Int32 = 1033  // F_ADD_SEALS
    private static let allSeals = 0x1 | 0x2 | 0x4 | 0x8  // seal, shrink, grow, write

    /// With these bytes, which nobody can change any more.
    public static func sealed(
        _ bytes: some Collection<UInt8>, name: String
    ) throws(SystemError) -> OwnedDescriptor {
        let made = try check("make a file in memory") {
            unsafe apus_memfd_create(name, flags)
        }
        let file = OwnedDescriptor(owning: Int32(made))
        try file.writeAll(bytes)
        let raw = file.raw
        try check("rewind a file in memory") { lseek(raw, 0, SEEK_SET) }
        try check("seal a file in memory") { apus_fcntl(raw, addSeals, allSeals) }
        return file
    }
}
