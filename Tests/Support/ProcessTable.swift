import Foundation

/// What /proc says about processes.
public enum Process {
    /// The name of a process's program (its first argument's last part), or nil where it is gone.
    public static func name(of pid: Int32) -> String? {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/cmdline")),
            let first = bytes.split(separator: 0).first
        else { return nil }
        return (String(decoding: first, as: UTF8.self) as NSString).lastPathComponent
    }

    public static func parent(of pid: Int32) -> Int32? {
        status(of: pid)?.dropFirst().first.flatMap { Int32($0) }
    }

    /// By SIGSTOP.
    public static func isStopped(_ pid: Int32) -> Bool { status(of: pid)?.first == "T" }

    /// The words of /proc/PID/stat that follow the name, the state first.
    private static func status(of pid: Int32) -> [Substring]? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return Array(text[end...].split(separator: " ").dropFirst())
    }

    /// What /proc/PID/ns says: `mnt:[4026532758]`.
    public static func namespaces(of pid: Int32) -> Set<String> {
        let kinds = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]
        return Set(
            kinds.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(pid)/ns/\($0)")
            })
    }

    /// The processes whose command line, environment or working directory names a directory, without
    /// this one and its direct commands.
    public static func all(under directory: String) -> [(pid: Int32, name: String)] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { entry in
            guard let pid = Int32(entry), pid != getpid(), let name = name(of: pid) else {
                return nil
            }
            let words = ["cmdline", "environ"].map {
                (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\($0)"))) ?? Data()
            }
            let cwd = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
            let mine = words.contains { $0.range(of: Data(directory.utf8)) != nil }
            return mine || cwd?.hasPrefix(directory) == true ? (pid, name) : nil
        }
    }
}
