import Foundation

/// A directory under /tmp that goes with everything that lives in it: processes, mounts, cgroups.
///
/// Its name carries this process's pid; should the tests be killed, `Tests/sweep.py` of the next run
/// finds it.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init(_ label: String = "x") {
        let random = UInt32.random(in: 0 ... .max)
        path = "/tmp/apus-test.\(getpid()).\(label).\(String(random, radix: 36))"
        try! FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
    }

    deinit { remove() }

    /// Ends what lives here and removes it; safe to call twice.
    public func remove() {
        guard FileManager.default.fileExists(atPath: path) else { return }
        // A throw-away machine need not be swept, where to start Python takes as long as a test.
        if getuid() == 0, ProcessInfo.processInfo.environment["APUS_TEST_THROWAWAY"] == nil {
            _ = Command.run("/usr/bin/python3", [Programs.repository + "/Tests/sweep.py", path])
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path below; nothing is made.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Makes a directory below and answers its path.
    public func directory(_ name: String) -> String {
        let full = file(name)
        try! FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
        return full
    }

    /// Writes a file below and answers its path.
    @discardableResult
    public func write(_ name: String, _ text: String, mode: Int = 0o644) -> String {
        let full = file(name)
        try! Data(text.utf8).write(to: URL(fileURLWithPath: full))
        try! FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
        return full
    }
}
