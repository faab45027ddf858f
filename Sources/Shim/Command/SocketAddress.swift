import Linux

/// Where the shim of a container, or of a group of containers, listens. Two `start`s for the same
/// group find the same path, so the second can join the first.
struct SocketAddress {
    static let standardDirectory = "/run/containerd/s"
    /// containerd's limit, one below the kernel's.
    static let longestPath = 106

    let path: String

    init(_ invocation: Invocation, group: String, directory: String?) throws(InvocationError) {
        let directory = directory.flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardDirectory
        let name = [invocation.address, invocation.namespace, group].joined(separator: "\u{1f}")
        path = directory + "/" + Self.digest(name)
        guard directory.hasPrefix("/"), path.utf8.count <= Self.longestPath else {
            throw InvocationError(
                "the socket \(path) would be relative or longer than \(Self.longestPath) bytes: "
                    + "choose a shorter APUS_SOCKET_DIR")
        }
    }

    /// As `start` answers it.
    var uri: String { "unix://" + path }

    /// 128 bits of FNV-1a in hexadecimal: a name, not a secret.
    private static func digest(_ text: String) -> String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in text.utf8 {
            hash ^= UInt128(byte)
            hash = hash &* 0x0000_0000_0100_0000_0000_0000_0000_013b
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
