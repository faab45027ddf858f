internal import OCI
internal import RPC
internal import Store
internal import Wire

/// Everything that decides a container's config.json, and the config.json that follows from it.
struct BundlePlan {
    var id: String
    var spec: Apus.ContainerSpec
    var image: ImageConfig
    var user: ContainerUser
    var host: HostFacts
    /// Directory with the container's `hosts`, `hostname` and `resolv.conf`.
    var files: String
    /// The program that is the container's first process where the caller wants one of ours.
    var initProgram = ""

    static let initPath = "/dev/apus-init"
    static let cgroupParent = "/apus"
    /// Of the runtime specification, the lowest that has all that is said here: crun 1.8 takes no
    /// higher one.
    private static let ociVersion = "1.0.2"

    var hostname: String {
        if !spec.hostname.isEmpty { return spec.hostname }
        return isOnHostNetwork ? host.hostname : ContainerID.short(id)
    }

    var command: [String] { ImageCommand(image: image, spec: spec).words }

    var stopSignal: String {
        if !spec.stopSignal.isEmpty { return spec.stopSignal }
        return image.stopSignal.isEmpty ? DefaultProfile.stopSignal : image.stopSignal
    }

    var workingDirectory: String {
        let chosen = spec.workingDirectory.isEmpty ? image.workingDirectory : spec.workingDirectory
        return chosen.isEmpty ? "/" : chosen
    }

    private var isOnHostNetwork: Bool { spec.network == "host" }
    private var sharesHostPids: Bool { spec.pidNamespace == "host" }

    /// The bundle's configuration; its root is `rootfs` beside it.
    func config() throws(Failure) -> Spec {
        let capabilities = try CapabilityChoice(
            add: spec.capabilitiesAdd, drop: spec.capabilitiesDrop
        ).resolved()
        return Spec(
            ociVersion: Self.ociVersion, root: Root(path: "rootfs", readonly: spec.readOnlyRootfs),
            process: process(capabilities), hostname: hostname, mounts: mounts,
            linux: LinuxSection(
                namespaces: namespaces, cgroupsPath: "\(Self.cgroupParent)/\(id)",
                resources: Limits(spec, countsSwap: host.countsSwap)
                    .resources(devices: DefaultProfile.deviceRules),
                seccomp: seccomp(capabilities),
                sysctl: isOnHostNetwork ? [:] : DefaultProfile.networkSysctls,
                maskedPaths: DefaultProfile.maskedPaths,
                readonlyPaths: DefaultProfile.readonlyPaths))
    }

    private func process(_ capabilities: [Capability]) -> Process {
        // Root may use what it is allowed; anyone else gains it by set-uid programs only.
        let own = user.uid == 0 ? capabilities : []
        let hard = min(host.hardOpenFiles, DefaultProfile.mostOpenFiles)
        return Process(
            args: spec.useInit ? [Self.initPath, "--"] + command : command, cwd: workingDirectory,
            env: Environment.ofContainer(
                image: image.env, caller: spec.env, hostname: hostname,
                terminal: spec.terminal, home: user.home),
            user: User(
                uid: user.uid, gid: user.gid, additionalGids: [user.gid] + user.additionalGids),
            terminal: spec.terminal,
            capabilities: Capabilities(bounding: capabilities, effective: own, permitted: own),
            rlimits: [
                Rlimit(.openFiles, soft: min(DefaultProfile.softOpenFiles, hard), hard: hard)
            ],
            oomScoreAdj: 0)
    }

    private var namespaces: [Namespace] {
        var kinds: [NamespaceKind] = [.mount]
        if !isOnHostNetwork { kinds.append(.network) }
        kinds.append(.uts)
        if !sharesHostPids { kinds.append(.pid) }
        kinds.append(.ipc)
        if host.unifiedCgroups { kinds.append(.cgroup) }
        return kinds.map { Namespace($0) }
    }

    private func seccomp(_ capabilities: [Capability]) -> Seccomp? {
        guard spec.seccomp != "unconfined" else { return nil }
        return SeccompProfile(capabilities: Set(capabilities), architecture: host.architecture)
            .section()
    }

    /// The defaults, the container's own files, then the caller's volumes, so that who mounts a
    /// volume over one of the files sees the volume.
    private var mounts: [Mount] {
        let own = ["resolv.conf", "hostname", "hosts"].map { name in
            Mount(
                destination: "/etc/\(name)", type: "bind", source: "\(files)/\(name)",
                options: ["rbind", "rprivate"])
        }
        let initial = Mount(
            destination: Self.initPath, type: "bind", source: initProgram,
            options: ["bind", "ro", "nosuid", "nodev", "private"])
        // Shorter destinations first: a volume must not hide another one below it.
        let volumes = spec.volumes.enumerated().sorted {
            let (left, right) = (depth($0.element.destination), depth($1.element.destination))
            return left == right ? $0.offset < $1.offset : left < right
        }
        return DefaultProfile.mounts + own + (spec.useInit ? [initial] : [])
            + volumes.map { mount(of: $0.element) }
    }

    private func depth(_ path: String) -> Int { path.split(separator: "/").count }

    private func mount(of volume: Apus.VolumeMount) -> Mount {
        let propagations: Set = [
            "private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable",
            "runbindable",
        ]
        var options = ["rbind", volume.readOnly ? "ro" : "rw"]
        options += volume.options.filter { $0 != "rbind" && $0 != "ro" && $0 != "rw" }
        if propagations.isDisjoint(with: volume.options) { options.append("rprivate") }
        return Mount(
            destination: volume.destination, type: "bind", source: volume.source, options: options)
    }
}

/// The capabilities of a container after --cap-add and --cap-drop.
struct CapabilityChoice {
    var add: [String]
    var drop: [String]

    /// Defaults without what is dropped, with what is added; ALL stands for every one.
    func resolved() throws(Failure) -> [Capability] {
        let dropped = try parse(drop)
        let added = try parse(add)
        var result = dropped.all ? [] : DefaultProfile.capabilities
        if added.all { result = Capability.allCases }
        result.removeAll { dropped.named.contains($0) }
        for capability in added.named where !result.contains(capability) {
            result.append(capability)
        }
        return result
    }

    private func parse(_ names: [String]) throws(Failure) -> (all: Bool, named: [Capability]) {
        var all = false
        var named: [Capability] = []
        for name in names {
            let upper = name.uppercased()
            let full = upper.hasPrefix("CAP_") ? upper : "CAP_\(upper)"
            if full == "CAP_ALL" {
                all = true
            } else if let capability = Capability(name: full) {
                named.append(capability)
            } else {
                throw Failure(
                    .invalidArgument, "choose capabilities", name, "there is no such capability",
                    hint: "capabilities(7) has the names, such as NET_ADMIN")
            }
        }
        return (all, named)
    }
}
