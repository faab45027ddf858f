internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// The first process of a container, from clone3(2) to execve(2).
///
/// It is the runtime's own program that goes on in the new namespaces: there is no second program.
/// Until its end nothing of the image is executed, nobody may trace it, and what it opens is closed
/// by exec.
struct ContainerInit {
    let spec: Spec
    let id: String
    let bundle: String
    let rootfs: String
    let plan: MountPlan
    let namespaces: NamespacePlan
    let sysctls: SysctlPlan
    let setup: ProcessSetup
    let noPivot: Bool
    let noNewKeyring: Bool
    let hostProc: HeldDescriptor
    /// The mount namespace of the runtime, in which nothing may be mounted.
    let hostMounts: UInt64
    let consoleSocket: HeldDescriptor?
    let cgroup: Cgroup?
    /// The caller may not mount anything outside of the user namespace that it makes.
    let isUnprivileged: Bool
    /// Its cgroup is being made; it makes its namespaces meanwhile.
    let entersCgroupLater: Bool
    /// exec.fifo, both ways, so that a reader waits though there is no writer.
    let fifo: HeldDescriptor
    /// Of the hooks that it runs itself.
    let hookStreams: HookStreams

    /// Never comes back. A failure before exec is told to the runtime; one after `start`, whose
    /// runtime may be gone, also to standard error.
    func run(_ sources: HostSources?, _ channel: borrowing HandshakeChannel) -> Never {
        do throws(EngineError) {
            let recorder = Recorder()
            try recorder.measure("namespaces") { () throws(EngineError) in
                try enterNamespaces(channel)
            }
            try recorder.measure("rootfs") { () throws(EngineError) in
                guard var sources else { return try enterRootfs(try openSources(), channel) }
                if entersCgroupLater { try sources.openCgroups(cgroup, for: plan) }
                try enterRootfs(sources, channel)
            }
            let program = try recorder.measure("identity") { () throws(EngineError) in
                try becomeProcess(channel)
            }
            try setup.installLateFilter(channel, listening: true)
            // From here on the end of the line says that the runtime has ended; a signal could
            // still come after its last word.
            try setDeathSignal(0)
            try setTraceable(false)
            let words =
                recorder.phases.map { Handshake.phase($0) }
                + program.warnings.map { Handshake.warning($0) }
            tell(words + [.ready], channel)
            // Made while the runtime answers.
            let execution = ProgramWords(setup.process.args, environment: program.environment)
            hear(.acknowledged, channel)
            try execute(program.path, execution, channel)
        } catch {
            fail(error, channel)
        }
        _exit(255)
    }

    // MARK: Namespaces

    private func enterNamespaces(_ channel: borrowing HandshakeChannel) throws(EngineError) {
        try attempt("prepare the container's process") { () throws(SystemError) in
            try ProcessControl.setParentDeathSignal(SIGKILL)
        }
        umask(0)
        if entersCgroupLater { try Spawn.unshare(namespaces.made) }
        if !namespaces.needsStage { try namespaces.join() }
        if entersCgroupLater { try raiseLoopback() }
        hear(.prepared, channel)
        if entersCgroupLater { try cgroup?.joinHierarchies() }
        Scheduling.forgetCaller()
        try attempt("prepare the container's process") { () throws(SystemError) in
            if namespaces.makesUser { try Identity.becomeRoot() }
            try ProcessControl.beginSession()
        }
        try setTraceable(true)
        try joinKeyring()
        try attempt("make the cgroup and time namespaces") { () throws(SystemError) in
            if namespaces.makesCgroup { try Namespaces.cgroup.unshare() }
            if namespaces.makesTime { try Namespaces.time.unshare() }
        }
        if namespaces.makesTime && !spec.linux.timeOffsets.isEmpty {
            tell(.clocks, channel)
            hear(.proceed, channel)
        }
        try enterTimeNamespace()
        if !entersCgroupLater { try raiseLoopback() }
    }

    private func raiseLoopback() throws(EngineError) {
        guard namespaces.made.contains(.network) else { return }
        try attempt("prepare the network namespace") { () throws(SystemError) in
            try Loopback.raise()
        }
    }

    /// A new time namespace is only for children; that a later exec enters it too is new in Linux
    /// 6.3 (time_namespaces(7)).
    private func enterTimeNamespace() throws(EngineError) {
        guard namespaces.makesTime else { return }
        try attempt("enter the time namespace") { () throws(SystemError) in
            try Namespaces.time.join(
                try openFile(
                    in: hostProc.descriptor, "self/ns/time_for_children", .read, resolve: []))
        }
    }

    /// Keys of the caller's session are none of the container's (keyrings(7)).
    private func joinKeyring() throws(EngineError) {
        guard !noNewKeyring else { return }
        let stage = "join a session keyring"
        do throws(SystemError) {
            let serial = try ProcessControl.joinNewKeyring("_ses.\(id)")
            // Possessor: all. User: view, read, search, link.
            try ProcessControl.setKeyringPermissions(serial, 0x3f1b_0000)
        } catch {
            // A kernel without keyrings has none to share.
            if error.code == ENOSYS { return }
            let hint =
                error.code == EDQUOT
                ? "kernel.keys.maxkeys is reached: raise it, or use --no-new-keyring" : ""
            throw EngineError(error, during: stage, hint: hint)
        }
    }

    /// Of a process that it may not trace an unprivileged runtime could not set the clocks. Until
    /// the program there is nobody else in the user namespace.
    private func setTraceable(_ on: Bool) throws(EngineError) {
        guard isUnprivileged else { return }
        try attempt("prepare the container's process") { () throws(SystemError) in
            try ProcessControl.setDumpable(on)
        }
    }

    /// Mounts of the caller's that only this process may copy.
    private func openSources() throws(EngineError) -> HostSources {
        try HostSources(plan, rootfs: rootfs, cgroup: cgroup, bindsDevices: true)
    }

    private func privateProc() throws(EngineError) -> PrivateProc {
        try attempt("open a procfs") { () throws(SystemError) in
            try PrivateProc(fallback: hostProc.descriptor)
        }
    }

    // MARK: Rootfs

    private func enterRootfs(
        _ sources: HostSources, _ channel: borrowing HandshakeChannel
    ) throws(EngineError) {
        guard let root = sources.rootfs else {
            throw EngineError("enter the rootfs \(rootfs)", "it was not opened")
        }
        guard namespaces.made.contains(.mount) else {
            return try enterForeignMounts(root, channel)
        }
        try attachRootfs(root.descriptor)
        var steps = MountSteps(
            Rootfs(
                try attempt("open the rootfs") { () throws(SystemError) in
                    try root.descriptor.duplicate()
                }),
            sources: sources, proc: try privateProc(), hasCgroupNamespace: namespaces.makesCgroup)
        for step in plan.steps { try steps.apply(step) }
        for node in plan.nodes { try steps.makeNode(node) }
        if plan.makesDevices { try steps.makeDeviceLinks() }
        if setup.process.terminal {
            let terminal = try steps.makeConsole()
            try attach(terminal)
        }
        try runHooksBeforePivot(channel)
        try sysctls.apply(procfs: steps.proc.root)
        try steps.makeReadOnly(plan.readonlyPaths)
        try steps.mask(plan.maskedPaths)
        // As runc does; where it cannot be made, entering it will say why.
        _ = try? steps.rootfs.directory(setup.process.cwd)
        try steps.seal()
        if plan.readonlyRoot { try steps.makeRootReadOnly() }
        try pivot(steps)
        try setNames()
    }

    /// The mounts are somebody else's; only the root is the container's, and whatever else the
    /// configuration asks for that needs no mount.
    private func enterForeignMounts(
        _ root: HeldDescriptor, _ channel: borrowing HandshakeChannel
    ) throws(EngineError) {
        try runHooksBeforePivot(channel)
        if !sysctls.entries.isEmpty {
            let proc = try privateProc()
            try sysctls.apply(procfs: proc.root)
        }
        try attempt("enter the rootfs \(rootfs)") { () throws(SystemError) in
            try root.descriptor.makeWorkingDirectory()
            try MountTree.changeRoot()
        }
        if setup.process.terminal {
            let top = try attempt("open the rootfs") { () throws(SystemError) in
                try root.descriptor.duplicate()
            }
            let terminal = try ContainerTerminal.make(in: Rootfs(top))
            try attach(terminal)
        }
        try setNames()
    }

    /// What follows takes away whatever is mounted: if any decision before were wrong, from the host.
    private func requireOwnMounts() throws(EngineError) {
        let own = try NamespacePlan.ownMounts()
        guard own != hostMounts else {
            throw EngineError(
                "enter the rootfs \(rootfs)", "the process has no mount namespace of its own")
        }
    }

    /// Where hooks expect it: at its path. Where a user namespace may not walk that path, over `/`.
    private func attachRootfs(_ mount: borrowing OwnedDescriptor) throws(EngineError) {
        try requireOwnMounts()
        try attempt("attach the rootfs \(rootfs)") { () throws(SystemError) in
            let top = try openFile("/", OpenMode.pathDirectory.flags)
            if plan.hostPropagation.kind == .shared {
                try MountTree.change(top, propagation: .private, name: "/")
            } else {
                try MountTree.change(
                    top, propagation: plan.hostPropagation.kind, recursive: true, name: "/")
            }
            do throws(SystemError) {
                let place = try openFile(rootfs, OpenMode.pathDirectory.flags)
                if plan.hostPropagation.kind == .shared { try makeParentPrivate(rootfs) }
                try MountTree.attach(mount, to: place, name: rootfs)
            } catch {
                guard error.code == EACCES else { throw error }
                try MountTree.attach(mount, to: top, name: "/")
            }
        }
    }

    /// With a shared `/` the mounts that follow would appear on the host: the mount that the rootfs
    /// lies on, whichever directory above it is that one's top, is taken out.
    private func makeParentPrivate(_ path: String) throws(SystemError) {
        var path = path[...]
        while !path.isEmpty {
            let directory = try openFile(String(path), OpenMode.pathDirectory.flags)
            do throws(SystemError) {
                return try MountTree.change(
                    directory, propagation: .private, name: String(path))
            } catch {
                // EINVAL: no mount begins here.
                guard error.code == EINVAL, let slash = path.lastSlash else { throw error }
                path = path[..<slash]
            }
        }
    }

    private func attach(_ terminal: borrowing Terminal) throws(EngineError) {
        try ConsoleHandover.give(terminal, to: consoleSocket, size: setup.process.consoleSize)
    }

    private func runHooksBeforePivot(
        _ channel: borrowing HandshakeChannel
    ) throws(EngineError) {
        let hooks = spec.hooks
        guard
            !hooks.prestart.isEmpty || !hooks.createRuntime.isEmpty
                || !hooks.createContainer.isEmpty
        else { return }
        tell(.mounted, channel)
        hear(.proceed, channel)
        try HookRunner.run(
            hooks.createContainer, at: .createContainer, state: hookState(.creating),
            directory: bundle, streams: hookStreams)
    }

    private func hookState(_ status: ContainerState.Status) -> [UInt8] {
        let state = ContainerState(
            id: id, status: status, pid: getpid(), bundle: bundle,
            annotations: spec.annotations)
        return Array(state.jsonText().utf8)
    }

    private func pivot(_ steps: borrowing MountSteps) throws(EngineError) {
        try attempt("enter the rootfs \(rootfs)", hint: noPivot ? "" : pivotHint) {
            () throws(SystemError) in
            if noPivot {
                try MountTree.moveRoot(to: steps.rootfs.root)
            } else {
                if plan.hostPropagation.kind != .shared { leaveMounts(steps.proc) }
                try MountTree.pivotRoot(to: steps.rootfs.root)
            }
            if let change = plan.rootPropagation {
                let top = try openFile("/", OpenMode.pathDirectory.flags)
                // Slave and private the whole tree is already, but for mounts that want otherwise.
                let isForAll = change.kind == .shared || change.kind == .unbindable
                let recursive = change.recursive && isForAll
                try MountTree.change(
                    top, propagation: change.kind, recursive: recursive, name: "/")
                if recursive { try steps.restorePropagation() }
            }
        }
    }

    /// Below what is about to be detached: see there. Not on its top, which would then be taken for
    /// it; and on a shared mount they would appear on the host.
    private func leaveMounts(_ proc: borrowing PrivateProc) {
        // Nothing but time is lost where that does not work.
        guard (try? proc.leave(at: "/proc")) != nil, let file = try? proc.open("version", .path)
        else {
            return
        }
        try? SealedExecutable.leaveMount(on: file)
    }

    private var pivotHint: String { "a root on a ramdisk needs --no-pivot" }

    private func setNames() throws(EngineError) {
        try attempt("set the host name") { () throws(SystemError) in
            if let name = spec.hostname, !name.isEmpty { try ProcessControl.setHostname(name) }
            if let name = spec.domainname, !name.isEmpty {
                try ProcessControl.setDomainname(name)
            }
        }
    }

    // MARK: Identity and program

    /// What is to be executed.
    private struct Program {
        let path: String
        let environment: [String]
        let warnings: [String]
    }

    private func becomeProcess(
        _ channel: borrowing HandshakeChannel
    ) throws(EngineError) -> Program {
        let warnings = try setup.limit()
        try setup.becomeUser(channel)
        let environment = setup.environment()
        // It was lost with the old identity.
        try setDeathSignal(SIGKILL)
        let path = try ProgramLookup.find(
            setup.process.args.first ?? "", environment: environment)
        return Program(path: path, environment: environment, warnings: warnings)
    }

    private func execute(
        _ path: String, _ words: borrowing ProgramWords, _ channel: borrowing HandshakeChannel
    ) throws(EngineError) {
        SealedExecutable.releaseMount()
        try attempt("wait for the start") { () throws(SystemError) in
            var byte: [UInt8] = [0]
            _ = try fifo.descriptor.read(into: &byte)
        }
        try HookRunner.run(
            spec.hooks.startContainer, at: .startContainer, state: hookState(.created),
            directory: "/", streams: hookStreams)
        try setup.execute(path, words, channel)
    }

    private func setDeathSignal(_ signal: Int32) throws(EngineError) {
        try attempt("prepare the container's process") { () throws(SystemError) in
            try ProcessControl.setParentDeathSignal(signal)
        }
    }

    // MARK: The runtime's ear

    private func tell(_ message: Handshake, _ channel: borrowing HandshakeChannel) {
        tell([message], channel)
    }

    private func tell(_ messages: [Handshake], _ channel: borrowing HandshakeChannel) {
        guard (try? channel.send(messages)) != nil else { _exit(1) }
    }

    /// A runtime that is gone leaves nothing to become. One that is there must not take the silence
    /// of a process that could not hear it for that of a program that has begun.
    private func hear(_ message: Handshake, _ channel: borrowing HandshakeChannel) {
        do throws(SystemError) {
            guard try channel.receive() == message else { _exit(1) }
        } catch {
            guard error.code != ECONNRESET else { _exit(1) }
            fail(EngineError(error, during: "hear from the runtime"), channel)
        }
    }

    private func fail(_ error: EngineError, _ channel: borrowing HandshakeChannel) -> Never {
        if (try? channel.send(.failed(error))) == nil {
            let text = Array("\(error)\n".utf8)
            _ = unsafe write(2, text, text.count)
        }
        _exit(error.code == ENOENT ? 127 : error.code == EACCES ? 126 : 255)
    }
}
