internal import CLinux
internal import Glibc
internal import Linux
package import OCI

extension Container {
    /// Makes a container from a spec; its program waits for `start`. `configuration` is the text of
    /// config.json, kept so that later edits have no effect. On failure nothing is left.
    package static func create(
        _ spec: Spec, configuration: [UInt8], options: CreateOptions, recorder: Recorder
    ) throws(EngineError) -> Container {
        try validate(id: options.id)
        let creation = try recorder.measure("plan") { () throws(EngineError) in
            try Creation(spec, options, recorder)
        }
        let directory = StateDirectory(id: options.id, root: options.root)
        try directory.make()
        let lock: OwnedDescriptor
        do throws(EngineError) {
            lock = try directory.lock()
        } catch {
            try? directory.remove()
            throw error
        }
        let container = Container(
            id: options.id, root: options.root, record: creation.initialRecord)
        do throws(EngineError) {
            try creation.perform(
                container, directory, configuration, lock: lock.raw, recorder)
        } catch {
            creation.undo(container, directory, recorder)
            _ = lock.raw
            throw error
        }
        _ = lock.raw
        return container
    }
}

/// The making of one container: what was planned, and what has been made so far.
final class Creation {
    let spec: Spec
    private let process: OCI.Process
    let options: CreateOptions
    let plan: MountPlan
    let namespaces: NamespacePlan
    private let sysctls: SysctlPlan
    private let filter: SeccompProgram?
    private let rootfs: String
    private let descriptors: InheritedDescriptors
    private let holdings: CapabilityHoldings
    private let resctrl: ResctrlPlan?
    let isInUserNamespace: Bool
    let initialRecord: StateRecord
    var cgroup: Cgroup?
    /// The process is made as soon as the part of its cgroup is there that a process can only be born
    /// in, which is that of v2, and makes its namespaces while the runtime makes the rest: each is a
    /// good part of all the work, and there is more than one processor. Nothing of the container is
    /// mounted before the process is in all of its cgroup.
    ///
    /// Only where the process needs nothing from outside for that, and sees the cgroups as we do.
    /// Decided once: what makes the process and what goes on in it must mean the same.
    private let entersCgroupLater: Bool
    /// Holds the place of the container's process in its systemd unit.
    var keeper: ScopeKeeper?
    private var hookStreams = HookStreams.heard
    private var hooksHaveRun = false

    /// Everything that can be decided, and refused, before anything is touched.
    init(_ spec: Spec, _ options: CreateOptions, _ recorder: Recorder) throws(EngineError) {
        var spec = spec
        if options.hearsReadiness { ReadinessRelay.prepare(&spec, options) }
        try RuntimeAnnotation.refuseMissing(spec)
        guard let process = spec.process else {
            throw EngineError(
                "plan the container", "config.json has no process",
                hint: "the specification allows that, but there would be nothing to start")
        }
        guard let root = spec.root else {
            throw EngineError("plan the container", "config.json has no root")
        }
        self.spec = spec
        self.process = process
        self.options = options
        rootfs = MountPlan.clean(
            root.path.hasPrefix("/") ? root.path : "\(options.bundle)/\(root.path)")
        plan = try MountPlan(spec, bundle: options.bundle)
        namespaces = try NamespacePlan(spec.linux.namespaces)
        try Self.requireNamespaces(spec, plan, namespaces)
        try SecurityLabels.require(for: process, mountLabel: spec.linux.mountLabel)
        sysctls = try SysctlPlan(spec.linux.sysctl, namespaces: spec.linux.namespaces)
        filter = try Self.filter(spec, options)
        holdings = try CapabilityHoldings.ofThisProcess()
        isInUserNamespace = UserNamespace.isOurs
        resctrl = try spec.linux.intelRdt.map { (wanted) throws(EngineError) in
            try ResctrlPlan(wanted, id: options.id, exists: KernelFile.exists)
        }
        descriptors = try InheritedDescriptors(preserved: options.preserveDescriptors)
        cgroup = try Self.planCgroup(spec, options)
        entersCgroupLater =
            cgroup.map { !$0.isPureV2 } == true && options.cgroupManager == .cgroupfs
            && namespaces.canBeMadeFromInside && spec.linux.netDevices.isEmpty
            && spec.linux.resources?.needsV2 != true && Identity.effectiveUser == 0
            && !isInUserNamespace
        var record = Self.record(spec, options, rootfs, namespaces, cgroup)
        record.resctrlGroups = resctrl?.made ?? []
        initialRecord = record
    }

    private static func filter(
        _ spec: Spec, _ options: CreateOptions
    ) throws(EngineError) -> SeccompProgram? {
        guard let profile = spec.linux.seccomp else { return nil }
        if RuntimeAnnotation.refusesUnknownSystemCalls(spec),
            let name = SeccompCompiler.unknownName(in: profile)
        {
            throw EngineError(
                "compile the seccomp profile", "this libseccomp does not know \(name)",
                hint: "annotation run.oci.seccomp_fail_unknown_syscall makes that an error")
        }
        return try SeccompProgram(profile, cacheRoot: options.root)
    }

    /// The caller can mount nothing but in the user namespace that the container gets.
    private var isUnprivileged: Bool {
        namespaces.makesUser && !holdings.permitted.isSuperset(of: CapabilityMask([.sysAdmin]))
    }

    private static func requireNamespaces(
        _ spec: Spec, _ plan: MountPlan, _ namespaces: NamespacePlan
    ) throws(EngineError) {
        func require(_ kind: NamespaceKind, _ what: String) -> EngineError {
            EngineError(
                "plan the container", "\(what) needs a \(kind.rawValue) namespace of its own",
                hint: "add {\"type\": \"\(kind.rawValue)\"} to linux.namespaces")
        }
        let mounts =
            !plan.steps.isEmpty || !plan.maskedPaths.isEmpty || !plan.readonlyPaths.isEmpty
        guard namespaces.made.contains(.mount) || !(mounts || plan.readonlyRoot) else {
            throw require(.mount, "a container with mounts, masked or read-only paths")
        }
        let hasNames = spec.hostname?.isEmpty == false || spec.domainname?.isEmpty == false
        guard !hasNames || spec.linux.namespace(.uts) != nil else {
            throw require(.uts, "a container with a hostname or domainname")
        }
        guard spec.linux.uidMappings.isEmpty || spec.linux.namespace(.user) != nil else {
            throw require(.user, "a container with uidMappings")
        }
        guard !namespaces.makesUser || !spec.linux.uidMappings.isEmpty else {
            throw EngineError(
                "plan the container", "a new user namespace needs linux.uidMappings",
                hint: "for example {\"containerID\": 0, \"hostID\": 100000, \"size\": 65536}")
        }
        // What cannot be granted is refused, never left out in silence (config.md).
        guard spec.linux.netDevices.isEmpty || spec.linux.namespace(.network) != nil else {
            throw require(.network, "a container with netDevices")
        }
        guard spec.linux.timeOffsets.isEmpty || namespaces.makesTime else {
            throw require(.time, "a container with timeOffsets")
        }
    }

    static func planCgroup(
        _ spec: Spec, _ options: CreateOptions
    ) throws(EngineError) -> Cgroup? {
        switch options.cgroupManager {
        case .disabled: return nil
        case .cgroupfs:
            return try Cgroup(
                path: spec.linux.cgroupsPath, id: options.id, layout: CgroupLayout.detect())
        case .systemd:
            let unit = try SystemdUnit(
                path: spec.linux.cgroupsPath, id: options.id,
                isUsers: Identity.effectiveUser != 0 || UserNamespace.isOurs)
            return try Cgroup(unit: unit, layout: CgroupLayout.detect())
        }
    }

    static func record(
        _ spec: Spec, _ options: CreateOptions, _ rootfs: String, _ namespaces: NamespacePlan,
        _ cgroup: Cgroup?
    ) -> StateRecord {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var record = StateRecord(
            ociVersion: Spec.version, bundle: options.bundle, rootfs: rootfs,
            createdSeconds: Int64(now.tv_sec), createdNanoseconds: Int64(now.tv_nsec),
            owner: Identity.effectiveUser, annotations: spec.annotations)
        record.cgroup = cgroup
        record.hasOwnPidNamespace = namespaces.made.contains(.pid)
        record.joinsKeyring = !options.noNewKeyring
        record.hasPoststopHooks = !spec.hooks.poststop.isEmpty
        return record
    }

    // MARK: Effects

    func perform(
        _ container: Container, _ directory: StateDirectory, _ configuration: [UInt8],
        lock: Int32, _ recorder: Recorder
    ) throws(EngineError) {
        // The intent comes first: from here on whatever happens can be undone by `delete`.
        try directory.write(container.record)
        try attempt("keep the configuration") { () throws(SystemError) in
            let file = try openFile(
                directory.configuration, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.writeAll(configuration)
            if options.hearsReadiness { try makeDirectories(directory.notify, mode: 0o755) }
        }
        if spec.hooks != Hooks() {
            hookStreams = try HookStreams(spec.annotations, bundle: options.bundle)
        }
        let fifo = HeldDescriptor(try directory.makeFifo())
        let console = try ConsoleSocket(options.console)
        let begin = { [self] () throws(EngineError) in
            let spawned = try recorder.measure("clone") { () throws(EngineError) in
                try spawn(fifo, console, closing: [lock])
            }
            try container.adopt(spawned)
            SealedExecutable.releaseMount()
        }
        if entersCgroupLater {
            try makeCgroup(while: begin, container, recorder)
        } else {
            try makeCgroup(container, recorder)
            try begin()
        }
        if keeper != nil { try releaseScope(recorder) }
        try recorder.measure("init") { () throws(EngineError) in
            try converse(container, directory, recorder)
        }
        container.take(console: try console.receive())
        try announce(container)
        try directory.commit()
        container.change { $0.isComplete = true }
        if !options.startFollows { try container.acknowledge() }
    }

    private func spawn(
        _ fifo: HeldDescriptor, _ console: ConsoleSocket, closing: [Int32]
    ) throws(EngineError) -> Spawned {
        let hostProc = HeldDescriptor(
            try attempt("open /proc", hint: "the runtime needs a procfs at /proc") {
                () throws(SystemError) in try PrivateProc.openHost()
            })
        let sources =
            isUnprivileged
            ? nil
            : try HostSources(
                plan, rootfs: rootfs, cgroup: entersCgroupLater ? nil : cgroup,
                bindsDevices: spec.linux.namespace(.user) != nil || isInUserNamespace)
        let setup = ProcessSetup(
            process: process, personality: spec.linux.personality,
            memoryPolicy: spec.linux.memoryPolicy, filter: filter,
            capabilities: try capabilities(), preserved: descriptors.count,
            listening: descriptors.listening, keepsGroups: RuntimeAnnotation.keepsGroups(spec))
        let entry = try cgroup.map { (cgroup) throws(EngineError) in
            HeldCgroupEntry(try cgroup.entry(onlyUnified: entersCgroupLater))
        }
        let initial = ContainerInit(
            spec: spec, id: options.id, bundle: options.bundle, rootfs: rootfs, plan: plan,
            namespaces: namespaces, sysctls: sysctls, setup: setup, noPivot: options.noPivot,
            noNewKeyring: options.noNewKeyring, hostProc: hostProc,
            hostMounts: try NamespacePlan.ownMounts(),
            consoleSocket: console.theirs, cgroup: cgroup, isUnprivileged: isUnprivileged,
            entersCgroupLater: entersCgroupLater, fifo: fifo, hookStreams: hookStreams)
        return try Spawn.process(
            namespaces, cgroup: entry, closing: closing, isTraceable: isUnprivileged,
            unsharesItself: entersCgroupLater
        ) { channel in
            initial.run(sources, channel)
        }
    }

    private func capabilities() throws(EngineError) -> CapabilityPlan {
        let isElsewhere = spec.linux.namespace(.user) != nil
        return CapabilityPlan(
            process.capabilities, holdings: isElsewhere ? holdings.insideUserNamespace : holdings)
    }

    // MARK: The handshake

    private func converse(
        _ container: Container, _ directory: StateDirectory, _ recorder: Recorder
    ) throws(EngineError) {
        try prepare(container.record.initPid)
        try container.tell(.prepared)
        // While the process is busy.
        var complete = container.record
        complete.isComplete = true
        container.recordText = try directory.prepare(complete)
        while true {
            guard let message = try container.hear() else { throw container.explainDeath() }
            switch message {
            case .ready: return
            case .failed(let error): throw error
            case .phase(let phase): recorder.note(phase)
            case .warning(let text): recorder.warn(text)
            case .clocks:
                try setClocks(of: container.record.initPid)
                try container.tell(.proceed)
            case .mounted:
                try runHooks(container, directory)
                try container.tell(.proceed)
            case .seccompListener(let number):
                try deliver(number, container)
                try container.tell(.proceed)
            case .spawned, .prepared, .proceed, .acknowledged:
                throw EngineError("hear the container's process", "it says what only others say")
            }
        }
    }

    /// What can only be done to a process from outside.
    private func prepare(_ pid: Int32) throws(EngineError) {
        if namespaces.makesUser {
            try UserMapping.write(
                uids: spec.linux.uidMappings, gids: spec.linux.gidMappings, of: pid,
                holdings: holdings)
        }
        if let value = process.oomScoreAdj { try OOMScore.set(value, of: pid) }
        try resctrl?.apply(to: pid)
        if !spec.linux.netDevices.isEmpty {
            let joined = namespaces.joined.first { $0.kind == .network }?.descriptor
            try NetworkDevices.move(spec.linux.netDevices, to: joined, of: pid)
        }
    }

    private func setClocks(of pid: Int32) throws(EngineError) {
        let offsets = spec.linux.timeOffsets
        var text = ""
        if let offset = offsets.monotonic {
            text += "monotonic \(offset.seconds) \(offset.nanoseconds)\n"
        }
        if let offset = offsets.boottime {
            text += "boottime \(offset.seconds) \(offset.nanoseconds)\n"
        }
        try attempt("set linux.timeOffsets") { () throws(SystemError) in
            let file = try openFile("/proc/\(pid)/timens_offsets", O_WRONLY)
            _ = try file.write(Array(text.utf8)[...])
        }
    }

    private func runHooks(
        _ container: Container, _ directory: StateDirectory
    ) throws(EngineError) {
        // A hook may ask for the container's state, or may never come back.
        try directory.write(container.record)
        hooksHaveRun = true
        try HookRunner.runWhileCreating(
            spec.hooks, state: container.hookState(.creating), directory: options.bundle,
            streams: hookStreams)
    }

    private func deliver(_ number: Int32, _ container: Container) throws(EngineError) {
        guard let profile = spec.linux.seccomp else { return }
        let listener = try container.descriptorOfInit(number)
        try SeccompListener.deliver(
            listener, for: profile, pid: container.record.initPid,
            state: container.containerState(.creating))
    }

    private func announce(_ container: Container) throws(EngineError) {
        if let path = options.pidFile { try PidFile.write(container.record.initPid, to: path) }
        if let path = options.pidfdSocket ?? RuntimeAnnotation.pidfdReceiver(spec) {
            try container.sendPidfd(to: path)
        }
    }

    // MARK: Failure

    /// Leaves the machine as it was. What cannot be undone now, `delete --force` finds by the
    /// record.
    func undo(_ container: Container, _ directory: StateDirectory, _ recorder: Recorder) {
        container.killInit()
        do throws(EngineError) {
            try container.record.cgroup?.kill(SIGKILL)
            try container.record.cgroup?.remove()
            ResctrlPlan.remove(container.record.resctrlGroups)
            try directory.remove()
        } catch {
            recorder.warn("\(options.id) is not gone: \(error)")
        }
        guard hooksHaveRun else { return }
        do throws(EngineError) {
            try HookRunner.run(
                spec.hooks.poststop, at: .poststop, state: container.hookState(.stopped),
                directory: options.bundle, streams: hookStreams)
        } catch {
            recorder.warn("\(error)")
        }
    }
}
