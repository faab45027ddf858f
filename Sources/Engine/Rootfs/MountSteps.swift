internal import CLinux
internal import Glibc
internal import Linux

/// Carries out the steps of a mount plan below a root.
struct MountSteps: ~Copyable {
    private(set) var rootfs: Rootfs
    private let sources: HostSources
    let proc: PrivateProc
    private let hasCgroupNamespace: Bool
    /// Have a say of their own in how they propagate.
    private var ownPropagation: [(mount: HeldDescriptor, options: MountOptions, name: String)] = []
    /// Become read-only when everything is in them.
    private var sealedLater: [(mount: HeldDescriptor, name: String)] = []

    init(
        _ rootfs: consuming Rootfs, sources: HostSources, proc: consuming PrivateProc,
        hasCgroupNamespace: Bool
    ) {
        self.rootfs = rootfs
        self.sources = sources
        self.proc = proc
        self.hasCgroupNamespace = hasCgroupNamespace
    }

    /// A node of the host that stands in for one that cannot be made.
    func hostDevice(_ path: String) -> HeldDescriptor? { sources.devices[path] }

    /// The host's /dev/null, for masks.
    var hostNull: HeldDescriptor? { sources.null }

    /// Makes read-only what had to stay writable while it was filled.
    mutating func seal() throws(EngineError) {
        for (mount, name) in sealedLater {
            do throws(SystemError) {
                try MountTree.change(mount.descriptor, set: .readOnly, name: name)
            } catch {
                throw EngineError(error, during: "make \(name) read-only")
            }
        }
        sealedLater = []
    }

    /// After the whole tree was given the root's propagation.
    func restorePropagation() throws(SystemError) {
        for (mount, options, name) in ownPropagation {
            try changePropagation(of: mount.descriptor, options, name)
        }
    }

    mutating func apply(_ step: MountPlan.Step) throws(EngineError) {
        do throws(SystemError) {
            switch step.content {
            case .filesystem(let type, let source):
                try mountFilesystem(type, source, step)
            case .bind:
                try bind(step)
            case .cgroup:
                try mountCgroup(step)
            case .remount:
                try remount(step)
            }
        } catch {
            throw Self.explain(error, step)
        }
    }

    private static func explain(_ error: SystemError, _ step: MountPlan.Step) -> EngineError {
        let what =
            switch step.content {
            case .filesystem(let type, _): type
            case .bind(let source, _): source
            case .cgroup: "cgroup"
            case .remount: "with new options"
            }
        let stage = "mount \(what) on \(step.destination)"
        let hint: String
        switch error.code {
        case ENODEV: hint = "this kernel has no filesystem of that type, or lacks its module"
        case EINVAL where step.content == .remount:
            hint = "a remount needs a mount that begins there"
        case ENOTDIR where step.destination == "/proc" || step.destination == "/sys":
            hint = "the image must have a directory there, or nothing"
        case ENOTDIR, EISDIR:
            hint = "a file can only be mounted on a file, a directory on a directory"
        case EACCES: hint = "the image, or a user namespace, does not let the runtime in there"
        case EROFS: hint = "the destination is missing in the image, and its place is read-only"
        case ELOOP: hint = "the destination leads through a link that may not be followed"
        default: hint = ""
        }
        return EngineError(error, during: stage, hint: hint)
    }

    // MARK: Filesystems

    /// A tmpfs without a mode looks like the directory of the image that it covers; where there was
    /// none everybody may write to it, as in every tmpfs.
    private mutating func mountFilesystem(
        _ type: String, _ source: String?, _ step: MountPlan.Step
    ) throws(SystemError) {
        var options = step.options
        let looksLikePlace = type == "tmpfs" && !options.hasMode
        let isOnImage = looksLikePlace ? try rootfs.openIfPresent(step.destination) != nil : false
        let target = try directory(for: step)
        try refuseOverProc(target, step, isProc: type == "proc")
        let isSealedLater = type == "tmpfs" && options.set.contains(.readOnly)
        if isSealedLater { options.set.subtract(.readOnly) }
        if isOnImage {
            let mode = try FileStatus(of: target).mode
            options.parameters.append(.pair("mode", String(mode, radix: 8)))
        }
        let mount = try make(type, source, options)
        if let label = step.rootLabel { try Self.label(mount, label) }
        if options.copiesUp { try copyUp(step.destination, into: mount) }
        try attach(mount, to: target, step, options)
        if step.destination == "/proc" || step.destination == "/sys" {
            try verify(mount, step.destination)
        }
        if step.destination == "/" { rootfs.replaceRoot(with: try mount.duplicate()) }
        if isSealedLater { sealedLater.append((HeldDescriptor(mount), step.destination)) }
    }

    private func make(
        _ type: String, _ source: String?, _ options: MountOptions
    ) throws(SystemError) -> OwnedDescriptor {
        if type == "proc", let mount = proc.share(source, options) { return mount }
        do throws(SystemError) {
            let context = try FilesystemContext(type)
            if let source, !source.isEmpty { try context.set("source", to: source) }
            // Of the filesystem too: one on a read-only device could not be opened otherwise.
            if options.set.contains(.readOnly) { try context.set(flag: "ro") }
            try configure(context, options.parameters)
            return try context.mount(options.set)
        } catch {
            // A user namespace may mount sysfs only with a network namespace of its own, and proc
            // with a pid namespace of its own: else it gets what the host shows.
            guard error.code == EPERM, type == "sysfs" || type == "proc" else { throw error }
            let path = type == "sysfs" ? "/sys" : "/proc"
            let mount = try MountTree.clone(path: path, recursive: true)
            // Also what is mounted below: the host's cgroups must not come along writable.
            try MountTree.change(mount, set: options.set, recursive: true, name: path)
            return mount
        }
    }

    private static func label(
        _ mount: borrowing OwnedDescriptor, _ label: String
    ) throws(SystemError) {
        let root = try openFile(at: mount, ".", O_RDONLY | O_DIRECTORY)
        try root.setAttribute("security.selinux", Array(label.utf8) + [0])
    }

    private func copyUp(
        _ path: String, into mount: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let from = try rootfs.open(path, .directory)
        let into = try openFile(at: mount, ".", O_RDONLY | O_DIRECTORY)
        try CopyUp.copy(from: from, to: into)
    }

    // MARK: Binds

    private mutating func bind(_ step: MountPlan.Step) throws(SystemError) {
        guard let mount = sources.binds[step.index] else {
            throw SystemError("find the source", ENOENT)
        }
        let isDirectory = try FileStatus(of: mount.descriptor).kind == .directory
        let target = try place(for: step, isDirectory: isDirectory)
        let isProc = try FilesystemMagic(of: mount.descriptor) == .procfs
        try refuseOverProc(target, step, isProc: isProc)
        try step.options.change(mount.descriptor, name: step.destination)
        try attach(mount.descriptor, to: target, step, step.options)
        if step.destination == "/" {
            rootfs.replaceRoot(with: try mount.descriptor.duplicate())
        }
    }

    /// A directory for a directory, a file for anything else.
    private func place(
        for step: MountPlan.Step, isDirectory: Bool
    ) throws(SystemError) -> OwnedDescriptor {
        let path = step.destination
        if isDirectory {
            do throws(SystemError) {
                return try directory(for: step)
            } catch {
                guard error.code == ENOTDIR, (try? rootfs.open(path)) != nil else { throw error }
                throw SystemError(
                    "the source is a directory, but \(path) of the container is a file", ENOTDIR)
            }
        }
        let target = try rootfs.file(path)
        guard try FileStatus(of: target).kind != .directory else {
            throw SystemError(
                "the source is a file, but \(path) of the container is a directory", ENOTDIR)
        }
        return target
    }

    /// The mount that begins at the destination. Options for its filesystem go to that, which may be
    /// in use elsewhere; everything else is of this mount alone.
    private func remount(_ step: MountPlan.Step) throws(SystemError) {
        let target = try rootfs.open(step.destination)
        let options = step.options
        try options.change(target, takingBack: true, name: step.destination)
        if !options.parameters.isEmpty, options.bind == nil {
            let context = try FilesystemContext(of: target, name: step.destination)
            try configure(context, options.parameters)
            try context.reconfigure()
        }
        try options.changeTree(target, name: step.destination)
        try changePropagation(of: target, options, step.destination)
    }

    private func configure(
        _ context: borrowing FilesystemContext, _ parameters: [MountOptions.Parameter]
    ) throws(SystemError) {
        for parameter in parameters {
            switch parameter {
            case .flag(let flag): try context.set(flag: flag)
            case .pair(let key, let value): try context.set(key, to: value)
            }
        }
    }

    // MARK: Shared

    /// Attaches a mount and gives it what is only possible, or only right, afterwards.
    private mutating func attach(
        _ mount: borrowing OwnedDescriptor, to target: borrowing OwnedDescriptor,
        _ step: MountPlan.Step, _ options: MountOptions
    ) throws(SystemError) {
        let name = step.destination
        try options.changeTree(mount, name: name)
        try MountTree.attach(mount, to: target, name: name)
        guard !options.propagation.isEmpty else { return }
        try changePropagation(of: mount, options, name)
        ownPropagation.append((HeldDescriptor(try mount.duplicate()), options, name))
    }

    private func changePropagation(
        of mount: borrowing OwnedDescriptor, _ options: MountOptions, _ name: String
    ) throws(SystemError) {
        for change in options.propagation {
            try MountTree.change(
                mount, propagation: change.kind, recursive: change.recursive, name: name)
        }
    }

    /// The directory to mount on. /proc and /sys must be real ones: behind a link the engine's
    /// masks, and all that trusts the two places, would look elsewhere.
    private func directory(for step: MountPlan.Step) throws(SystemError) -> OwnedDescriptor {
        let path = step.destination
        guard path == "/proc" || path == "/sys" else { return try rootfs.directory(path) }
        do throws(SystemError) {
            return try rootfs.openWithoutLinks(path)
        } catch {
            if error.code == ENOENT {
                let name = String(path.dropFirst())
                try rootfs.root.makeDirectory(name, mode: 0o755)
                return try rootfs.openWithoutLinks(path)
            }
            guard error.code == ELOOP || error.code == ENOTDIR else { throw error }
            throw SystemError("\(path) must be mounted on ordinary directory", ENOTDIR)
        }
    }

    /// The path shows what was mounted there, not something that was slipped in between.
    private func verify(
        _ mount: borrowing OwnedDescriptor, _ path: String
    ) throws(SystemError) {
        let seen = try FileStatus(of: try rootfs.openWithoutLinks(path))
        let made = try FileStatus(of: mount)
        guard seen.device == made.device && seen.inode == made.inode else {
            throw SystemError("\(path) changed while it was mounted", EBUSY)
        }
    }

    /// Files of /proc that LXCFS and the like may cover; nothing else of it.
    private static let coverable: Set<String> = [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps",
        "/proc/uptime", "/proc/loadavg", "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid",
        "/proc/sys/crypto/fips_enabled",
    ]

    /// A mount over a part of /proc could take the place of files by which processes are confined.
    private func refuseOverProc(
        _ target: borrowing OwnedDescriptor, _ step: MountPlan.Step, isProc: Bool
    ) throws(SystemError) {
        let isOnProc = try FilesystemMagic(of: target) == .procfs
        if step.destination == "/proc" {
            guard isProc else {
                throw SystemError("/proc cannot be covered by another filesystem", EPERM)
            }
            return
        }
        guard isOnProc else { return }
        let prefix = try proc.pathOf(rootfs.root)
        var path = try proc.pathOf(target)
        if prefix != "/" && path.hasPrefix(prefix) { path.removeFirst(prefix.count) }
        guard path.hasPrefix("/proc/"), !Self.coverable.contains(path) else { return }
        throw SystemError("\(path) is inside of /proc, which cannot be covered", EPERM)
    }

    // MARK: Cgroups

    private mutating func mountCgroup(_ step: MountPlan.Step) throws(SystemError) {
        let target = try rootfs.directory(step.destination)
        let isPureV2 = sources.cgroups.count == 1 && sources.cgroups[0].name.isEmpty
        guard !isPureV2 else { return try mountUnified(step, on: target) }
        // A place for the hierarchies, each the container's own part of it.
        var options = step.options
        let isReadOnly = options.set.contains(.readOnly)
        options.set.subtract(.readOnly)
        options.parameters = [.pair("mode", "755")]
        let place = try make("tmpfs", "tmpfs", options)
        try attach(place, to: target, step, options)
        for (name, mount) in sources.cgroups {
            let name = name.isEmpty ? "unified" : name
            try place.makeDirectory(name, mode: 0o755)
            let directory = try openFile(in: place, name, .pathDirectory, resolve: [.beneath])
            try MountTree.change(mount.descriptor, set: step.options.set, name: name)
            try MountTree.attach(mount.descriptor, to: directory, name: name)
            let controllers = name.split(separator: ",")
            for controller in controllers where controllers.count > 1 {
                try place.makeLink(String(controller), to: name)
            }
        }
        if isReadOnly {
            try MountTree.change(place, set: .readOnly, name: step.destination)
        }
    }

    private mutating func mountUnified(
        _ step: MountPlan.Step, on target: borrowing OwnedDescriptor
    ) throws(SystemError) {
        do throws(SystemError) {
            var options = step.options
            options.parameters = []
            let mount = try make("cgroup2", "cgroup", options)
            try attach(mount, to: target, step, options)
        } catch {
            // A user namespace without a cgroup namespace: the container's own part, bound.
            guard error.code == EPERM || error.code == EBUSY else { throw error }
            let mount = sources.cgroups[0].mount
            try MountTree.change(
                mount.descriptor, set: step.options.set, name: step.destination)
            try attach(mount.descriptor, to: target, step, step.options)
        }
    }
}
