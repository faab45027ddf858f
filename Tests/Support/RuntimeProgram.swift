import Foundation
import Synchronization
public import Testing

/// An OCI runtime's program and how it is called on this machine.
public struct RuntimeProgram: Sendable, CustomTestStringConvertible {
    public let path: String
    /// Where its view of the host's mounts is another than ours, a process that has it.
    private let viewpoint: Viewpoint?

    public static let ours = RuntimeProgram(Programs.runtime)

    public init(_ path: String) {
        self.path = path
        viewpoint = Self.needsPlainCgroups(path) ? Viewpoint(path) : nil
    }

    public var testDescription: String { path }
    public var isOurs: Bool { (path as NSString).lastPathComponent == "apus-runtime" }

    /// The first line that it says of itself.
    public var version: String {
        let line = call(["--version"]).stdout.split(separator: "\n").first
        return line.map(String.init) ?? path
    }

    /// Whose /proc/PID/mountinfo shows the mounts that it finds.
    public var viewer: Int32 { viewpoint?.pid ?? getpid() }

    @discardableResult
    public func call(_ arguments: [String], limit: Double = 60) -> Output {
        guard let viewpoint else { return Command.run(path, arguments, limit: limit) }
        return Command.run(
            "nsenter", ["-t", "\(viewpoint.pid)", "-m", path] + arguments, limit: limit)
    }

    /// The call as words of a shell script.
    public var words: String {
        (viewpoint.map { "nsenter -t \($0.pid) -m " } ?? "") + "'\(path)'"
    }

    // MARK: The configuration that it writes

    private static let configurations = Mutex<[String: Data]>([:])

    /// What its `spec` writes; asked once.
    public var defaultConfiguration: [String: Any] {
        let data = Self.configurations.withLock { known in
            if let data = known[path] { return data }
            let directory = TemporaryDirectory("spec")
            let made = call(["spec", "-b", directory.path])
            precondition(made.status == 0, "\(made)")
            let file = URL(fileURLWithPath: directory.file("config.json"))
            known[path] = try! Data(contentsOf: file)
            return known[path]!
        }
        return try! JSONSerialization.jsonObject(with: data) as! [String: Any]
    }

    // MARK: Its view of the host

    /// crun refuses a machine that has cgroup v1 and a cgroup2 mount beside it.
    private static func needsPlainCgroups(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "/sys/fs/cgroup/unified")
            && Command.run(path, ["--version"]).stdout.hasPrefix("crun ")
    }

    /// The same for attacks that it may not withstand: all of the host but this directory, /proc and
    /// the cgroups is read-only to it. Ours needs no such cage: it is what is being proved.
    public func confined(to directory: String) -> RuntimeProgram {
        isOurs ? self : RuntimeProgram(path, Viewpoint(path, writable: directory))
    }

    private init(_ path: String, _ viewpoint: Viewpoint) {
        self.path = path
        self.viewpoint = viewpoint
    }

    /// A mount namespace of its own, for as long as somebody has this.
    private final class Viewpoint: Sendable {
        private let holder: Child

        var pid: Int32 { holder.pid }

        init(_ path: String, writable directory: String? = nil) {
            var script = "set -e; mount --make-rprivate /\n"
            if RuntimeProgram.needsPlainCgroups(path) {
                script += "umount -l /sys/fs/cgroup/unified\n"
            }
            if let directory {
                script += """
                    mount --bind '\(directory)' '\(directory)'
                    cut -d ' ' -f 5 /proc/self/mountinfo | sort -ru | while read -r place; do
                      case "$place" in
                        '\(directory)' | /proc | /proc/* | /sys/fs/cgroup | /sys/fs/cgroup/*) ;;
                        *) mount -o remount,bind,ro "$place" ;;
                      esac
                    done
                    if touch /apus-test 2>/dev/null; then exit 1; fi

                    """
            }
            script += "echo ready; exec cat"
            holder = Child("unshare", ["-m", "sh", "-c", script], stdin: .pipe)
            precondition(holder.waits { $0.stdout == "ready\n" }, "\(holder.output)")
        }

        deinit {
            holder.send(signal: SIGKILL)
            _ = holder.finish(limit: 5)
        }
    }
}

extension TemporaryDirectory {
    /// Writes a program that is another runtime, but takes a second over `create`.
    public func slowRuntime(over program: String) -> String {
        write(
            "slow",
            """
            #!/bin/sh
            case "$*" in *" create "*) sleep 1 ;; esac
            exec '\(program)' "$@"

            """, mode: 0o755)
    }
}
