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

    /// Whether a process was killed, or waits because none may be, since this was last asked.
    package mutating func hasHappened() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let woken = ((try? descriptor.read(into: &buffer)) ?? 0) > 0
        let now = cgroup.oomKills()
        defer { kills = now }
        return now > kills || (woken && isV1 && cgroup.isOutOfMemory)
    }
}

extension Cgroup {
    /// v1 without the kernel's killer: processes wait for memory.
    var isOutOfMemory: Bool {
        guard let path = file("memory", "memory.oom_control") else { return false }
        return KernelFile.table(path).first { $0.key == "under_oom" }?.value == 1
    }
}
