internal import CLinux
internal import Glibc
internal import Linux
internal import OCI
internal import RPC
internal import Wire

/// Adopt: takes up a container whose shim is dead, with what that one wrote into shim.json.
extension Container {
    /// What a program ended with whose end nobody has seen.
    private static let unseen = ExitStatus.exited(255)

    /// Asks the runtime what has become of the container: the shim may have died between a change
    /// and its record.
    static func askRuntime(
        _ request: ShimAPI.AdoptRequest, in context: ShimContext,
        _ done: @escaping (ProcessState?) -> Void
    ) {
        let file = BundleFiles(path: request.bundle).task
        guard isName(request.id), let record = TaskRecord.read(file), record.id == request.id
        else { return done(nil) }
        do throws(Failure) {
            try RuntimeCall.start(
                record.runtime, "state", [request.id], bundle: request.bundle,
                limit: RuntimeLimit.state, in: context
            ) { result in
                let said: RuntimeState? = try? readJSON(
                    from: Array(result.output.utf8), of: "the runtime's answer")
                done(result.succeeded ? said.flatMap { ProcessState(rawValue: $0.status) } : nil)
            }
        } catch {
            context.log.warning("state of \(request.id): \(error)")
            done(nil)
        }
    }

    private struct RuntimeState: JSONReadable {
        var status: String
        init(json: JSONNode) throws(DocumentError) { status = try json.required("status") }
    }

    /// `known`: what the runtime says of it.
    static func adopting(
        _ request: ShimAPI.AdoptRequest, as known: ProcessState?, in context: ShimContext,
        isDebug: Bool
    ) throws(Failure) -> Container {
        guard isName(request.id), request.bundle.hasPrefix("/") else {
            throw .invalid("container \"\(request.id)\" in \"\(request.bundle)\"")
        }
        let bundle = BundleFiles(path: request.bundle)
        guard let record = TaskRecord.read(bundle.task), record.id == request.id,
            var first = record.processes.first, first.execID.isEmpty
        else { throw .notFound("container \(request.id) in \(bundle.task)") }
        if let known, [.created, .running, .paused].contains(first.state.settled),
            [.running, .paused].contains(known)
        {
            first.state = known
        }
        var runtime = record.runtime
        runtime.debug = isDebug
        let taken: TakenHoldings
        do throws(SystemError) { taken = try TakenHoldings(request) } catch {
            throw .system(error)
        }
        let initial = try TaskProcess(
            first, of: request.id, taken, others: [], bundle, context)
        let container = Container(
            id: request.id, bundle: bundle, runtime: runtime,
            options: RuncAPI.Options(ioUid: record.owner.uid, ioGid: record.owner.gid),
            initial: initial, context: context)
        container.rootfs = Rootfs(path: bundle.rootfs, mounted: record.mounts)
        container.sandbox = record.sandbox
        container.watchMemory()
        for process in record.processes.dropFirst() {
            container.execs[process.execID] = try TaskProcess(
                process, of: request.id, taken, others: [initial.pid], bundle, context)
            container.execs[process.execID]?.streams.cgroup = container.cgroup
        }
        container.followAll(record.processes, taken)
        return container
    }

    /// The execs first: the init's end is told after theirs.
    private func followAll(_ records: [ProcessRecord], _ taken: TakenHoldings) {
        for record in records.reversed() {
            guard let process = try? process(record.execID) else { continue }
            follow(process, record, taken.takePidfd(of: record.execID))
        }
        isReady = true
        save()
        context.log.warning("taken up from a shim that is gone; process \(initial.pid)")
    }

    private func follow(_ process: TaskProcess, _ record: ProcessRecord, _ pidfd: Int32?) {
        if let known = ExitRecord.read(bundle.exit(name(of: process))),
            known.pid == UInt32(record.pid)
        {
            if let pidfd { _ = OwnedDescriptor(owning: pidfd) }
            process.adopt(pid: record.pid, pidfd: nil, startTime: record.startTime)
            return settleKnown(process, known.exit)
        }
        var found = pidfd
        if found == nil {
            let own = try? Pidfd.find(pid: record.pid, startTime: record.startTime)
            if let own { found = try? own.descriptor.duplicate().release() }
        }
        process.adopt(pid: record.pid, pidfd: found, startTime: record.startTime)
        do throws(SystemError) {
            guard found != nil else { throw SystemError("find process \(record.pid)", ESRCH) }
            try watchEnd(of: process)
        } catch {
            context.log.warning("how process \(record.pid) ended is not known: \(error)")
            process.endIsUnseen = true
            sawExit(of: process, Self.unseen)
        }
    }

    /// By waiting for it where it is a child: a shim that was upgraded is the same process.
    private func watchEnd(of process: TaskProcess) throws(SystemError) {
        if ProcessStatus(pid: process.pid)?.parent == getpid() {
            return context.reaper.watch(process.pid) {
                [own = Weak(self), process = Weak(process)] in
                guard let process = process.object else { return }
                own.object?.sawExit(of: process, ExitStatus(waitStatus: $0))
            }
        }
        try process.watchEnd(context.loop) { [own = Weak(self), process = Weak(process)] in
            guard let process = process.object else { return }
            own.object?.sawEnd(of: process, waitStatus: $0)
        }
    }

    private func sawEnd(of process: TaskProcess, waitStatus: Int32?) {
        if waitStatus == nil { context.log.warning("nobody saw how \(process.pid) ended") }
        process.endIsUnseen = waitStatus == nil
        sawExit(of: process, waitStatus.map { ExitStatus(waitStatus: $0) } ?? Self.unseen)
    }

    /// It ended under the other shim, which wrote that down; whether it told anybody is not known.
    private func settleKnown(_ process: TaskProcess, _ exit: Exit) {
        process.streams.processEnded()
        try? process.become(.stopped)
        publishExit(of: process, exit)
        process.ended(exit)
    }
}

extension TaskProcess {
    /// `others`: processes in which its pipes may be found as well as in itself.
    convenience init(
        _ record: ProcessRecord, of id: String, _ taken: TakenHoldings, others: [Int32],
        _ bundle: BundleFiles, _ context: ShimContext
    ) throws(Failure) {
        let plan = try StdioPlan(
            terminal: record.terminal, stdin: record.stdin, stdout: record.stdout,
            stderr: record.stderr)
        let ends = taken.ends(of: record.execID)
        let isSame = ProcessStatus(pid: record.pid)?.startTime == record.startTime
        let cgroup = isSame ? CgroupLocation(pid: record.pid, in: context.cgroups)?.processes : nil
        let members = cgroup.map { CgroupFiles(directory: $0).processes() } ?? []
        ends.find(record.pipes, in: (isSame ? [record.pid] : []) + members + others)
        let streams = try ProcessStreams(
            adopting: plan, ends: ends, inodes: record.pipes, directory: bundle.path,
            name: record.execID.isEmpty ? "init" : record.execID, id: id, context: context)
        self.init(
            execID: record.execID,
            stdio: Stdio(
                stdin: record.stdin, stdout: record.stdout, stderr: record.stderr,
                terminal: record.terminal),
            streams: streams, state: record.state.settled)
    }
}
