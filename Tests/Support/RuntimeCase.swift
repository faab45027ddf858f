import Foundation
import Testing

/// A bundle and a state directory of the test's own, and a runtime over them. Whatever the test has
/// made is gone when it ends.
public final class RuntimeCase {
    public let directory: TemporaryDirectory
    public let program: RuntimeProgram
    public var bundle: TestBundle
    private let place: String
    private let ownsDirectory: Bool
    private var ids: Set<String> = []

    /// The bundle that our runtime itself writes, with these arguments.
    public convenience init(_ args: String...) {
        self.init(.ours, in: TemporaryDirectory("runtime"), args, ownsDirectory: true)
    }

    /// The same for any runtime, below a directory that others use as well.
    public convenience init(
        _ program: RuntimeProgram, in directory: TemporaryDirectory, _ place: String,
        _ args: [String]
    ) {
        self.init(program, in: directory, args, at: place, ownsDirectory: false)
    }

    private init(
        _ program: RuntimeProgram, in directory: TemporaryDirectory, _ args: [String],
        at place: String = "", ownsDirectory: Bool
    ) {
        self.program = program
        self.directory = directory
        self.place = place.isEmpty ? "" : place + "/"
        self.ownsDirectory = ownsDirectory
        bundle = TestBundle(
            in: directory, self.place + "bundle", config: RuntimeProgram.ours.defaultConfiguration)
        bundle.edit("process.args", args)
        bundle.edit("linux.cgroupsPath", "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    }

    public var root: String { file("state") }
    public var rootfs: String { bundle.rootfs }

    /// A path beside the bundle; nothing is made.
    public func file(_ name: String) -> String { directory.file(place + name) }

    /// Calls the runtime with `--root`.
    @discardableResult
    public func runtime(_ arguments: String...) -> Output { runtime(arguments) }

    @discardableResult
    public func runtime(_ arguments: [String], limit: Double = 60) -> Output {
        program.call(["--root", root] + arguments, limit: limit)
    }

    /// The same as words of a shell script.
    public func words(_ arguments: String) -> String {
        "\(program.words) --root '\(root)' \(arguments)"
    }

    /// `run` to its end.
    public func run(
        _ options: String..., id: String = "c", limit: Double = 60
    ) -> Output {
        bundle.save()
        ids.insert(id)
        return runtime(["run", "-b", bundle.path] + options + [id], limit: limit)
    }

    /// `create` with streams that end with the call.
    @discardableResult
    public func create(_ id: String = "c", _ options: String...) -> Output {
        bundle.save()
        ids.insert(id)
        let command =
            "exec " + words("create -b '\(bundle.path)' ")
            + options.joined(separator: " ") + " \(id) </dev/null >'\(file(id)).out' 2>&1"
        let made = Command.shell(command)
        return Output(
            status: made.status, stdoutBytes: Array(made.stdoutBytes),
            stderrBytes: Array(
                (try? Data(contentsOf: URL(fileURLWithPath: file(id) + ".out"))) ?? Data()
            ))
    }

    /// `create` and `start`.
    public func begin(_ id: String = "c") {
        let made = create(id)
        #expect(made.status == 0, "\(made)")
        let started = runtime("start", id)
        #expect(started.status == 0, "\(started)")
    }

    public func pid(_ id: String = "c") -> Int {
        (state(id)["pid"] as? Int) ?? 0
    }

    public func state(_ id: String = "c") -> [String: Any] {
        let output = runtime("state", id)
        return (try? JSONSerialization.jsonObject(with: Data(output.stdoutBytes))) as? [String: Any]
            ?? [:]
    }

    public func status(_ id: String = "c") -> String? { state(id)["status"] as? String }

    /// Which namespace a process is in: `pid:[4026531836]`.
    public static func namespace(_ kind: String, of pid: Int) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(kind)"))
            ?? ""
    }

    /// Adds an entry to `mounts`.
    public func mount(_ destination: String, type: String, source: String, options: [String]) {
        bundle.mount(destination, type: type, source: source, options: options)
    }

    /// Takes entries out of `mounts`.
    public func unmount(where condition: (String) -> Bool) {
        let mounts = bundle.config["mounts"] as! [[String: Any]]
        bundle.config["mounts"] = mounts.filter { !condition($0["destination"] as! String) }
    }

    /// Removes a directory of the rootfs, so that a test can put something else there.
    public func clear(_ name: String) {
        try? FileManager.default.removeItem(atPath: rootfs + "/" + name)
    }

    /// Puts a symbolic link into the rootfs.
    public func link(_ name: String, to target: String) {
        clear(name)
        try! FileManager.default.createSymbolicLink(
            atPath: rootfs + "/" + name, withDestinationPath: target)
    }

    /// Ends what the case has begun.
    public func end() {
        // What has no record is gone already.
        for id in ids where FileManager.default.fileExists(atPath: "\(root)/\(id)") {
            runtime("delete", "-f", id)
        }
        ids = []
    }

    deinit {
        end()
        if ownsDirectory { directory.remove() }
    }
}
