internal import CLinux
internal import Glibc
internal import Linux
internal import RPC

/// Hears from the kernel when a process of a container is killed for its memory.
final class OOMWatch: Mortal {
    let life = Life()
    private let loop: EventLoop
    private let files: CgroupFiles
    private let isV2: Bool
    private let onKill: () -> Void
    /// The eventfd (v1, memory.oom_control) or inotify (v2, memory.events) that tells.
    private var source: OwnedDescriptor?
    private(set) var kills: UInt64

    /// nil where the container has no memory cgroup of its own.
    init?(_ cgroup: CgroupLocation?, loop: EventLoop, onKill: @escaping () -> Void) {
        guard let cgroup, let directory = cgroup.directory("memory") else { return nil }
        files = CgroupFiles(directory: directory)
        if case .v2 = cgroup.layout { isV2 = true } else { isV2 = false }
        self.loop = loop
        self.onKill = onKill
        kills = 0
        kills = count()
        guard let raw = try? (isV2 ? watchEvents() : watchControl()) else { return }
        source = OwnedDescriptor(owning: raw)
        try? loop.watch(raw, .readable) { [own = Weak(self)] _ in own.object?.heard() }
    }

    deinit { stop() }

    func stop() {
        if let source = source.take() { loop.unwatch(source.raw) }
    }

    /// Looks for kills that were not told yet: the last ones of a container may be.
    func look() {
        let now = count()
        guard now > kills else { return }
        kills = now
        onKill()
    }

    private func count() -> UInt64 {
        files.table(isV2 ? "memory.events" : "memory.oom_control")["oom_kill"] ?? 0
    }

    private func heard() {
        var buffer = [UInt8](repeating: 0, count: 512)
        _ = try? source?.read(into: &buffer)
        // The cgroup's removal is told as well, again and again.
        guard files.exists else { return stop() }
        if isV2 { return look() }
        // v1 tells before it counts.
        kills += 1
        onKill()
    }

    /// cgroup-v1/memory.rst, "OOM Control".
    private func watchControl() throws(SystemError) -> Int32 {
        let raw = try check("make an event descriptor") { eventfd(0, APUS_EFD_FLAGS) }
        let event = OwnedDescriptor(owning: raw)
        let control = try openFile(files.directory + "/memory.oom_control", O_RDONLY)
        let register = try openFile(files.directory + "/cgroup.event_control", O_WRONLY)
        try register.writeAll(Array("\(event.raw) \(control.raw)".utf8))
        return event.release()
    }

    private func watchEvents() throws(SystemError) -> Int32 {
        let raw = try check("make an inotify descriptor") {
            inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        }
        let notify = OwnedDescriptor(owning: raw)
        try check("watch memory.events") {
            unsafe inotify_add_watch(
                notify.raw, files.directory + "/memory.events", UInt32(IN_MODIFY))
        }
        return notify.release()
    }
}
