import Foundation

/// An apusd of its own: root, state and socket below a temporary directory.
public final class Daemon {
    public let directory: TemporaryDirectory
    public private(set) var process: Child
    private let arguments: [String]

    public var root: String { directory.file("root") }
    public var state: String { directory.file("state") }
    public var socket: String { state + "/apusd.sock" }

    /// Starts it and waits until it answers.
    public init(
        _ extra: [String] = [], in directory: TemporaryDirectory = TemporaryDirectory("daemon")
    ) {
        self.directory = directory
        arguments =
            [
                "--root", directory.file("root"), "--state", directory.file("state"),
                "--address", directory.file("state/apusd.sock"),
            ] + extra
        process = Child(Programs.manager, arguments)
        awaitAnswer()
    }

    /// Runs apusctl against it.
    @discardableResult
    public func ctl(_ arguments: String..., input: [UInt8] = [], limit: Double = 60) -> Output {
        ctl(arguments, input: input, limit: limit)
    }

    @discardableResult
    public func ctl(_ arguments: [String], input: [UInt8] = [], limit: Double = 60) -> Output {
        Command.run(Programs.ctl, ["--address", socket] + arguments, input: input, limit: limit)
    }

    /// apusctl beside the test.
    public func startCtl(_ arguments: String..., stdin: Child.Input = .null) -> Child {
        Child(Programs.ctl, ["--address", socket] + arguments, stdin: stdin)
    }

    /// kill -9, and wait for its end.
    public func kill() {
        process.send(signal: SIGKILL)
        _ = process.finish()
    }

    /// SIGTERM, and wait for its end.
    @discardableResult
    public func stop() -> Output {
        process.send(signal: SIGTERM)
        return process.finish()
    }

    /// Starts it again over the same directories.
    public func restart() {
        process = Child(Programs.manager, arguments)
        awaitAnswer()
    }

    /// Imports an image named `busybox` made from busybox-static.
    public func importBusybox() {
        let imported = ctl("import", TestImage.busyboxLayout)
        precondition(imported.status == 0, "\(imported)")
    }

    deinit { directory.remove() }

    private func awaitAnswer() {
        let answered = eventually {
            Command.run(Programs.ctl, ["--address", socket, "version"]).status == 0
        }
        precondition(answered, "apusd does not answer: \(process.output)")
    }
}

/// Images made on this machine with the field's own tools.
public enum TestImage {
    /// Goes when the tests' process has ended: the sweep after them knows its name.
    private static let shared = TemporaryDirectory("image")

    /// The layout of ``busybox(in:)``, made once for all tests, which only read it.
    public static let busyboxLayout: String = busybox(in: shared)

    /// An OCI layout (a directory) with one image, `busybox:latest`, of one layer; made once a
    /// directory.
    public static func busybox(in directory: TemporaryDirectory) -> String {
        let layout = directory.file("busybox-layout")
        guard !FileManager.default.fileExists(atPath: layout) else { return layout }
        let script = """
            set -e
            umoci init --layout '\(layout)' >/dev/null
            umoci new --image '\(layout)':latest >/dev/null
            umoci unpack --image '\(layout)':latest '\(layout)'.bundle >/dev/null 2>&1
            """
        let begun = Command.shell(script)
        precondition(begun.status == 0, "\(begun)")
        TestRootfs.make(at: layout + ".bundle/rootfs")
        let finished = Command.shell(
            """
            set -e
            umoci repack --image '\(layout)':latest '\(layout)'.bundle >/dev/null 2>&1
            umoci config --image '\(layout)':latest --config.cmd sh --config.env PATH=/usr/sbin:/usr/bin:/sbin:/bin >/dev/null
            umoci tag --image '\(layout)':latest busybox:latest >/dev/null 2>&1 || true
            python3 - '\(layout)' <<'END'
            import json, sys
            path = sys.argv[1] + "/index.json"
            index = json.load(open(path))
            index["manifests"] = index["manifests"][:1]
            index["manifests"][0]["annotations"] = {"org.opencontainers.image.ref.name": "busybox:latest"}
            json.dump(index, open(path, "w"))
            END
            rm -rf '\(layout)'.bundle
            """)
        precondition(finished.status == 0, "\(finished)")
        return layout
    }
}
