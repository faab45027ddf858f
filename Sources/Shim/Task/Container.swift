internal import Linux
internal import RPC
internal import Wire

/// One container of the shim: its init, its execs, and what belongs to them outside of processes.
final class Container: Mortal {
    let life = Life()
    let id: String
    let bundle: BundleFiles
    var runtime: RuntimeProgram
    let options: RuncAPI.Options
    let context: ShimContext
    let initial: TaskProcess
    var execs: [String: TaskProcess] = [:]
    let lane = OperationLane()
    var rootfs: Rootfs
    private(set) var cgroup: CgroupLocation?
    var oom: OOMWatch?
    /// Pipes of execs that are deleted while strangers still write to them.
    var leftovers: [ProcessStreams] = []
    var phases: [RuntimeAPI.Phase] = []
    /// Known, but told only after the last exec's.
    var pendingExit: ExitStatus?
    var isReady = false
    /// True where its processes live on when its init ends; also where nobody knows.
    private(set) lazy var sharesPidNamespace =
        (try? BundleConfig.read(bundle.config))?.sharesPidNamespace ?? true
    /// The checkpoint that Start brings it back from.
    var restoresFrom: String?
    /// Where it is what the containers of a pod have in common.
    var sandbox: Sandbox?

    init(
        id: String, bundle: BundleFiles, runtime: RuntimeProgram, options: RuncAPI.Options,
        initial: TaskProcess, context: ShimContext
    ) {
        self.id = id
        self.bundle = bundle
        self.runtime = runtime
        self.options = options
        self.initial = initial
        self.context = context
        rootfs = Rootfs(path: bundle.rootfs)
    }

    /// Finds the cgroup, and listens for kills in it; once. Nothing runs there before Start.
    func watchMemory() {
        guard oom == nil else { return }
        cgroup = CgroupLocation(pid: initial.pid, in: context.cgroups)
        initial.streams.cgroup = cgroup
        oom = OOMWatch(cgroup, loop: context.loop) { [id, own = Weak(self)] in
            own.object?.publish("/tasks/oom", TaskEvents.TaskOOM(containerID: id))
        }
    }

    func process(_ execID: String) throws(Failure) -> TaskProcess {
        if execID.isEmpty { return initial }
        guard let process = execs[execID] else { throw .notFound("process \(execID)") }
        return process
    }

    /// What those must know who come after this shim, should it be killed.
    func save() {
        do throws(SystemError) { try writeRecord() } catch {
            context.log.error("record of the container: \(error)")
        }
    }

    func writeRecord() throws(SystemError) {
        var record = TaskRecord(runtime: runtime, mounts: rootfs.mounted)
        record.id = id
        record.owner = (options.ioUid, options.ioGid)
        record.sandbox = sandbox
        let started = ([initial] + execs.values).filter { $0.pid > 0 }
        record.processes = started.map { $0.record }
        try record.write(to: bundle.task)
    }

    /// The event's and the record's name of a process.
    func name(of process: TaskProcess) -> String { process.isInit ? id : process.execID }

    /// Tells the manager. Of a sandbox it learns by the calls that it makes.
    func publish(_ topic: String, _ event: some WireMessage) {
        guard sandbox == nil else { return }
        context.publisher.publish(topic, event)
    }

    /// Notes a stretch of the shim's own work.
    func note(_ name: String, from start: UInt64) {
        phases.append(
            RuntimeAPI.Phase(
                program: "apus-shim", name: name, startNS: start, endNS: Clock.monotonic))
    }

    /// Runs a command of the runtime on this container.
    func run(
        _ verb: String, _ arguments: [String], streams: RuntimeCall.Streams = .collected,
        limit: Duration, _ done: @escaping (RuntimeResult) -> Void
    ) throws(Failure) {
        try RuntimeCall.start(
            runtime, verb, arguments, bundle: bundle.path, streams: streams, limit: limit,
            in: context
        ) { [self] result in
            for warning in result.outcome?.warnings ?? [] { context.log.warning(warning) }
            done(result)
        }
    }
}

/// How long commands of the runtime may take before they are given up.
enum RuntimeLimit {
    static let create = Duration.seconds(120)
    static let start = Duration.seconds(120)
    static let checkpoint = Duration.seconds(600)
    static let exec = Duration.seconds(120)
    static let delete = Duration.seconds(30)
    static let signal = Duration.seconds(10)
    static let freeze = Duration.seconds(10)
    static let update = Duration.seconds(10)
    static let state = Duration.seconds(10)
}
