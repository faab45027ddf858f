internal import CLinux
internal import Glibc
internal import Linux

/// The shim's own log: lines into `log` of the bundle. containerd makes that a fifo and copies it
/// into its own log; under other managers it is a file.
///
/// Nobody may read the fifo, so a line that does not fit is dropped: the log never blocks.
final class ShimLog {
    private enum Level: String { case debug, info, warning, error }

    private var file: OwnedDescriptor?
    private let isDebug: Bool
    private let id: String

    init(bundle: String, id: String, isDebug: Bool) {
        self.isDebug = isDebug
        self.id = id
        // Read and write: a fifo opens at once then, reader or not.
        file = try? openFile(bundle + "/log", O_RDWR | O_NONBLOCK | O_APPEND)
        if file == nil {
            file = try? openFile(
                bundle + "/shim.log", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
        }
    }

    func debug(_ text: @autoclosure () -> String) { if isDebug { write(.debug, text()) } }
    func info(_ text: String) { write(.info, text) }
    func warning(_ text: String) { write(.warning, text) }
    func error(_ text: String) { write(.error, text) }

    private func write(_ level: Level, _ text: String) {
        let quoted = text.map { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            default: String(character)
            }
        }.joined()
        let line =
            "time=\"\(Clock.now.rfc3339)\" level=\(level.rawValue) msg=\"\(quoted)\" id=\(id) "
            + "program=apus-shim\n"
        _ = try? file?.write(Array(line.utf8)[...])
    }
}
