internal import Linux
internal import OCI
internal import Wire

/// config.json of a sandbox, from what a kubelet says of its pod: namespaces, and a process that
/// does nothing but keep them. Nothing in it may do anything.
struct PodSandbox {
    /// Where the program is in the sandbox; /dev is a tmpfs, so any rootfs will do.
    static let program = "/dev/apus-init"
    /// Who it runs as where nobody says: nobody.
    private static let nobody: Int64 = 65534
    /// The least weight that there is: it only sleeps.
    private static let cpuShares: Int64 = 2

    var id: String
    var pod: CRIAPI.PodSandboxConfig
    var networkNamespace = ""
    var annotations: [String: String] = [:]
    /// The program that is bound there.
    var source: String
    var systemdCgroup = false

    var config: JSONValue {
        var object = JSONObject([
            "ociVersion": .string("1.0.2"), "process": process,
            "root": .object(JSONObject(["path": .string("rootfs"), "readonly": .bool(true)])),
            "mounts": mounts, "annotations": notes, "linux": linux,
        ])
        if !isOnHostNetwork, !pod.hostname.isEmpty { object["hostname"] = .string(pod.hostname) }
        return .object(object)
    }

    private var security: CRIAPI.LinuxSandboxSecurityContext? { pod.linuxConfig?.securityContext }
    private var modes: CRIAPI.NamespaceOption { security?.namespaceOptions ?? .init() }
    private var isOnHostNetwork: Bool { modes.network == .node }
    /// The mappings of a user namespace; nil where the sandbox is in the host's.
    private var mapped: CRIAPI.UserNamespace? {
        modes.usernsOptions.flatMap { $0.mode == .pod && !$0.uids.isEmpty ? $0 : nil }
    }

    private var process: JSONValue {
        // In a user namespace only what is mapped exists; 0 always is.
        let user = mapped == nil ? Self.nobody : 0
        var object = JSONObject([
            "args": .strings([Self.program, "--pause"]), "cwd": .string("/"),
            "env": .strings(["PATH=/"]), "noNewPrivileges": .bool(true),
            "user": .object(
                JSONObject([
                    "uid": .integer(security?.runAsUser?.value ?? user),
                    "gid": .integer(security?.runAsGroup?.value ?? user),
                ])),
        ])
        if let label = security?.selinuxOptions, !label.type.isEmpty {
            let parts = [label.user, label.role, label.type, label.level]
            object["selinuxLabel"] = .string(parts.joined(separator: ":"))
        }
        return .object(object)
    }

    private var mounts: JSONValue {
        .array([
            mount("proc", "proc", "/proc", ["nosuid", "noexec", "nodev"]),
            mount("tmpfs", "tmpfs", "/dev", ["nosuid", "strictatime", "mode=755", "size=64k"]),
            mount("bind", source, Self.program, ["bind", "ro", "nosuid", "nodev"]),
        ])
    }

    private func mount(
        _ type: String, _ source: String, _ destination: String, _ options: [String]
    ) -> JSONValue {
        .object(
            JSONObject([
                "destination": .string(destination), "type": .string(type),
                "source": .string(source), "options": .strings(options),
            ]))
    }

    private var notes: JSONValue {
        var object = JSONObject()
        for (key, value) in annotations.sorted(by: { $0.key < $1.key }) {
            object[key] = .string(value)
        }
        object["io.kubernetes.cri.container-type"] = .string("sandbox")
        object["io.kubernetes.cri.sandbox-id"] = .string(id)
        return .object(object)
    }

    private var linux: JSONValue {
        var object = JSONObject([
            "namespaces": .array(namespaces),
            "resources": .object(
                JSONObject([
                    "cpu": .object(JSONObject(["shares": .integer(Self.cpuShares)])),
                    "devices": .array([
                        .object(JSONObject(["allow": .bool(false), "access": .string("rwm")]))
                    ]),
                ])),
        ])
        if let cgroup { object["cgroupsPath"] = .string(cgroup) }
        let sysctls = pod.linuxConfig?.sysctls ?? [:]
        if !sysctls.isEmpty {
            var values = JSONObject()
            for (key, value) in sysctls.sorted(by: { $0.key < $1.key }) {
                values[key] = .string(value)
            }
            object["sysctl"] = .object(values)
        }
        if let mapped {
            object["uidMappings"] = .array(mapped.uids.map { $0.json })
            object["gidMappings"] = .array(mapped.gids.map { $0.json })
        }
        return .object(object)
    }

    private var namespaces: [JSONValue] {
        var kinds = ["mount"]
        if modes.ipc != .node { kinds.append("ipc") }
        if modes.pid != .node { kinds.append("pid") }
        if !isOnHostNetwork { kinds += ["uts", "network"] }
        if mapped != nil { kinds.append("user") }
        return kinds.map { kind in
            var object = JSONObject(["type": .string(kind)])
            if kind == "network", !networkNamespace.isEmpty {
                object["path"] = .string(networkNamespace)
            }
            return .object(object)
        }
    }

    /// In the pod's, as the cgroup driver has it.
    private var cgroup: String? {
        guard let parent = pod.linuxConfig?.cgroupParent, !parent.isEmpty else { return nil }
        guard systemdCgroup else { return parent + "/" + id }
        let slice = parent.split(separator: "/").last.map(String.init) ?? parent
        return "\(slice):apus:\(id)"
    }
}

extension JSONValue {
    fileprivate static func strings(_ list: [String]) -> JSONValue {
        .array(list.map(JSONValue.string))
    }
}

extension CRIAPI.IDMapping {
    fileprivate var json: JSONValue {
        .object(
            JSONObject([
                "containerID": .integer(Int64(containerID)), "hostID": .integer(Int64(hostID)),
                "size": .integer(Int64(length)),
            ]))
    }
}
