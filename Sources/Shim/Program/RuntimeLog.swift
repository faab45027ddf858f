internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// The file that a runtime logs to (--log). The command that runs alone writes the bundle's
/// log.json, where people look for it; one beside it gets a file of its own, so that nobody takes
/// another's error for his.
final class RuntimeLog {
    /// Of which it is never more than this much that is read.
    private static let longest = 1 << 20
    nonisolated(unsafe) private static var inUse: Set<String> = []

    let path: String
    private let start: Int
    private let isShared: Bool

    init(bundle: String, number: Int) {
        let shared = bundle + "/log.json"
        isShared = unsafe !Self.inUse.contains(shared)
        path = isShared ? shared : "\(bundle)/log.\(number).json"
        start = isShared ? Self.size(shared) : 0
        unsafe Self.inUse.insert(path)
    }

    /// The last line of level error that was written since.
    func lastError() -> String? {
        guard let file = try? openFile(path, O_RDONLY | O_NOFOLLOW),
            (try? seek(file, to: start)) != nil,
            let bytes = try? readAll(file, limit: Self.longest, of: path)
        else { return nil }
        var found: String?
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? readJSON(Entry.self, from: Array(line), of: path) else {
                continue
            }
            if entry.level == "error" || entry.level == "fatal" { found = entry.message }
        }
        return found
    }

    func close() {
        unsafe Self.inUse.remove(path)
        if !isShared { unsafe unlink(path) }
        if isShared, Self.size(path) > Self.longest { unsafe truncate(path, 0) }
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private struct Entry: JSONReadable {
        var level: String
        var message: String

        init(json: JSONNode) throws(DocumentError) {
            level = try json.value("level", default: "")
            message = try json.value("msg", default: "")
        }
    }
}
