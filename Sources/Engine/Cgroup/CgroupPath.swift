/// Where in a hierarchy a container's cgroup goes (`linux.cgroupsPath`, config-linux.md).
package struct CgroupPath: Equatable, Sendable {
    private var isAbsolute: Bool
    /// Without a slash at its ends.
    private var tail: String

    /// An absolute path starts at the mount point; a relative one, and the container's id where
    /// there is no path, below the caller's own cgroup.
    package init(_ path: String?, id: String) throws(EngineError) {
        let text = path.flatMap { $0.isEmpty ? nil : $0 } ?? id
        isAbsolute = text.beginsWithSlash
        let components = text.pathNames.filter { $0 != "." }
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
        tail = String(components[0])
        for component in components.dropFirst() { tail += "/" + String(component) }
    }

    /// The directory in one hierarchy.
    package func directory(in hierarchy: CgroupLayout.Hierarchy, isPureV2: Bool) -> String {
        let mountPoint = hierarchy.mountPoint == "/" ? "" : hierarchy.mountPoint
        guard !isAbsolute else { return "\(mountPoint)/\(tail)" }
        var own = MountPlan.clean(hierarchy.ownPath)
        // A v2 cgroup that has processes cannot pass controllers on (cgroups(7), "no internal
        // processes"): the caller's has at least the caller, so the container stands beside it.
        if isPureV2, let slash = own.lastSlash { own = String(own[..<slash]) }
        return own == "/" ? "\(mountPoint)/\(tail)" : "\(mountPoint)\(own)/\(tail)"
    }
}
