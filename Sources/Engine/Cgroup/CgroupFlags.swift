internal import Linux

/// The options of the cgroup2 filesystem, of which a machine has one. Whoever mounts it once more from
/// the first cgroup namespace sets them all, to nothing if they name none (cgroups(7),
/// admin-guide/cgroup-v2, Mounting); criu does so whenever it works. Without `nsdelegate` a container
/// to which a cgroup was handed could lift the limits that stand on it.
struct CgroupFlags {
    private let mountPoint: String
    private let flags: [String]

    /// As they are now; nil where there is nothing to be kept.
    init?() {
        guard let found = Self.find() else { return nil }
        mountPoint = found.mountPoint
        flags = Self.flags(of: found)
        if flags.isEmpty { return nil }
    }

    /// Sets them again if they have changed.
    func keep() throws(EngineError) {
        guard let found = Self.find(), Self.flags(of: found) != flags else { return }
        try attempt("give \(mountPoint) its options again") { () throws(SystemError) in
            let file = try openFile(mountPoint, OpenMode.pathDirectory.flags)
            let context = try FilesystemContext(of: file, name: mountPoint)
            for flag in flags { try context.set(flag: flag) }
            try context.reconfigure()
        }
    }

    private static func find() -> CgroupLayout.Mount? {
        guard let text = try? KernelFile.read("/proc/self/mountinfo") else { return nil }
        return CgroupLayout.cgroupMounts(text).first { $0.isV2 && $0.root == "/" }
    }

    private static func flags(of mount: CgroupLayout.Mount) -> [String] {
        mount.options.filter { $0 != "rw" && $0 != "ro" }.map { String($0) }
    }
}
