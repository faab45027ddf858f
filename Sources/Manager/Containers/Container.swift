internal import OCI
internal import RPC
internal import Store
internal import Wire

/// One container. Operations that move it through its life pass the turnstile one by one; what only
/// looks, waits or signals does not.
actor Container {
    nonisolated let id: String
    nonisolated let context: DaemonContext
    /// Told when the container is gone.
    nonisolated let forget: @Sendable (ContainerRecord, ProcessExit?, [RuntimeAPI.Phase]) -> Void
    let turnstile = Turnstile()

    var record: ContainerRecord
    var run = Run()
    var execs: [String: Exec] = [:]
    /// While there is a task.
    var shim: ShimConnection?
    /// The process that is being started, and its end, should that be known before its start is.
    var startingPID: UInt32 = 0
    var earlyExit: ProcessExit?
    /// What the shim has open, for the next one should it die; inputs of processes that are closed.
    var keepsakes: [Keepsake] = []
    var closedInputs: Set<String> = []
    var inputLines: [String: InputLine] = [:]
    var hasRenewedShim = false
    /// Events of an end that could not be written down yet: the disk is full, for instance.
    var unwritten: [EventDraft] = []
    /// Those who want the first byte of the process that is being started.
    var pendingAttachers: [Settled<Void>] = []
    /// Of the terminal that the next start makes; nil where nobody has said.
    var sizeAtStart: (columns: UInt32, rows: UInt32)?
    var phases = PhaseLog()
    /// Drains and logs for a shim that does not; see `ForeignStreams`.
    var foreignStreams: ForeignStreams?
    var foreignLog: ForeignLog?
    var foreignExecStreams: [String: ForeignStreams] = [:]

    init(
        _ record: ContainerRecord, _ context: DaemonContext,
        forget: @escaping @Sendable (ContainerRecord, ProcessExit?, [RuntimeAPI.Phase]) -> Void
    ) {
        id = record.id
        self.record = record
        self.context = context
        self.forget = forget
    }

    nonisolated var bundle: BundleDirectory { context.paths.bundle(of: id) }
    nonisolated var files: ContainerFiles { context.paths.files(of: id) }
    nonisolated var label: String { "container \(ContainerID.short(id))" }

    /// Does one thing at a time.
    func inTurn<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
        await turnstile.enter()
        defer { turnstile.leave() }
        return try await body()
    }

    /// Throws where the container's state does not allow what is asked.
    func require(_ operation: ContainerOperation) throws(Failure) {
        guard !operation.isAllowed(in: record.state) else { return }
        let subject = record.name
        guard record.state != .removed else {
            throw Failure(.notFound, "\(operation.rawValue) container", subject, "it is gone")
        }
        throw Failure(
            .failedPrecondition, "\(operation.rawValue) container", subject,
            "it is \(record.state.rawValue)", hint: operation.hint(in: record.state))
    }

    /// Moves to another state and writes it down with what is told of it. A write that fails
    /// changes nothing.
    func move(
        to state: ContainerState, events: [EventDraft] = [],
        _ change: (inout ContainerRecord) -> Void = { _ in }
    ) throws(Failure) {
        var next = record
        if state != record.state {
            guard record.state.mayBecome(state) else {
                throw Failure(
                    .internal, "move container", record.name,
                    "it is \(record.state.rawValue) and cannot become \(state.rawValue)")
            }
            next.state = state
        }
        change(&next)
        try attempt("write down container", record.name) {
            try context.ledger.update(next, events: events)
        }
        record = next
        if !events.isEmpty { context.journal.wake() }
    }

    /// Tells of something that changes no state. An event that cannot be written stops nobody.
    func tell(_ action: EventDraft.Action, _ attributes: [String: String] = [:]) {
        do {
            try context.journal.record([EventDraft(action, of: record, attributes)])
        } catch {
            context.log.error("\(label): event \(action.rawValue) is lost: \(error)")
        }
    }

    /// The shim of a container that lives.
    func livingShim(for operation: ContainerOperation) throws(Failure) -> ShimConnection {
        try require(operation)
        guard let shim else {
            throw Failure(
                .unavailable, "\(operation.rawValue) container", record.name,
                "its shim does not answer", hint: "try again in a moment")
        }
        return shim
    }

    /// What callers see of it.
    func description() -> Apus.Container {
        let snapshot = (try? context.store.snapshot(key: id)).flatMap { $0 }
        return Apus.Container(
            id: id, name: record.name, spec: record.spec, imageDigest: record.imageDigest,
            status: record.state.wireStatus, createdAt: .init(record.createdAt),
            startedAt: record.startedAt.map { .init($0) },
            finishedAt: record.finishedAt.map { .init($0) }, pid: record.pid,
            exitStatus: record.exitStatus, oomKilled: record.oomKilled, error: record.error,
            bundle: bundle.directory, logPath: LogPlan(record.spec).isInFiles ? files.log : "",
            command: record.command,
            lowerDirectories: snapshot?.lowerDirectories ?? [],
            upperDirectory: snapshot?.upper ?? "", workDirectory: snapshot?.work ?? "",
            mergedDirectory: bundle.rootfs)
    }
}

extension ContainerState {
    var wireStatus: Apus.ContainerStatus {
        switch self {
        case .creating: .creating
        case .created: .created
        case .running: .running
        case .paused: .paused
        case .stopped: .stopped
        case .dead: .dead
        case .removed: .unknown
        }
    }
}
