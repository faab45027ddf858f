internal import Glibc
package import Linux

/// Tells at once when the kernel runs out of a container's memory.
package struct OOMWatch: ~Copyable {
    /// Readable when something has happened.
    package let descriptor: OwnedDescriptor
    private let isV1: Bool
    private let cgroup: Cgroup
    private var kills: UInt64

    /// nil where the container has no memory cgroup, or its kernel tells nobody.
    package init?(_ cgroup: Cgroup) {
        guard let directory = cgroup.directory(of: "memory"),
            let made = try? Self.subscribe(to: directory)
        else { return nil }
        descriptor = made
        isV1 = directory.version == .v1
        self.cgroup = cgroup
        kills = cgroup.oomKills()
    }

    private static func subscribe(
        to directory: CgroupDirectory
    ) throws(SystemError) -> OwnedDescriptor {
        guard directory.version == .v1 else {
            return try FileWatch(of: directory.file("memory.events")).descriptor.duplicate()
        }
        // cgroup-v1/memory.rst, OOM Control.
        let counter = try EventCounter()
        let control = try openFile(directory.file("memory.oom_control"), O_RDONLY)
        try KernelFile.write(
            "\(counter.descriptor.raw) \(control.raw)", to: directory.file("cgroup.event_control"))
        return try counter.descriptor.duplicate()
    }

    /// Whether the memory was short since this was last asked: a process was killed, or waits
    /// because none may be.
    package mutating func hasHappened() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let woken = ((try? descriptor.read(into: &buffer)) ?? 0) > 0
        guard isV1 else {
            let now = cgroup.oomKills()
            defer { kills = now }
            return now > kills
        }
        // It comes before the kill, and also when the cgroup is removed.
        return woken && cgroup.file("memory", "memory.oom_control").map(KernelFile.exists) == true
    }
}
