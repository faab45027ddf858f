internal import Glibc
internal import Linux

/// The exclusive lock on a store's root; ends with the process, however it ends.
final class RootLock: Sendable {
    private let file: OwnedDescriptor

    init(_ path: String) throws(StoreError) {
        var holder: String?
        do throws(SystemError) {
            let file = try openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            if try file.tryLock() {
                try file.truncate(to: 0)
                try file.writeAll("\(getpid())".utf8)
            } else {
                holder = String(decoding: try readAll(file, limit: 64, of: path), as: UTF8.self)
            }
            self.file = file
        } catch {
            throw StoreError(error, stage: "lock store", subject: path)
        }
        guard let holder else { return }
        throw StoreError(
            .inUse, stage: "lock store", subject: path,
            cause: holder.isEmpty ? "another process uses it" : "process \(holder) uses it",
            hint: "stop the other daemon, or give this one another root")
    }
}
