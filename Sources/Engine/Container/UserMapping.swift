internal import Glibc
internal import Linux
internal import OCI

/// Maps the users of a container's process: by the kernel's own files where the caller may write
/// them, else by the setuid programs that hand out the ranges of /etc/subuid (newuidmap(1)).
enum UserMapping {
    private static let stage = "map the users of the container"
    private static let longestSeconds = 10

    static func write(
        uids: [IDMapping], gids: [IDMapping], of pid: Int32, holdings: CapabilityHoldings
    ) throws(EngineError) {
        let mayMapAll = holdings.permitted.isSuperset(of: CapabilityMask([.setuid, .setgid]))
        let mapsOwnAlone = isOwn(uids, geteuid()) && isOwn(gids, getegid())
        guard !mayMapAll && !mapsOwnAlone else {
            return try attempt(stage, hint: "do the ranges overlap, or exceed the runtime's own?") {
                () throws(SystemError) in
                try IDMap.write(uids, gids, of: pid, denyingGroups: !mayMapAll)
            }
        }
        try hand(gids, to: pid, by: "newgidmap", from: "/etc/subgid")
        try hand(uids, to: pid, by: "newuidmap", from: "/etc/subuid")
    }

    /// user_namespaces(7): the one line that everybody may write.
    private static func isOwn(_ mappings: [IDMapping], _ id: UInt32) -> Bool {
        mappings.count == 1 && mappings[0].size == 1 && mappings[0].hostID == id
    }

    private static func hand(
        _ mappings: [IDMapping], to pid: Int32, by name: String, from file: String
    ) throws(EngineError) {
        let places = ["/usr/bin", "/bin", "/usr/local/bin"].map { "\($0)/\(name)" }
        guard let program = places.first(where: KernelFile.exists) else {
            throw EngineError(
                stage, "\(name) is not installed, and an unprivileged caller needs it",
                code: ENOENT, hint: "install it (package uidmap), or map the caller's own id alone")
        }
        let ranges = mappings.flatMap { ["\($0.containerID)", "\($0.hostID)", "\($0.size)"] }
        let end = try attempt("\(stage) by \(program)") { () throws(SystemError) in
            try HookProcess.start(
                Hook(path: program, args: [name, "\(pid)"] + ranges), directory: "/",
                streams: .heard
            ).finish(input: [], timeoutSeconds: longestSeconds)
        }
        guard end.status != .exited(0) else { return }
        let said = String(decoding: end.errorTail, as: UTF8.self)
            .split(whereSeparator: { $0.isNewline }).joined(separator: "; ")
        throw EngineError(
            stage, "\(name) refused: \(said)", code: EPERM,
            hint: "\(file) has to give user \(geteuid()) the ranges of linux.uidMappings and "
                + "linux.gidMappings")
    }
}
