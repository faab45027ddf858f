internal import CLinux
internal import Glibc
internal import Linux
package import OCI
internal import Wire

extension Container {
    /// Brings a container back from the files of a checkpoint; it runs when this returns. On
    /// failure nothing is left.
    package static func restore(
        _ spec: Spec, configuration: [UInt8], options: CreateOptions,
        from checkpoint: CheckpointOptions, recorder: Recorder
    ) throws(EngineError) -> Container {
        try validate(id: options.id)
        let plan = try MountPlan(spec, bundle: options.bundle)
        let cgroup = try Creation.planCgroup(spec, options)
        guard let root = spec.root else {
            throw EngineError("plan the container", "config.json has no root")
        }
        let rootfs = MountPlan.clean(
            root.path.hasPrefix("/") ? root.path : "\(options.bundle)/\(root.path)")
        let record = Creation.record(
            spec, options, rootfs, try NamespacePlan(spec.linux.namespaces), cgroup)
        // Also says, before anything is made, that there are no images.
        let note = try CheckpointNote(from: checkpoint.imagePath)
        let directory = StateDirectory(id: options.id, root: options.root)
        try directory.make()
        let container = Container(id: options.id, root: options.root, record: record)
        let restoration = Restoration(spec, plan, options, checkpoint, note, container)
        do throws(EngineError) {
            let lock = try directory.lock()
            try restoration.perform(configuration, recorder)
            _ = lock.raw
        } catch {
            restoration.undo(recorder)
            throw error
        }
        return container
    }
}

/// The coming back of one container.
private final class Restoration {
    private let spec: Spec
    private let plan: MountPlan
    private let options: CreateOptions
    private let checkpoint: CheckpointOptions
    private let note: CheckpointNote
    private let container: Container
    private var keeper: ScopeKeeper?

    init(
        _ spec: Spec, _ plan: MountPlan, _ options: CreateOptions,
        _ checkpoint: CheckpointOptions, _ note: CheckpointNote, _ container: Container
    ) {
        self.spec = spec
        self.plan = plan
        self.options = options
        self.checkpoint = checkpoint
        self.note = note
        self.container = container
    }

    private var directory: StateDirectory { container.directory }
    private var top: String { "\(directory.path)/criu-root" }

    func perform(_ configuration: [UInt8], _ recorder: Recorder) throws(EngineError) {
        try directory.write(container.record)
        try attempt("keep the configuration") { () throws(SystemError) in
            let file = try openFile(
                directory.configuration, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try file.writeAll(configuration)
            try makeDirectories(top, mode: 0o700)
        }
        try makeCgroup(recorder)
        try mountRoot()
        let images = try CheckpointFolder(checkpoint.imagePath)
        let work = try CheckpointFolder(checkpoint.workPath ?? directory.criuWork)
        let pid = try recorder.measure("restore") { () throws(EngineError) in
            try restore(images, work, recorder)
        }
        keeper = nil
        try adopt(pid)
        if let path = options.pidFile { try PidFile.write(pid, to: path) }
        container.change { $0.isComplete = true }
        try directory.write(container.record)
    }

    private func makeCgroup(_ recorder: Recorder) throws(EngineError) {
        guard var cgroup = container.record.cgroup else { return }
        do throws(EngineError) {
            keeper = try cgroup.beginUnit(
                id: options.id, devices: spec.linux.resources?.devices ?? [],
                annotations: spec.annotations)
            try cgroup.make(spec.linux.resources, recorder: recorder)
        } catch {
            // It has undone itself, and may be somebody else's.
            container.change { $0.cgroup = nil }
            throw error
        }
        container.change { $0.cgroup = cgroup }
    }

    private func restore(
        _ images: CheckpointFolder, _ work: CheckpointFolder, _ recorder: Recorder
    ) throws(EngineError) -> Int32 {
        // The cgroups have been made.
        let external = try CheckpointPlan(
            spec, plan, cgroup: container.record.cgroup, rootfs: container.record.rootfs)
        let spaces = try HeldNamespaces(external)
        let request = try request(images, work, external, spaces)
        let entry = try container.record.cgroup.map { (cgroup) throws(EngineError) in
            HeldCgroupEntry(try cgroup.entry())
        }
        let inherited = [images.raw, work.raw] + spaces.files.flatMap { $0.fd }
        let criu = try CriuProcess(cgroup: entry, inherited: inherited)
        let answer: CRIU.Response
        do throws(EngineError) {
            answer = try criu.perform(request, log: "\(work.path)/restore.log") {
                (notice) throws(EngineError) in try hear(notice, external)
            }
        } catch {
            criu.abandon(recorder)
            throw error
        }
        try criu.finish(recorder)
        unmountRoot()
        guard let pid = answer.restore?.pid, pid > 0 else {
            throw EngineError("restore \(options.id)", "criu names no process")
        }
        return pid
    }

    private func request(
        _ images: CheckpointFolder, _ work: CheckpointFolder, _ external: CheckpointPlan,
        _ spaces: HeldNamespaces
    ) throws(EngineError) -> CRIU.Request {
        var restore = checkpoint.common(spec, images, work, log: "restore.log")
        restore.root = top
        restore.rstSibling = true
        restore.external = external.whenRestoring
        restore.inheritFd = note.inherited + spaces.files
        restore.lsmProfile = checkpoint.lsmProfile ?? ""
        restore.lsmMountContext = checkpoint.lsmMountContext ?? ""
        restore.cgRoot = cgroupRoots
        return CRIU.Request(type: .restore, opts: restore)
    }

    /// The container may be another one than it was, with other cgroups: those of the images are
    /// taken as relative to them.
    private var cgroupRoots: [CRIU.CgroupRoot] {
        guard let cgroup = container.record.cgroup, let layout = try? CgroupLayout.detect() else {
            return []
        }
        return cgroup.directories.compactMap { directory in
            let hierarchy = layout.hierarchies.first { $0.name == directory.hierarchy }
            guard let hierarchy else { return nil }
            // Without a name it is for what no other is for, which leaves v2.
            return CRIU.CgroupRoot(
                ctrl: directory.version == .v2 ? "" : directory.hierarchy,
                path: String(directory.path.dropFirst(hierarchy.mountPoint.count)))
        }
    }

    /// criu wants the root to be a mount, and the places of what is mounted from outside to be
    /// there. The mounts of the host are left alone: from here on the runtime has its own, before
    /// it opens the directories in which criu will mount things too.
    private func mountRoot() throws(EngineError) {
        try attempt("mount the rootfs \(container.record.rootfs) for criu") {
            () throws(SystemError) in
            try Namespaces.mount.unshare()
            let host = try openFile("/", OpenMode.pathDirectory.flags)
            // What the rootfs shared with the host when it was dumped criu finds here again.
            try MountTree.change(host, propagation: .slave, recursive: true, name: "/")
            let mount = try MountTree.clone(path: container.record.rootfs, recursive: true)
            let place = try openFile(top, OpenMode.pathDirectory.flags)
            try MountTree.attach(mount, to: place, name: top)
            let root = Rootfs(mount)
            for step in plan.steps where !isBelowAnother(step.destination) {
                let place = note.places[step.destination] ?? step.destination
                // What is missing and cannot be made criu will name.
                if case .bind(let source, _) = step.content,
                    (try? FileStatus(path: source))?.kind != .directory
                {
                    _ = try? root.file(place)
                } else {
                    _ = try? root.directory(place)
                }
            }
        }
    }

    private func unmountRoot() { try? MountTree.detach(path: top) }

    /// What lies in a filesystem that criu fills is not in the rootfs.
    private func isBelowAnother(_ destination: String) -> Bool {
        plan.steps.contains { destination.hasPrefix("\($0.destination)/") }
    }

    // MARK: The restored process

    private func hear(
        _ notice: consuming CriuProcess.Notice, _ external: CheckpointPlan
    ) throws(EngineError) {
        switch notice.script {
        case "setup-namespaces":
            let pid = notice.pid
            container.change { $0.initPid = pid }
            try directory.write(container.record)
            try HookRunner.runWhileCreating(
                spec.hooks, state: container.hookState(.creating), directory: options.bundle,
                streams: HookStreams(spec.annotations, bundle: options.bundle))
        // All is there, and nothing of the container runs yet.
        case "post-restore": try restrictMounts(external, of: notice.pid)
        case "orphan-pts-master":
            guard let master = notice.takeDescriptor() else { return }
            switch options.console {
            case .socket(let path):
                try ConsoleHandover.send(master.raw, named: "/dev/console", to: path)
            case .caller: container.take(console: master)
            case .none: return
            }
        default: return
        }
    }

    /// Each gets the options that it is to have; criu has not always seen to that.
    private func restrictMounts(
        _ external: CheckpointPlan, of pid: Int32
    ) throws(EngineError) {
        let steps = external.restricted(of: plan, note.places)
        guard !steps.isEmpty || plan.readonlyRoot, spec.linux.makes(.mount) else { return }
        try MountVisitor.send(
            to: try ExecNamespaces(spec.linux.namespaces, of: pid), try hold(pid),
            .restrict(steps, readonlyRoot: plan.readonlyRoot), "give the mounts their options")
    }

    private func hold(_ pid: Int32) throws(EngineError) -> Pidfd {
        let process = try attempt("hold the restored process") { () throws(SystemError) in
            guard let status = ProcessStatus(pid: pid) else {
                throw SystemError("find process \(pid)", ESRCH)
            }
            return try Pidfd.find(pid: pid, startTime: status.startTime)
        }
        guard let process = process else {
            throw EngineError("restore \(options.id)", "the process has ended at once", code: ESRCH)
        }
        return process
    }

    /// criu has made it as our child.
    private func adopt(_ pid: Int32) throws(EngineError) {
        let process = try hold(pid)
        let ends = try attempt("hold the restored process") { () throws(SystemError) in
            try UnixSocket.pair()
        }
        // Nobody is at the other end: there is nothing left to be agreed on.
        let (ours, theirs) = ends.release()
        close(theirs)
        try container.adopt(
            Spawned(
                pid: pid, pidfd: process,
                channel: HandshakeChannel(OwnedDescriptor(owning: ours))))
    }

    func undo(_ recorder: Recorder) {
        keeper = nil
        unmountRoot()
        container.killInit()
        do throws(EngineError) {
            try container.record.cgroup?.kill(SIGKILL)
            try container.record.cgroup?.remove()
            try directory.remove()
        } catch {
            recorder.warn("\(options.id) is not gone: \(error)")
        }
    }
}

/// Namespaces that the container has joined, opened for criu.
private final class HeldNamespaces {
    private(set) var files: [CRIU.InheritedFile] = []
    private var held: [HeldDescriptor] = []

    init(_ plan: CheckpointPlan) throws(EngineError) {
        for entry in plan.joined {
            let file = HeldDescriptor(
                try attempt("open namespace \(entry.path)") { () throws(SystemError) in
                    try openFile(entry.path, O_RDONLY)
                })
            held.append(file)
            files.append(CRIU.InheritedFile(key: entry.key, fd: [file.descriptor.raw]))
        }
    }
}
