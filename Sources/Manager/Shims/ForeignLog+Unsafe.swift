internal import Dispatch
internal import Glibc
internal import Linux

/// The fifo `log` of a bundle, into which containerd's shims write what they do, and which somebody
/// must read: they do not start without. The lines become the manager's own, at level debug.
final class ForeignLog: Sendable {
    private struct Confined: @unchecked Sendable {
        let source: any DispatchSourceRead
    }

    private let reading: Confined

    /// Makes the fifo, or opens it again.
    init(_ bundle: BundleDirectory, _ label: String, _ log: Log) throws(SystemError) {
        let path = "\(bundle.directory)/log"
        if try fileStatus(path) == nil {
            try check("make fifo \(path)") { unsafe mkfifo(path, 0o600) }
        }
        // For writing, too: so a shim that is gone does not look like the end.
        let raw = try openFile(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW).release()
        let source = DispatchSource.makeReadSource(fileDescriptor: raw)
        reading = Confined(source: source)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 16384)
            let count = unsafe read(raw, &buffer, buffer.count)
            guard count > 0 else { return }
            for line in buffer[..<count].split(separator: 10) {
                log.debug("\(label): shim: \(String(decoding: line, as: UTF8.self))")
            }
        }
        source.setCancelHandler { close(raw) }
        source.activate()
    }

    deinit { reading.source.cancel() }
}
