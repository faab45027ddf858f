internal import CLinux
internal import Glibc

/// A file in memory, without a name: memfd_create(2).
public enum MemoryFile {
    private static let flags: UInt32 = 0x1 | 0x2  // MFD_CLOEXEC | MFD_ALLOW_SEALING
    private static let executable: UInt32 = 0x10  // MFD_EXEC
    private static let addSeals: Int32 = 1033  // F_ADD_SEALS
    private static let getSeals: Int32 = 1034  // F_GET_SEALS
    private static let allSeals = 0x1 | 0x2 | 0x4 | 0x8  // seal, shrink, grow, write

    /// An empty one that can be sealed.
    public static func make(_ name: String) throws(SystemError) -> OwnedDescriptor {
        let made = try check("make a file in memory") {
            unsafe apus_memfd_create(name, flags)
        }
        return OwnedDescriptor(owning: Int32(made))
    }

    /// The same for a program. Kernels before 6.3 do not ask for the flag.
    public static func makeExecutable(_ name: String) throws(SystemError) -> OwnedDescriptor {
        var made = unsafe apus_memfd_create(name, flags | executable)
        if made < 0 { made = unsafe apus_memfd_create(name, flags) }
        let raw = made
        return OwnedDescriptor(
            owning: Int32(try check("make a memfd (sysctl vm.memfd_noexec?)") { raw }))
    }

    /// Nobody can change it any more, nor take that back.
    public static func seal(_ file: borrowing OwnedDescriptor) throws(SystemError) {
        let raw = file.raw
        try check("seal a file in memory") { apus_fcntl(raw, addSeals, allSeals) }
    }

    public static func isSealed(_ file: borrowing OwnedDescriptor) -> Bool {
        Int(apus_fcntl(file.raw, getSeals, 0)) == allSeals
    }

    /// With these bytes, which nobody can change any more.
    public static func sealed(
        _ bytes: some Collection<UInt8>, name: String
    ) throws(SystemError) -> OwnedDescriptor {
        let file = try make(name)
        try file.writeAll(bytes)
        let raw = file.raw
        try check("rewind a file in memory") { lseek(raw, 0, SEEK_SET) }
        try seal(file)
        return file
    }
}
