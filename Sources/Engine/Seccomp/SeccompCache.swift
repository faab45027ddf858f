internal import CLinux
internal import Glibc
internal import Linux

/// Compiled filters below the runtime's root, one file a profile: to compile one takes longer than
/// to start a container.
///
/// The name of the directory cannot be a container's. A file is believed only when nobody but its
/// owner, who is the caller, could have written it, and when it holds the very profile that is asked
/// for; it comes into being at once, so that half a file is never read.
struct SeccompCache {
    /// Profiles are few; a host that makes a new one for each container does not fill the disk.
    private static let mostFiles = 64
    private static let mostBytes = 4 << 20
    private static let magic = Array("apus bpf".utf8)

    let directory: String

    init(root: String) { directory = "\(root)/@seccomp" }

    func read(_ key: SeccompKey) -> [UInt64]? {
        guard
            let file = try? openFile("\(directory)/\(key.fileName)", O_RDONLY | O_NOFOLLOW),
            let status = try? FileStatus(of: file), status.kind == .file,
            status.uid == geteuid(), status.mode & 0o022 == 0,
            status.size <= Self.mostBytes, status.size >= Self.headerBytes,
            let bytes = Self.contents(of: file, count: Int(status.size))
        else { return nil }
        return Self.program(in: bytes, for: key)
    }

    /// Best effort: a read-only or full disk is no reason not to run a container.
    func write(_ program: [UInt64], for key: SeccompKey) {
        do throws(SystemError) {
            try makeDirectories(directory)
            discardWhenFull()
            try NewFile.write(
                Self.encode(program, key), to: "\(directory)/\(key.fileName)", mode: 0o600)
        } catch {}
    }

    private static let headerBytes = 24

    /// Magic, length of the key, number of instructions, the key, padding to 8 bytes, the program.
    private static func encode(_ program: [UInt64], _ key: SeccompKey) -> [UInt8] {
        var bytes = magic
        func append(_ word: UInt64) {
            for shift in stride(from: 0, to: 64, by: 8) as StrideTo<UInt64> {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        append(UInt64(key.bytes.count))
        append(UInt64(program.count))
        bytes += key.bytes
        while bytes.count % 8 != 0 { bytes.append(0) }
        for instruction in program { append(instruction) }
        return bytes
    }

    private static func program(in bytes: [UInt8], for key: SeccompKey) -> [UInt64]? {
        let header = SeccompCompiler.words(Array(bytes[..<headerBytes]))
        guard bytes.starts(with: magic), header[1] == UInt64(key.bytes.count) else { return nil }
        let begin = (headerBytes + key.bytes.count + 7) / 8 * 8
        guard let count = Int(exactly: header[2]), count > 0, count <= mostInstructions,
            bytes.count == begin + count * 8,
            bytes[headerBytes..<headerBytes + key.bytes.count].elementsEqual(key.bytes)
        else { return nil }
        return SeccompCompiler.words(Array(bytes[begin...]))
    }

    /// BPF_MAXINSNS
    private static let mostInstructions = 4096

    private static func contents(
        of file: borrowing OwnedDescriptor, count: Int
    ) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        guard let got = try? file.read(into: &bytes), got == count else { return nil }
        return bytes
    }

    private func discardWhenFull() {
        guard let opened = try? openFile(directory, O_RDONLY | O_DIRECTORY),
            let names = try? opened.names(), names.count >= Self.mostFiles
        else { return }
        for name in names { try? opened.remove(name) }
    }
}
