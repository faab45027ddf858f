extension LinuxSection {
    /// Only what a namespace of the container holds: any other sysctl would be the host's.
    func validateSysctl() throws(DocumentError) {
        for name in sysctl.keys.sorted() {
            let dotted = Self.dotted(name)
            let path: [DocumentError.Step] = ["sysctl", .key(name)]
            try require(
                dotted != "kernel.hostname", path, "set hostname instead of the sysctl")
            guard let owner = Self.namespaceOwning(dotted) else {
                throw DocumentError(
                    path: path, "is not in a separate kernel namespace, so it would be the host's")
            }
            try require(
                namespace(owner) != nil, path,
                "needs a separate \(owner.rawValue) namespace: add one to linux.namespaces")
        }
    }

    /// sysctl(8) takes `net/ipv4/conf/eth0.100/…`: the first separator decides what it means.
    static func dotted(_ name: String) -> String {
        guard let separator = name.first(where: { $0 == "." || $0 == "/" }), separator == "/"
        else { return name }
        return String(name.map { $0 == "/" ? "." : $0 == "." ? "/" : $0 })
    }

    private static func namespaceOwning(_ name: String) -> NamespaceKind? {
        if ipcNames.contains(name) || name.hasPrefix("fs.mqueue.") { return .ipc }
        if name.hasPrefix("net.") { return .network }
        if name == "kernel.domainname" { return .uts }
        if name.hasPrefix("user.") { return .user }
        return nil
    }

    /// ipc_namespaces(7).
    private static let ipcNames = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall",
        "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ]
}
