import Foundation
import TestSupport
import Testing

/// A systemd-journald of its own: in a mount namespace, so that its socket and its files are in the
/// test's directory, and without systemd.
final class JournaldWorld {
    private static let program = "/lib/systemd/systemd-journald"

    static var isThere: Bool {
        FileManager.default.isExecutableFile(atPath: program)
            && FileManager.default.fileExists(atPath: "/etc/machine-id")
    }

    let socket: String
    private let files: String
    private let launch: String
    private var daemon: Child

    init(in directory: TemporaryDirectory) {
        let sockets = directory.directory("journal")
        socket = sockets + "/socket"
        files = directory.directory("journal-files")
        let options = directory.write(
            "journald.conf",
            """
            [Journal]
            Storage=volatile
            Audit=no
            ReadKMsg=no
            RateLimitIntervalSec=0
            """)
        launch = directory.write(
            "journald.sh",
            """
            set -e
            mount -t tmpfs run /run
            mkdir -p /run/systemd/journal /run/log/journal
            mount --bind '\(sockets)' /run/systemd/journal
            mount --bind '\(files)' /run/log/journal
            mount -t tmpfs etc /etc/systemd
            cp '\(options)' /etc/systemd/journald.conf
            exec \(Self.program)
            """)
        daemon = Self.launch(launch)
    }

    private static func launch(_ script: String) -> Child {
        Child("unshare", ["--net", "--mount", "--propagation", "private", "sh", script])
    }

    /// Its socket is gone meanwhile.
    func restart() {
        end()
        daemon = Self.launch(launch)
    }

    func end() {
        daemon.send(signal: SIGTERM)
        _ = daemon.finish(limit: 20)
        try? FileManager.default.removeItem(atPath: socket)
    }

    /// What it has of a container, the oldest first; a message that is no text is an array of numbers.
    func entries(of id: String) -> [[String: Any]] {
        Command.run(
            "journalctl",
            ["--directory", files, "--all", "-o", "json", "CONTAINER_ID_FULL=\(id)"]
        ).stdout.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }
}
