internal import CLinux
internal import Glibc
internal import Linux

/// Output that is appended to a file as it is (`file://`). What a full disk refuses is counted.
final class FileSink: OutputSink {
    private let path: String
    private let log: ShimLog
    private var file: OwnedDescriptor?
    private var lost = 0

    var outlivesProcess: Bool { true }

    init(_ path: String, log: ShimLog) throws(SystemError) {
        self.path = path
        self.log = log
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectories(String(path[..<slash]), mode: 0o755)
        }
        // A terminal shall not become ours by it.
        file = try openFile(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, mode: 0o644)
    }

    func take(_ stream: OutputStream, _ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        do throws(SystemError) {
            while !rest.isEmpty, let count = try file?.write(rest) { rest = rest.dropFirst(count) }
            if lost > 0 { log.warning("\(path): writing again; \(lost) bytes were lost") }
            lost = 0
        } catch {
            if lost == 0 { log.error("\(path): \(error); output is lost from here") }
            lost += rest.count
        }
    }

    func end() {}
    func close() { file = nil }
}
