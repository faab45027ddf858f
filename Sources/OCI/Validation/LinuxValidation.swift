extension LinuxSection {
    func validate() throws(DocumentError) {
        try validateNamespaces()
        try validateUserNamespace()
        try validateTimeNamespace()
        try validateSysctl()
        try validatePaths()
        try validateDevices()
        try validateNetDevices()
        try validateIntelRdt()
        // config-linux.md, Personality: "currently no flag values are supported".
        try require(
            personality?.flags.isEmpty != false, ["personality", "flags"],
            "has a flag, and no flag is defined yet")
        try OCI.validate("resources") { () throws(DocumentError) in try resources?.validate() }
        try OCI.validate("seccomp") { () throws(DocumentError) in try seccomp?.validate() }
    }

    private func validateNamespaces() throws(DocumentError) {
        if let repeated = firstRepetition(in: namespaces, by: { $0.kind }) {
            throw DocumentError(
                path: ["namespaces", .index(repeated), "type"],
                "namespace \"\(namespaces[repeated].kind.rawValue)\" is there twice")
        }
        try validateEach(namespaces, in: "namespaces") { namespace throws(DocumentError) in
            try require(
                namespace.path?.hasPrefix("/") != false, ["path"],
                "must be an absolute path, found \"\(namespace.path ?? "")\"")
        }
    }

    private func validateUserNamespace() throws(DocumentError) {
        try validateMappings(uidMappings, in: "uidMappings")
        try validateMappings(gidMappings, in: "gidMappings")
        guard let namespace = namespace(.user) else {
            let key: DocumentError.Step = uidMappings.isEmpty ? "gidMappings" : "uidMappings"
            try require(
                uidMappings.isEmpty && gidMappings.isEmpty, [key],
                "needs a user namespace: add one to linux.namespaces")
            return
        }
        // A joined namespace has its maps already; writers repeat them for the runtime to know.
        guard namespace.path == nil else { return }
        try require(!uidMappings.isEmpty, ["uidMappings"], "is missing: a user namespace needs it")
        try require(!gidMappings.isEmpty, ["gidMappings"], "is missing: a user namespace needs it")
    }

    private func validateTimeNamespace() throws(DocumentError) {
        guard !timeOffsets.isEmpty else { return }
        let namespace = namespace(.time)
        try require(
            namespace != nil, ["timeOffsets"],
            "needs a time namespace: add one to linux.namespaces")
        try require(
            namespace?.path == nil, ["timeOffsets"],
            "cannot be set in a time namespace that is joined")
        for (clock, offset) in [
            ("monotonic", timeOffsets.monotonic), ("boottime", timeOffsets.boottime),
        ] {
            try require(
                (offset?.nanoseconds ?? 0) < 1_000_000_000,
                ["timeOffsets", .key(clock), "nanosecs"],
                "must be below 1000000000")
        }
    }

    private func validatePaths() throws(DocumentError) {
        for (key, paths) in [("maskedPaths", maskedPaths), ("readonlyPaths", readonlyPaths)] {
            try require(
                paths.isEmpty || namespace(.mount) != nil, [.key(key)],
                "needs a mount namespace: add one to linux.namespaces")
            try validateEach(paths, in: key) { path throws(DocumentError) in
                try require(
                    path.hasPrefix("/"), [], "must be an absolute path, found \"\(path)\"")
            }
        }
    }

    private func validateDevices() throws(DocumentError) {
        try validateEach(devices, in: "devices") { device throws(DocumentError) in
            try require(
                device.path.hasPrefix("/"), ["path"],
                "must be an absolute path, found \"\(device.path)\"")
            guard device.kind != .fifo else { return }
            // linux/kdev_t.h: 12 bits of major, 20 of minor.
            try require(
                (0...0xfff).contains(device.major), ["major"], "must be between 0 and 4095")
            try require(
                (0...0xfffff).contains(device.minor), ["minor"], "must be between 0 and 1048575")
        }
    }

    private func validateNetDevices() throws(DocumentError) {
        guard !netDevices.isEmpty else { return }
        try require(
            namespace(.network) != nil, ["netDevices"],
            "needs a network namespace: add one to linux.namespaces")
        for (name, device) in netDevices {
            for candidate in [name, device.name ?? name] {
                try require(
                    isInterfaceName(candidate), ["netDevices", .key(name)],
                    "\"\(candidate)\" is not an interface name (1 to 15 bytes, no / : or blanks)")
            }
        }
    }

    private func validateIntelRdt() throws(DocumentError) {
        guard let closID = intelRdt?.closID else { return }
        try require(
            closID != "." && closID != ".." && !closID.utf8.contains { $0 == 0x2f || $0 == 0x0a },
            ["intelRdt", "closID"], "\"\(closID)\" is not a directory name")
    }
}

private func isInterfaceName(_ name: String) -> Bool {
    (1...15).contains(name.utf8.count) && name != "." && name != ".."
        && !name.contains { $0 == "/" || $0 == ":" || $0.isWhitespace }
}
