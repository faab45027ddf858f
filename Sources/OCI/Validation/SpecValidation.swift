extension Spec {
    /// Reads and checks a config.json.
    package init(configuration text: [UInt8]) throws(DocumentError) {
        self = try readJSON(from: text, of: "config.json")
        try validate()
    }

    /// Checks what the types cannot say, for a container that is to be created.
    package func validate() throws(DocumentError) {
        do throws(DocumentError) {
            try Self.validateVersion(ociVersion)
            try validateRoot()
            try validateHostNames()
            try validateMounts()
            if let process {
                try OCI.validate("process") { () throws(DocumentError) in try process.validate() }
            }
            try OCI.validate("hooks") { () throws(DocumentError) in try hooks.validate() }
            try OCI.validate("linux") { () throws(DocumentError) in try linux.validate() }
        } catch {
            throw DocumentError(document: "config.json", path: error.path, error.problem)
        }
    }

    /// Things that are asked for and nobody can grant, for the log; the container starts.
    package var warnings: [String] {
        (process?.capabilities?.unknown ?? []).map {
            "config.json: process.capabilities.\($0.path): unknown capability \"\($0.name)\", "
                + "which is left out"
        }
    }

    /// Semantic versions of major 1; this toolkit knows no other.
    private static func validateVersion(_ version: String) throws(DocumentError) {
        let core = version.prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        let isSemantic =
            numbers.count == 3
            && numbers.allSatisfy { number in
                !number.isEmpty && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
        try require(
            isSemantic, ["ociVersion"], "\"\(version)\" is not a semantic version such as 1.3.0")
        try require(
            numbers[0] == "1", ["ociVersion"],
            "version \(version) is not supported: this runtime follows \(Spec.version)")
    }

    private func validateRoot() throws(DocumentError) {
        guard let root else { throw DocumentError(path: ["root"], "is missing") }
        try require(!root.path.isEmpty, ["root", "path"], "must not be empty")
    }

    private func validateHostNames() throws(DocumentError) {
        let hasOwnNames = linux.namespace(.uts) != nil
        try require(
            hostname?.isEmpty != false || hasOwnNames, ["hostname"],
            "needs a uts namespace, else it would be the host's: add one to linux.namespaces")
        try require(
            domainname?.isEmpty != false || hasOwnNames, ["domainname"],
            "needs a uts namespace, else it would be the host's: add one to linux.namespaces")
        try require(
            (hostname?.utf8.count ?? 0) <= 64, ["hostname"], "is longer than 64 bytes")
        try require(
            (domainname?.utf8.count ?? 0) <= 64, ["domainname"], "is longer than 64 bytes")
    }

    private func validateMounts() throws(DocumentError) { try MountList(mounts).validate() }
}

extension MountList {
    package func validate() throws(DocumentError) {
        try validateEach(mounts, in: "mounts") { mount throws(DocumentError) in
            try require(!mount.destination.isEmpty, ["destination"], "must not be empty")
            try require(
                mount.uidMappings.isEmpty == mount.gidMappings.isEmpty,
                [mount.uidMappings.isEmpty ? "uidMappings" : "gidMappings"],
                "is missing: an idmapped mount needs uidMappings and gidMappings")
            try validateMappings(mount.uidMappings, in: "uidMappings")
            try validateMappings(mount.gidMappings, in: "gidMappings")
        }
    }
}

/// Ranges must not be empty, must not run over the end of the 32-bit ids, and must not overlap.
func validateMappings(_ mappings: [IDMapping], in key: String) throws(DocumentError) {
    try validateEach(mappings, in: key) { mapping throws(DocumentError) in
        try require(mapping.size > 0, ["size"], "must be at least 1")
        for (name, start) in [("containerID", mapping.containerID), ("hostID", mapping.hostID)] {
            try require(
                UInt64(start) + UInt64(mapping.size) <= UInt64(UInt32.max), [.key(name)],
                "the range from \(start), \(mapping.size) long, runs over the last id")
        }
    }
    // user_namespaces(7): at most 340 lines of uid_map.
    try require(
        mappings.count <= 340, [.key(key)], "has \(mappings.count) lines; the kernel takes 340")
}

extension Hooks {
    func validate() throws(DocumentError) {
        for point in Point.allCases {
            try validateEach(self[point], in: point.rawValue) { hook throws(DocumentError) in
                try require(
                    hook.path.hasPrefix("/"), ["path"],
                    "must be an absolute path, found \"\(hook.path)\"")
                try require((hook.timeoutSeconds ?? 1) > 0, ["timeout"], "must be above 0")
            }
        }
    }
}
