internal import FoundationEssentials
internal import Glibc
internal import Linux
internal import Store

/// Writes docker's json-file format for shims that do not log: an entry a line of output, cut at
/// 16 KiB.
final class LogWriter {
    private let file: OwnedDescriptor
    private var pending: [Bool: [UInt8]] = [:]

    static let longestEntry = 16384

    init(_ path: String) throws(SystemError) {
        file = try openFile(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o640)
    }

    /// Output as it comes; complete lines are written.
    func append(_ bytes: some Collection<UInt8>, isError: Bool, at time: Moment = .now()) {
        pending[isError, default: []] += bytes
        while let entry = takeEntry(isError) { write(entry, isError, time) }
    }

    /// What has no line end and will get none.
    func flush() {
        for (isError, bytes) in pending where !bytes.isEmpty { write(bytes, isError, .now()) }
        pending = [:]
    }

    private func takeEntry(_ isError: Bool) -> [UInt8]? {
        guard let bytes = pending[isError], !bytes.isEmpty else { return nil }
        var end = bytes.firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
        if end > Self.longestEntry {
            end = Self.longestEntry
        } else if bytes[end - 1] != 10 {
            return nil
        }
        pending[isError] = Array(bytes[end...])
        return Array(bytes[..<end])
    }

    private struct Entry: Encodable {
        var log: String
        var stream: String
        var time: String
    }

    private func write(_ bytes: [UInt8], _ isError: Bool, _ time: Moment) {
        let entry = Entry(
            log: String(decoding: bytes, as: UTF8.self), stream: isError ? "stderr" : "stdout",
            time: time.rfc3339)
        // A disk that is full must not stop the container: the entry is lost, the next may fit.
        guard let line = try? JSONEncoder().encode(entry) else { return }
        try? file.writeAll(Array(line) + [10])
    }
}
