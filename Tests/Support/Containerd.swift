import Foundation
import Synchronization

/// A containerd of its own: root, state and sockets below a temporary directory, which is not its.
public final class Containerd: Sendable {
    public let directory: TemporaryDirectory
    private let running: Mutex<Child>
    private let environment: [String: String]?

    private var process: Child { running.withLock { $0 } }
    public var socket: String { directory.file("sock") }

    /// Starts it and waits until it answers.
    public init(in directory: TemporaryDirectory, environment: [String: String]? = nil) {
        self.directory = directory
        self.environment = environment
        directory.write(
            "config.toml",
            """
            version = 2
            root = "\(directory.file("root"))"
            state = "\(directory.file("state"))"
            disabled_plugins = [
              "io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt",
              "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
              "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs",
            ]
            [grpc]
              address = "\(directory.file("sock"))"
            """)
        running = Mutex(Self.launch(directory, environment))
        awaitAnswer()
    }

    /// Runs ctr against it.
    @discardableResult
    public func ctr(_ arguments: String..., input: [UInt8] = []) -> Output {
        ctr(arguments, input: input)
    }

    @discardableResult
    public func ctr(_ arguments: [String], input: [UInt8] = []) -> Output {
        Command.run("ctr", ["-a", socket] + arguments, input: input)
    }

    /// kill -9, and wait for its end.
    public func kill() {
        process.send(signal: SIGKILL)
        _ = process.finish()
    }

    /// SIGTERM, and wait for its end.
    public func stop() {
        process.send(signal: SIGTERM)
        _ = process.finish(limit: 20)
    }

    /// Starts it again over the same directories.
    public func restart() {
        running.withLock { $0 = Self.launch(directory, environment) }
        awaitAnswer()
    }

    private static func launch(
        _ directory: TemporaryDirectory, _ environment: [String: String]?
    ) -> Child {
        Child("containerd", ["-c", directory.file("config.toml")], environment: environment)
    }

    private func awaitAnswer() {
        let answered = eventually { ctr("version").status == 0 }
        precondition(answered, "containerd does not answer: \(process.output)")
    }
}
