internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// A descriptor that can stand in an array; closed with the last reference.
final class HeldDescriptor {
    let descriptor: OwnedDescriptor
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}

/// What a container takes from the host, opened as the caller of the runtime sees it, before any
/// namespace is entered: no path of the host is resolved later, when somebody else's mounts,
/// links or user could change what it means.
struct HostSources {
    /// The rootfs and what is mounted in it, as a detached mount; nil for a container that has its
    /// root.
    private(set) var rootfs: HeldDescriptor?
    /// By index in `mounts`.
    private(set) var binds: [Int: HeldDescriptor] = [:]
    /// v1: one a hierarchy, by the name of its directory. v2: the whole tree, named "".
    private(set) var cgroups: [(name: String, mount: HeldDescriptor)] = []
    /// Device nodes to be bound where none can be made, by path in the container.
    private(set) var devices: [String: HeldDescriptor] = [:]
    /// The machine's /dev/null, verified, for what is to be masked.
    private(set) var null: HeldDescriptor?

    init(
        _ plan: MountPlan, rootfs path: String, cgroup: Cgroup?, bindsDevices: Bool
    ) throws(EngineError) {
        try self.init(mountsOf: plan, cgroup: cgroup)
        rootfs = try Self.openRootfs(path, plan.hostPropagation)
        do throws(SystemError) {
            if !plan.maskedPaths.isEmpty { null = try Self.openDevice("/dev/null", 1, 3) }
            if bindsDevices {
                for node in plan.nodes where node.kind == .character {
                    devices[node.path] = try Self.openDevice(node.path, node.major, node.minor)
                }
            }
        } catch {
            throw EngineError(error, during: "open the host's devices")
        }
    }

    /// What the steps of a plan need, and nothing else.
    init(mountsOf plan: MountPlan, cgroup: Cgroup?) throws(EngineError) {
        for step in plan.steps {
            switch step.content {
            case .bind(let source, let tree):
                binds[step.index] = try Self.openBind(source, tree: tree, step, plan)
            case .cgroup, .filesystem, .remount:
                continue
            }
        }
        try openCgroups(cgroup, for: plan)
    }

    /// What the container shows of its cgroups. They may be made last, and are opened then, also by the
    /// container's process: before anything else is mounted its paths mean what the caller's do.
    mutating func openCgroups(_ cgroup: Cgroup?, for plan: MountPlan) throws(EngineError) {
        guard plan.steps.contains(where: { $0.content == .cgroup }) else { return }
        cgroups = try Self.openCgroups(cgroup)
    }

    private static func openRootfs(
        _ path: String, _ propagation: MountOptions.PropagationChange
    ) throws(EngineError) -> HeldDescriptor {
        do throws(SystemError) {
            let directory = try openFile(
                path, OpenMode.pathDirectory.flags | O_NOFOLLOW)
            let mount = try MountTree.clone(directory, recursive: true, name: path)
            // pivot_root(2) refuses a shared root; it becomes what the spec wants afterwards.
            let kind = propagation.kind == .shared ? .private : propagation.kind
            try MountTree.change(mount, propagation: kind, recursive: true, name: path)
            return HeldDescriptor(mount)
        } catch {
            let hint =
                switch error.code {
                case ENOTDIR, ELOOP: "root.path must be a directory and no symbolic link"
                case EACCES: SearchPermission.obstacle(on: path)
                default: ""
                }
            throw EngineError(error, during: "open the rootfs \(path)", hint: hint)
        }
    }

    private static func openBind(
        _ source: String, tree: Bool, _ step: MountPlan.Step, _ plan: MountPlan
    ) throws(EngineError) -> HeldDescriptor {
        do throws(SystemError) {
            let mount = try MountTree.clone(path: source, recursive: tree)
            try detach(mount, plan.hostPropagation, recursive: tree, source)
            if let owners = step.owners {
                try IDMappedMount.apply(
                    owners, to: mount, recursive: step.options.idmap == .tree, name: source)
            }
            return HeldDescriptor(mount)
        } catch {
            throw EngineError(
                error, during: "mount \(source) on \(step.destination)",
                hint: explain(error, source, step))
        }
    }

    private static func explain(
        _ error: SystemError, _ source: String, _ step: MountPlan.Step
    ) -> String {
        switch error.code {
        case ENOENT: "the source of mounts[\(step.index)] is missing"
        case EACCES: SearchPermission.obstacle(on: source)
        case EINVAL where step.owners != nil:
            "the filesystem of \(source) may not support idmapped mounts, or is idmapped already"
        case EPERM where step.owners != nil:
            "idmapping a mount takes CAP_SYS_ADMIN where its filesystem was mounted"
        default: ""
        }
    }

    /// A fresh copy is a peer of the host's mount. As the container's namespace does with all that
    /// it inherits, it stops telling the host unless the spec wants it shared.
    private static func detach(
        _ mount: borrowing OwnedDescriptor, _ propagation: MountOptions.PropagationChange,
        recursive: Bool, _ name: String
    ) throws(SystemError) {
        guard propagation.kind != .shared else { return }
        try MountTree.change(
            mount, propagation: propagation.kind, recursive: recursive, name: name)
    }

    private static func openCgroups(
        _ cgroup: Cgroup?
    ) throws(EngineError) -> [(name: String, mount: HeldDescriptor)] {
        guard let cgroup else { return [] }
        do throws(SystemError) {
            var mounts: [(name: String, mount: HeldDescriptor)] = []
            for directory in cgroup.directories {
                let mount = try MountTree.clone(path: directory.path, recursive: false)
                try MountTree.change(mount, propagation: .private, name: directory.path)
                let name =
                    directory.hierarchy.hasPrefix("name=")
                    ? String(directory.hierarchy.dropFirst(5)) : directory.hierarchy
                mounts.append((name, HeldDescriptor(mount)))
            }
            return mounts
        } catch {
            throw EngineError(error, during: "open the container's cgroups")
        }
    }

    /// A node of the host that is what its name says.
    private static func openDevice(
        _ path: String, _ major: UInt32, _ minor: UInt32
    ) throws(SystemError) -> HeldDescriptor {
        let mount = try MountTree.clone(path: path, recursive: false)
        guard try FileStatus(of: mount).isCharacter(major, minor) else {
            throw SystemError("\(path) is not the device \(major):\(minor)", ENODEV)
        }
        try MountTree.change(mount, propagation: .private, name: path)
        return HeldDescriptor(mount)
    }
}
