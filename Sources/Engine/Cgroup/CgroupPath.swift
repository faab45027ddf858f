/// Where in a hierarchy a container's cgroup goes (`linux.cgroupsPath`, config-linux.md).
package struct CgroupPath: Equatable, Sendable {
    private var isAbsolute: Bool
    private var components: [Substring]

    /// An absolute path starts at the mount point; a relative one, and the container's id where
    /// there is no path, below the caller's own cgroup.
    package init(_ path: String?, id: String) throws(EngineError) {
        let text = path.flatMap { $0.isEmpty ? nil : $0 } ?? id
        isAbsolute = text.hasPrefix("/")
        components = text.split(separator: "/").filter { $0 != "." }
        let stage = "find the cgroup of linux.cgroupsPath \"\(text)\""
        guard !components.contains("..") else {
            throw EngineError(stage, "a path with \"..\" may lead out of the hierarchy")
        }
        guard !text.utf8.contains(0), !text.utf8.contains(UInt8(ascii: "\n")) else {
            throw EngineError(stage, "a path has neither NUL nor line end")
        }
        guard !components.isEmpty else {
            throw EngineError(stage, "the root of the hierarchy belongs to the machine")
        }
        guard components.allSatisfy({ $0.utf8.count <= 255 }) else {
            throw EngineError(stage, "a name in it is longer than 255 bytes")
        }
    }

    /// The directory in one hierarchy.
    package func directory(in hierarchy: CgroupLayout.Hierarchy, isPureV2: Bool) -> String {
        let tail = components.joined(separator: "/")
        let mountPoint = hierarchy.mountPoint == "/" ? "" : hierarchy.mountPoint
        guard !isAbsolute else { return "\(mountPoint)/\(tail)" }
        var own = hierarchy.ownPath.split(separator: "/")
        // A v2 cgroup that has processes cannot pass controllers on (cgroups(7), "no internal
        // processes"): the caller's has at least the caller, so the container stands beside it.
        if isPureV2 && !own.isEmpty { own.removeLast() }
        return own.isEmpty
            ? "\(mountPoint)/\(tail)" : "\(mountPoint)/\(own.joined(separator: "/"))/\(tail)"
    }
}
