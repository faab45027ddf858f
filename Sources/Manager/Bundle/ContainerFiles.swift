internal import Glibc
internal import Linux

/// The files of a container that the manager writes: `hosts`, `hostname` and `resolv.conf`, which
/// are bound into it, and the durable copy of its config.json.
struct ContainerFiles {
    var directory: String

    var config: String { "\(directory)/config.json" }
    var log: String { "\(directory)/log.json" }

    /// Longest file of the host that is copied.
    private static let mostBytes = 1 << 20

    func write(config bytes: [UInt8], hostname: String, onHostNetwork: Bool) throws(SystemError) {
        try makeDirectories(directory)
        try replaceFile(config, with: bytes)
        // Everybody in the container may read these, whatever its user is.
        try replaceFile("\(directory)/hostname", with: Array("\(hostname)\n".utf8), mode: 0o644)
        let hosts = onHostNetwork ? copy(of: "/etc/hosts") : Self.ownHosts(hostname)
        try replaceFile("\(directory)/hosts", with: hosts, mode: 0o644)
        try replaceFile(
            "\(directory)/resolv.conf", with: copy(of: "/etc/resolv.conf"), mode: 0o644)
    }

    /// Longest config.json that is read back.
    private static let mostConfigBytes = 16 << 20

    static func readConfig(_ path: String) throws(SystemError) -> [UInt8] {
        try readFile(path, limit: mostConfigBytes)
    }

    /// The limits have changed.
    func replaceConfig(_ bytes: [UInt8]) throws(SystemError) {
        try replaceFile(config, with: bytes)
    }

    private func copy(of path: String) -> [UInt8] {
        (try? readFile(path, limit: Self.mostBytes)) ?? []
    }

    /// What a container on its own network finds in /etc/hosts.
    static func ownHosts(_ hostname: String) -> [UInt8] {
        Array(
            """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::0\tip6-localnet
            ff00::0\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            127.0.1.1\t\(hostname)

            """.utf8)
    }
}
