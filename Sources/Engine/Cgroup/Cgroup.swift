internal import CLinux
internal import Glibc
internal import Linux
package import OCI

/// One directory of a container's cgroup, as state.json keeps it.
package struct CgroupDirectory: Equatable, Sendable {
    /// As `CgroupLayout.Hierarchy.name`.
    package var hierarchy: String
    package var version: CgroupLayout.Version
    /// Absolute.
    package var path: String
    /// It is the container's own: what was there before the container stays.
    package var made: Bool
    /// How many directories above it were not there when `create` began, and may be its own without
    /// a mark: it may have been ended between the making of one and its marking.
    package var newParents: Int32

    package init(
        hierarchy: String, version: CgroupLayout.Version, path: String, made: Bool = false,
        newParents: Int32 = 0
    ) {
        self.hierarchy = hierarchy
        self.version = version
        self.path = path
        self.made = made
        self.newParents = newParents
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func controls(_ controller: String) -> Bool {
        switch version {
        case .v2: return true
        case .v1: return hierarchy.split(separator: ",").contains { $0 == controller }
        }
    }
}

/// The cgroup of one container: a directory in each hierarchy that the machine has.
package struct Cgroup: Equatable, Sendable {
    package internal(set) var directories: [CgroupDirectory]
    /// systemd makes and removes it, and keeps its limits.
    package var unit: SystemdUnit?

    /// From what state.json has kept.
    package init(directories: [CgroupDirectory]) { self.directories = directories }

    /// Where the container's cgroup will be: for the record that is written before anything is
    /// made, so that a crash leaves nothing that `delete` cannot find. What does not exist yet
    /// counts as made already.
    package init(
        path: String?, id: String, layout: CgroupLayout
    ) throws(EngineError) {
        let path = try CgroupPath(path, id: id)
        let isPureV2 = layout.isPureV2
        directories = layout.hierarchies.map { hierarchy in
            let directory = path.directory(in: hierarchy, isPureV2: isPureV2)
            return CgroupDirectory(
                hierarchy: hierarchy.name, version: hierarchy.version, path: directory,
                made: !KernelFile.exists(directory),
                newParents: CgroupTree.missingParents(of: directory))
        }
    }

    /// The path below the mount point that most of the directories share, for messages.
    package var name: String { directories.first?.path ?? "(none)" }

    /// The v2 directory, which hybrid machines have beside the v1 ones.
    var v2: CgroupDirectory? { directories.first { $0.version == .v2 } }

    var isPureV2: Bool { directories.allSatisfy { $0.version == .v2 } }

    /// The directory that holds a controller's files; with `""` the v2 one.
    func directory(of controller: String) -> CgroupDirectory? {
        let v1 = directories.first { $0.version == .v1 && $0.controls(controller) }
        return v1 ?? v2
    }

    /// The path of a controller's file, or nil where there is none.
    func file(_ controller: String, _ name: String) -> String? {
        directory(of: controller)?.file(name)
    }

    /// What the hierarchies offer.
    func controllers(withV2: Bool = true) -> CgroupControllers {
        var controllers = CgroupControllers()
        for directory in directories {
            switch directory.version {
            case .v1 where !directory.hierarchy.hasPrefix("name="):
                for name in directory.hierarchy.split(separator: ",") {
                    controllers.v1.insert(String(name))
                }
            case .v1: break
            case .v2 where !withV2: break
            case .v2:
                let text = KernelFile.readIfPresent(directory.file("cgroup.controllers")) ?? ""
                for name in text.split(separator: " ") { controllers.v2.insert(String(name)) }
            }
        }
        return controllers
    }
}

extension Cgroup {
    /// Makes the directories and sets the limits; no process is in them yet. On failure nothing
    /// that was made is left. A container without `resources` still gets the device rules.
    /// `besidesUnified` is for what `makeUnified` has begun; `beforeUndoing` takes out who is in it.
    package mutating func make(
        _ resources: Resources?, recorder: Recorder, besidesUnified: Bool = false,
        beforeUndoing: () -> Void = {}
    ) throws(EngineError) {
        let wanted = directories
        do {
            try makeDirectories(resources, besidesUnified: besidesUnified)
            let needsV2 = isPureV2 || resources?.needsV2 == true
            let plan = try CgroupPlan(
                resources ?? Resources(), controllers: controllers(withV2: needsV2))
            try announce(plan)
            try apply(plan, recorder: recorder)
        } catch {
            beforeUndoing()
            try? remove()
            // Also of a directory that could not be made itself.
            for directory in wanted { CgroupTree.removeMadeParents(of: directory) }
            throw error
        }
    }

    /// The v2 directory beside v1 hierarchies alone: the one that a process has to be born in.
    package mutating func makeUnified() throws(EngineError) {
        guard let index = directories.firstIndex(where: { $0.version == .v2 }) else { return }
        let wanted = directories[index]
        do {
            directories[index].made = try CgroupTree.make(wanted.path)
            directories[index].newParents = 0
            if !directories[index].made { try Self.refuseInUse(directories[index]) }
        } catch {
            CgroupTree.removeMadeParents(of: wanted)
            throw error
        }
    }

    /// What `makeUnified` makes.
    var unified: Cgroup { Cgroup(directories: directories.filter { $0.version == .v2 }) }

    private mutating func makeDirectories(
        _ resources: Resources?, besidesUnified: Bool
    ) throws(EngineError) {
        var made = besidesUnified ? unified.directories : []
        defer { directories = made }
        for var directory in directories where !besidesUnified || directory.version == .v1 {
            do {
                directory.made = try CgroupTree.make(directory.path) || unit != nil
                directory.newParents = 0
            } catch  where Self.isDelegationMissing(error) {
                // Without a say in a hierarchy an unprivileged caller's container stays in the
                // caller's cgroup there; a limit that needs it fails when it is planned.
                continue
            }
            made.append(directory)
            if !directory.made { try Self.refuseInUse(directory) }
            if directory.controls("cpuset"), directory.version == .v1 {
                try CgroupTree.inheritCPUSet(directory.path)
            }
            if directory.version == .v2, isPureV2 || resources?.needsV2 == true {
                CgroupTree.enableControllers(for: directory.path)
            }
        }
    }

    private static func isDelegationMissing(_ error: EngineError) -> Bool {
        [EACCES, EPERM, EROFS].contains(error.code) && (geteuid() != 0 || UserNamespace.isOurs)
    }

    /// A cgroup that somebody has made for the container is taken as it is, while it is empty.
    private static func refuseInUse(_ directory: CgroupDirectory) throws(EngineError) {
        let processes = CgroupTree.processes(below: directory.path)
        guard processes.isEmpty else {
            throw EngineError(
                "make cgroup \(directory.path)",
                "it exists and holds \(processes.count) processes (\(processes[0]) is one)",
                code: EBUSY,
                hint: "it belongs to another container: choose another linux.cgroupsPath")
        }
    }

    /// Gives the v2 directory to the owner of a user namespace, so that the container may divide
    /// its own cgroup (cgroups(7), Cgroup delegation: delegation containment).
    package func delegate(user: UInt32, group: UInt32) throws(EngineError) {
        guard let directory = v2 else { return }
        let names = KernelFile.readIfPresent("/sys/kernel/cgroup/delegate")
        let files = (names ?? "cgroup.procs\ncgroup.threads\ncgroup.subtree_control")
            .split(separator: "\n").map { directory.file(String($0)) }
        for path in [directory.path] + files where KernelFile.exists(path) {
            do {
                try check("give \(path) to user \(user)") { unsafe chown(path, user, group) }
            } catch { throw EngineError(error) }
        }
    }
}

extension Resources {
    /// Beside v1 hierarchies, only what v2 alone may offer is a reason to pass controllers on.
    var needsV2: Bool {
        !hugepageLimits.isEmpty || !rdma.isEmpty || !unified.isEmpty
    }
}

package enum UserNamespace {
    /// Whether the caller lives in another user namespace than the machine's first. What is forgiven
    /// there is not where that cannot be found out.
    package static var isOurs: Bool {
        guard let map = KernelFile.readIfPresent("/proc/self/uid_map") else { return false }
        return map.split { $0 == " " || $0 == "\n" } != ["0", "0", "4294967295"]
    }
}
