import Foundation
import TestSupport
import Testing

/// A bundle and a state directory of the test's own, and the runtime over them. Whatever the test
/// has made is gone when it ends.
final class RuntimeCase {
    let directory: TemporaryDirectory
    var bundle: TestBundle
    private var ids: Set<String> = []

    /// The bundle that the runtime itself writes, with these arguments.
    init(_ args: String...) {
        directory = TemporaryDirectory("runtime")
        bundle = TestBundle(in: directory, args: args)
        let spec = Command.run(Programs.runtime, ["spec", "-b", directory.directory("spec")])
        precondition(spec.status == 0, "\(spec)")
        bundle.config = TestBundle.read(directory.file("spec/config.json"))
        bundle.edit("process.terminal", false)
        bundle.edit("process.args", args)
        bundle.edit("linux.cgroupsPath", "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    }

    var root: String { directory.file("state") }
    var rootfs: String { bundle.rootfs }

    /// Calls the runtime with `--root`.
    @discardableResult
    func runtime(_ arguments: String...) -> Output {
        Command.run(Programs.runtime, ["--root", root] + arguments)
    }

    /// `run` to its end.
    func run(_ options: String..., id: String = "c") -> Output {
        bundle.save()
        ids.insert(id)
        return Command.run(
            Programs.runtime, ["--root", root, "run", "-b", bundle.path] + options + [id])
    }

    /// `create` with streams that end with the call.
    @discardableResult
    func create(_ id: String = "c", _ options: String...) -> Output {
        bundle.save()
        ids.insert(id)
        let command =
            "exec '\(Programs.runtime)' --root '\(root)' create -b '\(bundle.path)' "
            + options.joined(separator: " ") + " \(id) </dev/null >'\(directory.file(id)).out' 2>&1"
        let made = Command.shell(command)
        return Output(
            status: made.status, stdoutBytes: Array(made.stdoutBytes),
            stderrBytes: Array(
                (try? Data(contentsOf: URL(fileURLWithPath: directory.file(id) + ".out"))) ?? Data()
            ))
    }

    /// `create` and `start`.
    func begin(_ id: String = "c") {
        let made = create(id)
        #expect(made.status == 0, "\(made)")
        let started = runtime("start", id)
        #expect(started.status == 0, "\(started)")
    }

    func pid(_ id: String = "c") -> Int {
        (state(id)["pid"] as? Int) ?? 0
    }

    func state(_ id: String = "c") -> [String: Any] {
        let output = runtime("state", id)
        return (try? JSONSerialization.jsonObject(with: Data(output.stdoutBytes))) as? [String: Any]
            ?? [:]
    }

    func status(_ id: String = "c") -> String? { state(id)["status"] as? String }

    /// Which namespace a process is in: `pid:[4026531836]`.
    static func namespace(_ kind: String, of pid: Int) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)"))
            ?? ""
    }

    /// Adds an entry to `mounts`.
    func mount(_ destination: String, type: String, source: String, options: [String]) {
        var mounts = bundle.config["mounts"] as! [[String: Any]]
        mounts.append([
            "destination": destination, "type": type, "source": source, "options": options,
        ])
        bundle.config["mounts"] = mounts
    }

    /// Takes entries out of `mounts`.
    func unmount(where condition: (String) -> Bool) {
        let mounts = bundle.config["mounts"] as! [[String: Any]]
        bundle.config["mounts"] = mounts.filter { !condition($0["destination"] as! String) }
    }

    /// Removes a directory of the rootfs, so that a test can put something else there.
    func clear(_ name: String) {
        try? FileManager.default.removeItem(atPath: rootfs + "/" + name)
    }

    /// Puts a symbolic link into the rootfs.
    func link(_ name: String, to target: String) {
        clear(name)
        try! FileManager.default.createSymbolicLink(
            atPath: rootfs + "/" + name, withDestinationPath: target)
    }

    deinit {
        for id in ids { _ = Command.run(Programs.runtime, ["--root", root, "delete", "-f", id]) }
        directory.remove()
    }
}

/// A directory outside of a rootfs that an attack would change.
struct Canary {
    let path: String
    private let before: String

    init(in directory: TemporaryDirectory) {
        path = directory.directory("canary")
        directory.write("canary/file", "untouched\n", mode: 0o600)
        directory.write("canary/ptmx", "")
        before = Self.look(path)
    }

    /// Names, inodes, modes, owners, sizes and contents are what they were.
    var isUntouched: Bool { Self.look(path) == before }

    private static func look(_ path: String) -> String {
        Command.shell(
            "cd '\(path)' && find . -printf '%p %i %m %U %y %s %l\\n' | sort && find . -type f -exec sha256sum {} + | sort"
        ).stdout
    }
}
