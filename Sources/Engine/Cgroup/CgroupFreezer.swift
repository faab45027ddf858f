internal import CLinux
internal import Glibc
internal import Linux

extension Cgroup {
    /// How long the kernel may take to stop the processes of a container.
    private static let limit: UInt64 = 10_000_000_000

    /// Stops every process where it is. When that takes too long they run again, and an error.
    package func freeze() throws(EngineError) {
        guard try setFrozen(true) else {
            try? thaw()
            throw EngineError(
                "freeze cgroup \(name)", "some processes have not stopped within 10 seconds",
                code: ETIMEDOUT,
                hint: "a process in uninterruptible sleep (state D in ps) cannot be stopped")
        }
    }

    package func thaw() throws(EngineError) {
        guard try setFrozen(false) else {
            throw EngineError(
                "thaw cgroup \(name)", "it is still frozen after 10 seconds", code: ETIMEDOUT,
                hint: "a cgroup above it may be frozen")
        }
    }

    /// Also what the container has frozen itself, where it may make cgroups of its own.
    func thawAll() {
        for directory in directories where directory.version == .v1 && directory.controls("freezer")
        {
            CgroupTree.thaw(below: directory.path)
        }
    }

    /// Frozen, or on the way there.
    package var isFrozen: Bool {
        if let path = file("freezer", "freezer.state"), KernelFile.exists(path) {
            return KernelFile.readIfPresent(path).map { $0 != "THAWED" } ?? false
        }
        return v2.flatMap { KernelFile.number($0.file("cgroup.freeze")) } == 1
    }

    private func setFrozen(_ frozen: Bool) throws(EngineError) -> Bool {
        do throws(SystemError) {
            if let freezer = directories.first(where: {
                $0.version == .v1 && $0.controls("freezer")
            }) {
                return try Self.setFrozenV1(frozen, freezer.file("freezer.state"))
            }
            guard let v2, KernelFile.exists(v2.file("cgroup.freeze")) else {
                throw SystemError("find the freezer of the cgroup", ENOENT)
            }
            return try Self.setFrozenV2(frozen, v2)
        } catch {
            throw EngineError(
                error, during: "\(frozen ? "freeze" : "thaw") cgroup \(name)",
                hint: error.code == ENOENT ? "freezing needs the v1 freezer or Linux 5.2" : "")
        }
    }

    /// A v1 freezer can hang in FREEZING while processes are being made; writing again helps, and
    /// so does letting them run for a moment.
    private static func setFrozenV1(_ frozen: Bool, _ path: String) throws(SystemError) -> Bool {
        let wanted = frozen ? "FROZEN" : "THAWED"
        let end = Recorder.now + limit
        var round = 0
        while true {
            try KernelFile.write(wanted, to: path)
            if try KernelFile.read(path) == wanted { return true }
            guard Recorder.now < end else { return false }
            round += 1
            if frozen, round % 50 == 49 { try KernelFile.write("THAWED", to: path) }
            pause(microseconds: round < 25 ? 50 : 2000)
        }
    }

    /// cgroup.events wakes poll(2) when it changes.
    private static func setFrozenV2(
        _ frozen: Bool, _ directory: CgroupDirectory
    ) throws(SystemError) -> Bool {
        let path = directory.file("cgroup.events")
        let events = try openFile(path, O_RDONLY)
        try KernelFile.write(frozen ? "1" : "0", to: directory.file("cgroup.freeze"))
        let end = Recorder.now + limit
        while true {
            let now = KernelFile.table(path).first { $0.key == "frozen" }?.value
            if now == (frozen ? 1 : 0) { return true }
            guard Recorder.now < end else { return false }
            var watch = pollfd(fd: events.raw, events: Int16(POLLPRI), revents: 0)
            _ = unsafe poll(&watch, 1, 50)
        }
    }

    static func pause(microseconds: UInt32) { usleep(microseconds) }
}
