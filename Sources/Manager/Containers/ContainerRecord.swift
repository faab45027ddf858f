internal import Store
internal import Wire

/// What the database keeps of a container.
struct ContainerRecord: Sendable, Equatable {
    let id: String
    var name: String
    var spec: Apus.ContainerSpec
    /// Digest of the manifest it was made from.
    var imageDigest: String
    var state: ContainerState
    /// Written before an operation's first side effect and cleared with its last: whoever finds it
    /// at start-up knows what was under way.
    var intent: Intent?
    var createdAt: Moment
    var startedAt: Moment?
    var finishedAt: Moment?
    /// On the host; 0 unless it lives.
    var pid: UInt32 = 0
    var exitStatus: UInt32 = 0
    var oomKilled = false
    /// Why it could not be started or removed.
    var error = ""
    /// The command as it runs.
    var command: [String] = []
    var stopSignal = DefaultProfile.stopSignal

    enum Intent: String, Sendable {
        case start, remove
    }

    init(id: String, name: String, spec: Apus.ContainerSpec, imageDigest: String, createdAt: Moment)
    {
        self.id = id
        self.name = name
        self.spec = spec
        self.imageDigest = imageDigest
        self.createdAt = createdAt
        state = .creating
    }
}

/// A further process of a container.
struct ExecRecord: Sendable, Equatable {
    enum State: String, Sendable {
        case created, running, stopped
    }

    let containerID: String
    let id: String
    var state: State = .created
    var pid: UInt32 = 0
    var exitStatus: UInt32 = 0
    var finishedAt: Moment?
    var command: [String]
}

/// How a process ended.
struct ProcessExit: Sendable, Equatable {
    /// Exit code, or 128 + signal.
    var status: UInt32
    var at: Moment
    var oomKilled = false
}
