package import Linux
package import OCI

/// What is to be mounted in a container and how, decided before anything is touched.
package struct MountPlan: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package enum Content: Sendable, Equatable {
            /// A filesystem of its own.
            case filesystem(String, source: String?)
            /// A file or directory of the host.
            case bind(source: String, tree: Bool)
            /// The container's cgroups, in whichever layout the machine has.
            case cgroup
            /// New options for what is mounted there already: of the mount, and of its filesystem
            /// where there are any for that.
            case remount
        }

        /// Whose ids an idmapped mount shows.
        package enum Owners: Sendable, Equatable {
            case mapped(uids: [IDMapping], gids: [IDMapping])
            /// Those of a user namespace that exists.
            case namespace(String)
        }

        /// Where in `mounts`; for messages and for the sources that were opened beforehand.
        package var index: Int
        package var content: Content
        /// Absolute, without `.`, `..` and doubled slashes.
        package var destination: String
        package var options: MountOptions
        /// nil where the mount is not idmapped.
        package var owners: Owners?
        /// SELinux's, for the root of what is mounted.
        package var rootLabel: String?
    }

    package struct Node: Sendable, Equatable {
        package var path: String
        package var kind: FileStatus.Kind
        package var major: UInt32
        package var minor: UInt32
        package var mode: UInt32
        package var uid: UInt32
        package var gid: UInt32
    }

    package var steps: [Step]
    /// Device nodes, the default ones first.
    package var nodes: [Node]
    /// /dev is the container's own, so that nodes and links belong into it.
    package var makesDevices: Bool
    package var maskedPaths: [String]
    package var readonlyPaths: [String]
    package var readonlyRoot: Bool
    /// Of `/` in the new mount namespace before anything is mounted, and so of the binds.
    package var hostPropagation: MountOptions.PropagationChange
    /// Of the container's root in the end; nil leaves it as it came.
    package var rootPropagation: MountOptions.PropagationChange?

    package init(_ spec: Spec, bundle: String) throws(EngineError) {
        steps = []
        for (index, mount) in spec.mounts.enumerated() {
            steps.append(try Self.step(index, mount, bundle: bundle, spec))
        }
        let device = steps.first { $0.destination == "/dev" }
        if case .bind = device?.content { makesDevices = false } else { makesDevices = true }
        nodes = try Self.nodes(spec.linux.devices, withDefaults: makesDevices)
        maskedPaths = spec.linux.maskedPaths.map(Self.clean)
        readonlyPaths = spec.linux.readonlyPaths.map(Self.clean)
        readonlyRoot = spec.root?.readonly ?? false
        (hostPropagation, rootPropagation) = Self.propagation(spec.linux.rootfsPropagation)
    }

    private static func step(
        _ index: Int, _ mount: Mount, bundle: String, _ spec: Spec
    ) throws(EngineError) -> Step {
        let linux = spec.linux
        var options = MountOptions(mount.options)
        if mount.type == "bind" && options.bind == nil { options.bind = .single }
        let stage = "plan mounts[\(index)] on \(mount.destination)"
        let content: Step.Content
        var rootLabel: String?
        if options.remounts {
            content = .remount
        } else if let bind = options.bind {
            guard let source = mount.source, !source.isEmpty else {
                throw EngineError(stage, "a bind needs a source")
            }
            let absolute = source.hasPrefix("/") ? source : "\(bundle)/\(source)"
            content = .bind(source: absolute, tree: bind == .tree)
        } else if mount.type == "cgroup" || mount.type == "cgroup2" {
            content = .cgroup
        } else {
            guard let type = mount.type, !type.isEmpty, type != "none" else {
                throw EngineError(stage, "neither a type nor the option bind")
            }
            content = .filesystem(type, source: mount.source)
            if let label = linux.mountLabel, !label.isEmpty {
                switch type {
                case "proc", "sysfs": break
                // It knows no such option, but its files can be labelled.
                case "mqueue": rootLabel = label
                default:
                    options.parameters.append(.pair(RuntimeAnnotation.labelOption(spec), label))
                }
            }
        }
        if options.copiesUp && mount.type != "tmpfs" {
            throw EngineError(stage, "tmpcopyup is for tmpfs, not for \(mount.type ?? "a bind")")
        }
        let owners = try owners(mount, &options, stage, linux)
        if owners != nil, options.bind == nil || options.remounts {
            throw EngineError(
                stage, "only binds can be idmapped, not \(mount.type ?? "a mount") itself",
                hint: "bind a directory that is mounted on the host")
        }
        return Step(
            index: index, content: content, destination: clean(mount.destination),
            options: options, owners: owners, rootLabel: rootLabel)
    }

    /// config.md, idmap: the mount's own mappings, which mean it even without the option; else the
    /// container's.
    private static func owners(
        _ mount: Mount, _ options: inout MountOptions, _ stage: String, _ linux: LinuxSection
    ) throws(EngineError) -> Step.Owners? {
        if !mount.uidMappings.isEmpty || !mount.gidMappings.isEmpty {
            if options.idmap == nil { options.idmap = .single }
            return .mapped(uids: mount.uidMappings, gids: mount.gidMappings)
        }
        guard options.idmap != nil else { return nil }
        guard let user = linux.namespace(.user) else {
            throw EngineError(
                stage, "an idmapped mount needs mappings, and the container has none either",
                hint: "add uidMappings and gidMappings to the mount, or a user namespace")
        }
        if let path = user.path, !path.isEmpty { return .namespace(path) }
        return .mapped(uids: linux.uidMappings, gids: linux.gidMappings)
    }

    /// The seven every container has (config-linux.md, Default Devices), then the spec's own; a
    /// node of the spec takes the place of a default one.
    private static func nodes(
        _ devices: [Device], withDefaults: Bool
    ) throws(EngineError) -> [Node] {
        var nodes: [Node] = []
        if withDefaults {
            let defaults: [(String, UInt32, UInt32)] = [
                ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8),
                ("urandom", 1, 9), ("tty", 5, 0),
            ]
            nodes = defaults.map {
                Node(
                    path: "/dev/\($0.0)", kind: .character, major: $0.1, minor: $0.2,
                    mode: 0o666, uid: 0, gid: 0)
            }
        }
        for (index, device) in devices.enumerated() {
            let node = try node(device, index)
            if let place = nodes.firstIndex(where: { $0.path == node.path }) {
                nodes[place] = node
            } else {
                nodes.append(node)
            }
        }
        return nodes
    }

    private static func node(_ device: Device, _ index: Int) throws(EngineError) -> Node {
        let kind: FileStatus.Kind =
            switch device.kind {
            case .character, .unbuffered: .character
            case .block: .block
            case .fifo: .fifo
            }
        guard let major = UInt32(exactly: device.major), let minor = UInt32(exactly: device.minor)
        else {
            throw EngineError(
                "plan linux.devices[\(index)] \(device.path)",
                "\(device.major):\(device.minor) is no device number")
        }
        return Node(
            path: clean(device.path), kind: kind, major: major, minor: minor,
            mode: (device.fileMode ?? 0o666) & 0o7777, uid: device.uid ?? 0, gid: device.gid ?? 0)
    }

    private static func propagation(
        _ root: RootfsPropagation?
    ) -> (host: MountOptions.PropagationChange, root: MountOptions.PropagationChange?) {
        typealias Change = MountOptions.PropagationChange
        guard let root else { return (Change(kind: .slave, recursive: true), nil) }
        let kind: Propagation =
            switch root {
            case .shared, .rshared: .shared
            case .slave, .rslave: .slave
            case .private, .rprivate: .private
            case .unbindable, .runbindable: .unbindable
            }
        let recursive = root.rawValue.hasPrefix("r")
        // What binds are made of cannot be unbindable.
        let host = kind == .unbindable ? Propagation.private : kind
        return (
            Change(kind: host, recursive: true), Change(kind: kind, recursive: recursive)
        )
    }

    /// Absolute, with `.`, `..` and empty components worked out as if there were no links.
    package static func clean(_ path: String) -> String {
        if isClean(path) { return path }
        var components: [Substring] = []
        for component in path.pathNames {
            switch component {
            case ".": continue
            case "..": _ = components.popLast()
            default: components.append(component)
            }
        }
        return "/" + components.joined(separator: "/")
    }

    /// No component is empty or begins with a dot; what nearly all paths are like.
    private static func isClean(_ path: String) -> Bool {
        let slash = UInt8(ascii: "/")
        guard path.utf8.first == slash else { return false }
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if previous == slash && (byte == slash || byte == UInt8(ascii: ".")) { return false }
            previous = byte
        }
        return previous != slash || path.utf8.count == 1
    }
}
