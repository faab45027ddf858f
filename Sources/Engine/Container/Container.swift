package import Linux
package import OCI

/// A container that has a state directory.
package final class Container {
    package let id: String
    /// The directory of all containers' state.
    package let root: String
    package private(set) var record: StateRecord

    init(id: String, root: String, record: StateRecord) {
        self.id = id
        self.root = root
        self.record = record
    }
}

extension Container {
    /// Makes a container from a spec; its program waits for `start`. `configuration` is the text of
    /// config.json, kept so that later edits have no effect. On failure nothing is left.
    package static func create(
        _ spec: Spec, configuration: [UInt8], options: CreateOptions, recorder: Recorder
    ) throws(EngineError) -> Container {
        throw EngineError("create \(options.id)", "not available")
    }

    /// "container does not exist" where there is none.
    package static func load(id: String, root: String) throws(EngineError) -> Container {
        throw EngineError("load container \(id)", "container does not exist")
    }

    /// False also for a name that cannot be a container's.
    package static func exists(id: String, root: String) -> Bool { false }

    /// Every container below the root, by id; a missing root has none.
    package static func list(root: String) throws(EngineError) -> [Container] { [] }

    /// Throws where an id is not `[A-Za-z0-9_+.-]+` or is `.` or `..`.
    package static func validate(id: String) throws(EngineError) {}

    /// As it is now: creating, created, running, paused or stopped; pid 0 once stopped.
    package func state() throws(EngineError) -> ContainerState {
        throw EngineError("read state of \(id)", "not available")
    }

    /// The program begins. Only from `created`.
    package func start(_ recorder: Recorder) throws(EngineError) {}

    /// To init; with `all` to every process of the container.
    package func kill(signal: Int32, all: Bool = false) throws(EngineError) {}

    /// Removes everything that `create` made. `force` kills first.
    package func delete(force: Bool, _ recorder: Recorder) throws(EngineError) {}

    /// Runs one more process in the container.
    package func exec(
        _ process: OCI.Process, options: ExecOptions, recorder: Recorder
    ) throws(EngineError) -> ContainerProcess {
        throw EngineError("exec in \(id)", "not available")
    }

    /// Process numbers as the caller sees them.
    package func processes() throws(EngineError) -> [Int32] { [] }

    package func pause() throws(EngineError) {}
    package func resume() throws(EngineError) {}
    package func update(_ resources: Resources) throws(EngineError) {}

    /// The spec as it was at `create`.
    package func spec() throws(EngineError) -> Spec {
        throw EngineError("read config of \(id)", "not available")
    }

    /// The init process, for the caller that has just created it; nil otherwise or when taken.
    package func takeProcess() -> ContainerProcess? { nil }
}

/// A process in a container whose parent is the caller.
package struct ContainerProcess: ~Copyable {
    package let pid: Int32
    package let pidfd: Pidfd
    private var console: OwnedDescriptor?

    init(pid: Int32, pidfd: consuming Pidfd, console: consuming OwnedDescriptor?) {
        self.pid = pid
        self.pidfd = pidfd
        self.console = console
    }

    /// The master of its terminal, with `ConsoleDestination.caller`.
    package mutating func takeConsole() -> OwnedDescriptor? { console.take() }

    /// Waits for its end and reaps it.
    package func wait() throws(EngineError) -> ExitStatus {
        throw EngineError("wait for \(pid)", "not available")
    }
}
