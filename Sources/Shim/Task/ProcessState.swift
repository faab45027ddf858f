internal import Wire

/// Where a process is in its life. Nobody assigns a state: they ask `mayBecome`.
enum ProcessState: String {
    /// An exec that is registered and has no process yet.
    case added
    case creating
    /// The init waits for Start.
    case created
    case starting
    case running
    case pausing
    case paused
    case stopped
    case deleted

    func mayBecome(_ next: ProcessState) -> Bool { Self.moves[self]?.contains(next) == true }

    private static let moves: [ProcessState: [ProcessState]] = [
        .added: [.starting, .deleted],
        .creating: [.created, .deleted],
        .created: [.starting, .stopped],
        // A start that fails leaves an init that can be started or deleted, and an exec that cannot.
        .starting: [.running, .created, .stopped],
        .running: [.pausing, .stopped],
        .pausing: [.paused, .running, .stopped],
        .paused: [.running, .stopped],
        .stopped: [.deleted],
    ]

    /// True while there is a process to send signals to.
    var isAlive: Bool {
        switch self {
        case .created, .starting, .running, .pausing, .paused: true
        case .added, .creating, .stopped, .deleted: false
        }
    }

    /// What it is when nobody goes on with what was under way.
    var settled: ProcessState {
        switch self {
        case .creating, .starting: .created
        case .pausing: .running
        default: self
        }
    }

    /// As State answers it.
    var status: TaskAPI.Status {
        switch self {
        case .added, .creating, .created, .starting: .created
        case .running: .running
        case .pausing: .pausing
        case .paused: .paused
        case .stopped: .stopped
        case .deleted: .unknown
        }
    }
}
