import Foundation
import Synchronization
import TestSupport
import Testing

/// One OCI runtime with a state directory of its own: ours, or the peer that callers know.
struct RuntimeHarness: CustomTestStringConvertible {
    let directory: TemporaryDirectory
    let program: String

    static let ours = Programs.runtime
    /// Ours, and runc where it is installed: what a test says is said about both.
    static let all = [ours] + [Programs.find("runc")].compactMap { $0 }

    init(_ program: String = RuntimeHarness.ours) {
        directory = TemporaryDirectory("runtime")
        self.program = program
    }

    var root: String { directory.file("root") }
    var log: String { directory.file("log.json") }
    var testDescription: String { program }

    /// A name that no other test, and no other run, uses.
    static func id() -> String {
        let number = counter.withLock { number in
            number += 1
            return number
        }
        return "apus-test-\(getpid())-\(number)"
    }

    private static let counter = Mutex(0)

    /// A bundle whose cgroup is named after the container.
    func bundle(_ args: String..., change: (inout TestBundle) -> Void = { _ in }) -> TestBundle {
        var bundle = TestBundle(in: directory, "bundle-\(Self.id())", args: args)
        bundle.edit(
            "linux.cgroupsPath", "/\((bundle.path as NSString).lastPathComponent)")
        change(&bundle)
        bundle.save()
        return bundle
    }

    @discardableResult
    func run(_ arguments: String..., input: [UInt8] = []) -> Output {
        run(arguments, input: input)
    }

    /// With a log, because runc's standard error is the bare message only then.
    func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) -> Output {
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        return Command.run(
            program, ["--root", root, "--log", log] + arguments, environment: all, input: input)
    }

    /// As containerd's shim calls it: errors go to a log of JSON lines.
    func runLogged(_ arguments: String...) -> Output { runLogged(arguments) }

    func runLogged(_ arguments: [String]) -> Output {
        try? FileManager.default.removeItem(atPath: log)
        return run(["--log-format", "json"] + arguments)
    }

    func start(_ arguments: String..., stdin: Child.Input = .null) -> Child {
        Child(program, ["--root", root] + arguments, stdin: stdin)
    }

    /// The lines of the log, as JSON.
    var logged: [[String: Any]] {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    func state(_ id: String) -> [String: Any] {
        let output = run("state", id)
        let object = try? JSONSerialization.jsonObject(with: Data(output.stdoutBytes))
        return object as? [String: Any] ?? [:]
    }

    func status(_ id: String) -> String? { state(id)["status"] as? String }
    func pid(_ id: String) -> Int32 { (state(id)["pid"] as? NSNumber)?.int32Value ?? -1 }

    /// Removes a container whatever it does.
    func remove(_ id: String) { run("delete", "--force", id) }

    /// Cgroups and state that a bundle's container has left.
    func leftovers(_ bundle: TestBundle, _ id: String) -> [String] {
        let name = (bundle.path as NSString).lastPathComponent
        let found = Command.shell(
            "find /sys/fs/cgroup -type d -name '\(name)'; find '\(root)' -mindepth 1 -name '\(id)'")
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        return found.stdout.split(separator: "\n").map(String.init)
            + mounts.split(separator: "\n").map(String.init).filter { $0.contains(bundle.path) }
    }
}
