package import OCI

/// The unit of a container: a scope, which is what systemd calls a group of processes that somebody
/// else has started (systemd.scope(5)).
package struct SystemdUnit: Equatable, Sendable {
    /// `apus-c1.scope`
    package var name: String
    /// `machine.slice`
    package var slice: String
    /// The user's own systemd manages it, not the machine's.
    package var isUsers: Bool

    package init(name: String, slice: String, isUsers: Bool) {
        self.name = name
        self.slice = slice
        self.isUsers = isUsers
    }

    /// From `linux.cgroupsPath`, which for systemd is `SLICE:PREFIX:NAME`, as every runtime and
    /// every caller has it; without one the container's id is the name.
    package init(path: String?, id: String, isUsers: Bool) throws(EngineError) {
        let given = path.flatMap { $0.isEmpty ? nil : $0 } ?? ":apus:\(id)"
        let parts = given.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let stage = "find the systemd unit of linux.cgroupsPath \"\(given)\""
        guard parts.count == 3 else {
            throw EngineError(
                stage,
                "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd "
                    + "cgroups, got \"\(given)\" instead",
                hint: "leave --systemd-cgroup out for paths")
        }
        slice = parts[0].isEmpty ? (isUsers ? "user.slice" : "system.slice") : parts[0]
        guard !parts[2].hasSuffix(".slice") else {
            throw EngineError(
                stage, "\(parts[2]) is a slice, which holds no processes of its own",
                hint: "SLICE:PREFIX:NAME with any other NAME makes PREFIX-NAME.scope in SLICE")
        }
        name = parts[1].isEmpty ? "\(parts[2]).scope" : "\(parts[1])-\(parts[2]).scope"
        self.isUsers = isUsers
        // systemd.unit(5): what a name may be made of.
        guard !parts[2].isEmpty, name.utf8.count < 256,
            name.utf8.allSatisfy({
                switch $0 {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: ":-_.\\@".utf8.contains($0)
                }
            })
        else { throw EngineError(stage, "\"\(name)\" is no name of a unit") }
        _ = try Self.expand(slice: slice)
    }

    /// Where a slice's cgroup is: each dash leads one level down, `a-b.slice` is in `a.slice`.
    package static func expand(slice: String) throws(EngineError) -> String {
        let stage = "find the cgroup of slice \"\(slice)\""
        guard slice.hasSuffix(".slice"), slice.utf8.count < 256, !slice.hasSlash else {
            throw EngineError(stage, "invalid slice name", hint: "it looks like a-b.slice")
        }
        let stem = slice.dropLast(".slice".count)
        if stem == "-" { return "" }
        var path = ""
        var prefix = ""
        for part in stem.split(separator: "-", omittingEmptySubsequences: false) {
            guard !part.isEmpty else {
                throw EngineError(stage, "invalid slice name", hint: "a dash stands between names")
            }
            prefix += prefix.isEmpty ? String(part) : "-\(part)"
            path += "/\(prefix).slice"
        }
        return path
    }
}

extension SystemdUnit: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        self.init(
            name: try json.required("name"), slice: try json.required("slice"),
            isUsers: try json.value("isUsers", default: false))
    }

    package var json: JSONValue {
        .object {
            $0.set("name", name)
            $0.set("slice", slice)
            $0.set("isUsers", flag: isUsers)
        }
    }
}
