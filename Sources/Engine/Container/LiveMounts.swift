internal import Glibc
internal import Linux
package import OCI

extension Container {
    /// Mounts more in a container that runs, as config.json's `mounts` would; all of them or none.
    /// Sources are the caller's files. The container's configuration stays as it was.
    package func add(_ mounts: [Mount]) throws(EngineError) {
        let bundle = record.bundle
        let cgroup = record.cgroup
        try change(mounts, "mount in \(id)") { (spec) throws(EngineError) in
            var spec = spec
            spec.mounts = mounts
            let plan = try MountPlan(spec, bundle: bundle)
            return .add(plan.steps, try HostSources(mountsOf: plan, cgroup: cgroup))
        }
    }

    /// Unmounts what begins at the destinations, the last first; options and sources do not matter.
    package func remove(_ mounts: [Mount]) throws(EngineError) {
        try change(mounts, "unmount in \(id)") { _ throws(EngineError) in
            .remove(mounts.reversed().map { MountPlan.clean($0.destination) })
        }
    }

    private func change(
        _ mounts: [Mount], _ stage: String, _ work: (Spec) throws(EngineError) -> MountWork
    ) throws(EngineError) {
        let lock = try directory.lock()
        guard [.created, .running, .paused].contains(statusUnderLock()),
            let pidfd = try initPidfd()
        else { throw EngineError(stage, "container not running", code: ESRCH) }
        let spec = try spec()
        guard spec.linux.makes(.mount) else {
            throw EngineError(stage, "the container has no mount namespace of its own")
        }
        guard !mounts.contains(where: { MountPlan.clean($0.destination) == "/" }) else {
            throw EngineError(stage, "the root of a running container cannot be changed")
        }
        let target = try ExecNamespaces(spec.linux.namespaces, of: record.initPid)
        try MountVisitor.send(to: target, pidfd, try work(spec), stage)
        _ = lock.raw
    }
}

/// What is to be done with the mounts of a container.
enum MountWork {
    case add([MountPlan.Step], HostSources)
    /// What the options say of a mount, once more, where there is none of the image's links on the way;
    /// and of the root.
    case restrict([MountPlan.Step], readonlyRoot: Bool)
    /// Clean paths in the container.
    case remove([String])
}

/// A process that enters a container, works on its mounts, and ends. It runs nothing of the image,
/// nobody there may trace it, and it resolves no path but from the container's root.
struct MountVisitor {
    private let work: MountWork
    private let namespaces: ExecNamespaces
    /// The pidfd of the container's init.
    private let container: Int32
    private let hostProc: HeldDescriptor

    /// Returns when the work is done.
    static func send(
        to namespaces: ExecNamespaces, _ container: borrowing Pidfd, _ work: MountWork,
        _ stage: String
    ) throws(EngineError) {
        let visitor = MountVisitor(
            work: work, namespaces: namespaces, container: container.descriptor.raw,
            hostProc: HeldDescriptor(
                try attempt("open /proc") { () throws(SystemError) in try PrivateProc.openHost() }))
        let spawned = try Spawn.joining(namespaces, container, cgroup: nil) { channel in
            visitor.run(channel)
        }
        let answer = try attempt(stage) { () throws(SystemError) in
            try spawned.channel.receive()
        }
        let status = try attempt(stage) { () throws(SystemError) in try spawned.pidfd.wait() }
        switch answer {
        case .ready: return
        case .failed(let error): throw error
        default: throw EngineError(stage, "the process that does it ended (\(status))")
        }
    }

    private func run(_ channel: borrowing HandshakeChannel) -> Never {
        do throws(EngineError) {
            let proc = try attempt("join the container") { () throws(SystemError) in
                try ProcessControl.setParentDeathSignal(SIGKILL)
                umask(0)
                try namespaces.join(OwnedDescriptor(owning: container), withPid: false)
                return try PrivateProc(fallback: hostProc.descriptor)
            }
            switch work {
            case .add(let steps, let sources): try add(steps, sources, proc)
            case .remove(let paths): try remove(paths, proc)
            case .restrict(let steps, let readonlyRoot): try restrict(steps, readonlyRoot)
            }
            try? channel.send(.ready)
            _exit(0)
        } catch {
            try? channel.send(.failed(error))
            _exit(1)
        }
    }

    private func openRoot() throws(EngineError) -> Rootfs {
        try attempt("open the container's root") { () throws(SystemError) in
            Rootfs(try openFile("/", OpenMode.pathDirectory.flags))
        }
    }

    private func add(
        _ steps: [MountPlan.Step], _ sources: HostSources, _ proc: consuming PrivateProc
    ) throws(EngineError) {
        var mounts = MountSteps(
            try openRoot(), sources: sources, proc: proc, hasCgroupNamespace: true)
        var done: [String] = []
        do throws(EngineError) {
            for step in steps {
                try mounts.apply(step)
                if step.content != .remount { done.append(step.destination) }
            }
            try mounts.seal()
        } catch {
            for path in done.reversed() {
                try? Self.unmount(path, in: mounts.rootfs, mounts.proc)
            }
            throw error
        }
    }

    private func restrict(
        _ steps: [MountPlan.Step], _ readonlyRoot: Bool
    ) throws(EngineError) {
        let root = try openRoot()
        if readonlyRoot {
            try attempt("make the rootfs read-only") { () throws(SystemError) in
                try MountTree.change(root.root, set: .readOnly, name: "/")
            }
        }
        for step in steps {
            try attempt("change the mount on \(step.destination)") { () throws(SystemError) in
                let mount = try root.openWithoutLinks(step.destination, .path)
                try step.options.change(
                    mount, takingBack: step.content == .remount, name: step.destination)
                try step.options.changeTree(mount, name: step.destination)
            }
        }
    }

    private func remove(
        _ paths: [String], _ proc: borrowing PrivateProc
    ) throws(EngineError) {
        let root = try openRoot()
        for path in paths {
            do throws(SystemError) {
                try Self.unmount(path, in: root, proc)
            } catch {
                throw EngineError(
                    error, during: "unmount \(path)",
                    hint: error.code == EINVAL ? "no mount begins there" : "")
            }
        }
    }

    private static func unmount(
        _ path: String, in root: borrowing Rootfs, _ proc: borrowing PrivateProc
    ) throws(SystemError) {
        let mount = try root.open(path)
        let descriptors = try proc.open("self/fd", .directory)
        try MountTree.detach(mount, descriptors: descriptors, name: path)
    }
}
