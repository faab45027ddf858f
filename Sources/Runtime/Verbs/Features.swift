internal import Arguments
internal import Engine
internal import OCI

/// Prints what this runtime can do (runtime-spec features.md). Nothing may be on standard error:
/// callers read both as one.
enum Features {
    static let command = Command("features", "Print what this runtime can do, as JSON")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        try writeToStandardOutput(value.text(indent: 4) + "\n")
        return 0
    }

    static var value: JSONValue {
        .object {
            $0["ociVersionMin"] = "1.0.0"
            $0["ociVersionMax"] = .string(Spec.version)
            $0["hooks"] = names(Hooks.Point.self)
            $0["mountOptions"] = MountOptions.knownNames.json
            $0["linux"] = linux
            $0["annotations"] = .object {
                $0["io.github.seccomp.libseccomp.version"] = .string(Libraries.seccompVersion)
            }
            // Managers must not take these from whoever is not trusted; a dot ends a prefix.
            $0["potentiallyUnsafeConfigAnnotations"] =
                ["org.criu.config", "org.systemd.property.", "run.oci."].json
        }
    }

    private static var linux: JSONValue {
        .object {
            $0["namespaces"] = names(NamespaceKind.self)
            $0["capabilities"] = Capability.names.json
            $0["cgroup"] = .object {
                $0["v1"] = true
                $0["v2"] = true
                $0["systemd"] = true
                $0["systemdUser"] = true
                $0["rdma"] = true
            }
            $0["seccomp"] = seccomp
            $0["apparmor"] = enabled(true)
            $0["selinux"] = enabled(true)
            $0["intelRdt"] = .object {
                $0["enabled"] = true
                $0["schemata"] = true
                $0["monitoring"] = true
            }
            $0["mountExtensions"] = .object { $0["idmap"] = enabled(true) }
            $0["netDevices"] = enabled(true)
            $0["memoryPolicy"] = .object {
                $0["modes"] = names(MemoryPolicy.Mode.self)
                $0["flags"] = names(MemoryPolicy.Flag.self)
            }
        }
    }

    private static var seccomp: JSONValue {
        .object {
            $0["enabled"] = true
            $0["actions"] = names(Seccomp.Action.self)
            $0["operators"] = names(Seccomp.Argument.Operator.self)
            $0["archs"] = names(Seccomp.Architecture.self)
            $0["knownFlags"] = names(Seccomp.Flag.self)
            $0["supportedFlags"] = names(Seccomp.Flag.self)
        }
    }

    private static func enabled(_ on: Bool) -> JSONValue { .object { $0["enabled"] = .bool(on) } }

    private static func names<Names: CaseIterable & RawRepresentable>(
        _ set: Names.Type
    ) -> JSONValue where Names.RawValue == String {
        .array(set.allCases.map { .string($0.rawValue) })
    }
}
