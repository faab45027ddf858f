internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// What of a container is not its own, so that criu neither dumps nor makes it: mounts of the host,
/// namespaces that it has joined, standard streams.
struct CheckpointPlan {
    /// A mount and the name that it has in the images.
    struct ExternalMount: Equatable {
        var key: String
        var destination: String
        var source: String
    }

    private(set) var mounts: [ExternalMount] = []
    /// Keys and paths.
    private(set) var joined: [(key: String, kind: NamespaceKind, path: String)] = []

    init(
        _ spec: Spec, _ plan: MountPlan, cgroup: Cgroup?, rootfs: String
    ) throws(EngineError) {
        for step in plan.steps {
            guard step.owners == nil else {
                throw EngineError(
                    "plan a checkpoint",
                    "mounts[\(step.index)] on \(step.destination) is idmapped, and criu would bring it "
                        + "back as it is without")
            }
            switch step.content {
            case .bind(let source, _): add(step.destination, source)
            case .cgroup:
                if let path = cgroup?.directories.first(where: { $0.version == .v2 })?.path,
                    cgroup?.isPureV2 == true
                {
                    add(step.destination, path)
                }
            case .filesystem, .remount: continue
            }
        }
        if spec.linux.namespace(.user) != nil {
            for node in plan.nodes where node.kind == .character { add(node.path, node.path) }
        }
        // What is no directory was hidden under /dev/null; a directory under a filesystem of its own.
        for path in plan.maskedPaths where Self.isHiddenFile(path, rootfs) {
            add(path, "/dev/null")
        }
        for namespace in spec.linux.namespaces {
            guard let path = namespace.path, !path.isEmpty,
                namespace.kind == .network || namespace.kind == .pid
            else { continue }
            joined.append(("apus-\(Self.name(namespace.kind))", namespace.kind, path))
        }
    }

    /// Steps whose options criu may not give back: where several mounts from outside show one
    /// filesystem it takes the later ones for copies of the first, options and all; `nosymfollow` it
    /// does not know. Only what is visible in the end, where it was when it was dumped.
    func restricted(
        of plan: MountPlan, _ places: [String: String] = [:]
    ) -> [MountPlan.Step] {
        plan.steps.enumerated().compactMap { number, step in
            let isCovered = plan.steps[(number + 1)...].contains { later in
                later.content != .remount
                    && (later.destination == step.destination || later.destination == "/"
                        || step.destination.hasPrefix("\(later.destination)/"))
            }
            let attributes = step.options.set.union(step.options.setRecursively)
            let isExternal = mounts.contains { $0.destination == step.destination }
            guard isExternal || attributes.contains(.noSymlinkFollow), !isCovered else {
                return nil
            }
            var step = step
            step.destination = places[step.destination] ?? step.destination
            return step
        }
    }

    private static func isHiddenFile(_ path: String, _ rootfs: String) -> Bool {
        if path.hasPrefix("/proc/") || path.hasPrefix("/sys/") {
            return ((try? FileStatus(path: path))?.kind).map { $0 != .directory } ?? false
        }
        do throws(SystemError) {
            let top = try openFile(rootfs, OpenMode.pathDirectory.flags)
            return try FileStatus(of: openFile(in: top, path, .path)).kind != .directory
        } catch {
            return false
        }
    }

    private mutating func add(_ destination: String, _ source: String) {
        let another = mounts.count { $0.destination == destination }
        mounts.append(
            ExternalMount(
                key: Self.key(destination, another), destination: destination, source: source))
    }

    /// Where a mount is to be, in letters that say nothing in criu's language (`mnt[KEY]:PATH`), which
    /// has no way to quote. Not its number: podman writes config.json anew for a container that comes
    /// back, with mounts in another order.
    private static func key(_ destination: String, _ another: Int) -> String {
        let plain = destination.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: String(UnicodeScalar(byte))
            case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"):
                String(UnicodeScalar(byte))
            default: "_" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
        }
        return plain.joined() + (another == 0 ? "" : "+\(another)")
    }

    static func name(_ kind: NamespaceKind) -> String { kind == .network ? "net" : "pid" }

    /// Destinations behind which a link of the image's leads elsewhere, and where they are: criu looks
    /// for a mount where the kernel has it. `root` is the container's.
    func places(in root: borrowing OwnedDescriptor) -> [String: String] {
        var places: [String: String] = [:]
        for mount in mounts {
            guard
                let place = try? openFile(
                    in: root, mount.destination, .path, resolve: [.inRoot, .noMagicLinks]),
                let seen = try? FileStatus(of: place),
                let source = try? FileStatus(path: mount.source),
                seen.device == source.device, seen.inode == source.inode,
                let path = try? Self.path(of: place), path != mount.destination
            else { continue }
            places[mount.destination] = path
        }
        return places
    }

    private static func path(
        of file: borrowing OwnedDescriptor
    ) throws(SystemError) -> String {
        try openFile("/proc/self/fd/\(file.raw)", APUS_O_PATH | O_NOFOLLOW).readLink()
    }

    /// `mnt[/data]:/data`, `net[4026532000]:apus-net`
    func whenDumping(_ places: [String: String] = [:]) throws(EngineError) -> [String] {
        var external = mounts.map {
            "mnt[\(places[$0.destination] ?? $0.destination)]:\($0.key)"
        }
        for entry in joined {
            let status = try attempt("look at namespace \(entry.path)") {
                () throws(SystemError) in try FileStatus(path: entry.path)
            }
            external.append("\(Self.name(entry.kind))[\(status.inode)]:\(entry.key)")
        }
        return external
    }

    var whenRestoring: [String] { mounts.map { "mnt[\($0.key)]:\($0.source)" } }
}
