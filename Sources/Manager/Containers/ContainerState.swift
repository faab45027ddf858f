internal import RPC

/// Where a container is in its life.
enum ContainerState: String, Sendable, CaseIterable {
    /// Its id and name are reserved; its snapshot and bundle are being made.
    case creating
    /// Everything is there; nothing runs.
    case created
    case running
    case paused
    /// Its program has ended.
    case stopped
    /// Its removal failed; it can only be removed.
    case dead
    /// Gone; only who still holds the object sees this.
    case removed

    /// The moves of a container's life; there are no others.
    private static let moves: [ContainerState: Set<ContainerState>] = [
        .creating: [.created, .removed, .dead],
        .created: [.running, .removed, .dead],
        .running: [.paused, .stopped],
        .paused: [.running, .stopped],
        .stopped: [.running, .removed, .dead],
        .dead: [.removed],
        .removed: [],
    ]

    func mayBecome(_ next: ContainerState) -> Bool {
        Self.moves[self, default: []].contains(next)
    }

    /// Whether its program lives.
    var isAlive: Bool { self == .running || self == .paused }
}

/// What a caller asks a container to do.
enum ContainerOperation: String, Sendable, CaseIterable {
    case start, stop, kill, pause, resume, resize, exec, update, remove
    case inspect = "look into"

    /// The states in which the operation makes sense.
    private static let allowed: [ContainerOperation: Set<ContainerState>] = [
        .start: [.created, .stopped],
        // A container that has ended is as stopped as the caller wants it.
        .stop: [.running, .paused, .stopped],
        .kill: [.running, .paused],
        .pause: [.running],
        .resume: [.paused],
        .resize: [.running, .paused],
        .exec: [.running],
        .update: [.created, .running, .paused, .stopped],
        .remove: [.creating, .created, .stopped, .dead],
        .inspect: [.running, .paused],
    ]

    func isAllowed(in state: ContainerState) -> Bool {
        Self.allowed[self, default: []].contains(state)
    }

    /// What to do first, for a container in a state that does not allow the operation.
    func hint(in state: ContainerState) -> String {
        switch (self, state) {
        case (_, .removed), (_, .creating): ""
        case (_, .dead): "its removal failed; remove it again"
        case (.start, .running): ""
        case (.start, .paused), (.exec, .paused), (.pause, .paused): "resume it first"
        case (.remove, .running), (.remove, .paused): "stop it first, or remove it by force"
        case (_, .created), (_, .stopped): "start it first"
        default: ""
        }
    }
}
