internal import Glibc
internal import Linux

extension Cgroup {
    /// The processes of the container, those of cgroups that it made for itself among them.
    package func processes() -> [Int32] {
        guard let directory = v2 ?? directory(of: "pids") ?? directories.first else { return [] }
        let found = CgroupTree.processes(below: directory.path)
        // A privileged container may have left one hierarchy, but hardly all.
        guard found.isEmpty else { return found }
        return directories.lazy.map { CgroupTree.processes(below: $0.path) }
            .first { !$0.isEmpty } ?? []
    }

    /// Sends a signal to every process. SIGKILL leaves none, however fast they fork.
    package func kill(_ signal: Int32) throws(EngineError) {
        guard signal == SIGKILL else {
            for pid in processes() { Glibc.kill(pid, signal) }
            return
        }
        if let v2, (try? KernelFile.write("1", to: v2.file("cgroup.kill"))) != nil {
            // A frozen process dies at once on v2; on v1 it has to run to die.
            if !isPureV2 && isFrozen { try thaw() }
            if isPureV2 || waitUntilEmpty(microseconds: 200_000) { return }
        }
        try killFrozen()
    }

    /// Frozen processes cannot fork, so that one round reaches all of them.
    private func killFrozen() throws(EngineError) {
        for _ in 0..<10 {
            let before = processes()
            if before.isEmpty { return }
            let isStopped = (try? freeze()) != nil
            for pid in processes() { Glibc.kill(pid, SIGKILL) }
            if isStopped { try thaw() }
            thawAll()
            if waitUntilEmpty(microseconds: 200_000) { return }
        }
    }

    /// False where processes are still there when the time is over.
    func waitUntilEmpty(microseconds: UInt64) -> Bool {
        let end = Recorder.now + microseconds * 1000
        var step: UInt32 = 100
        while !processes().isEmpty {
            guard Recorder.now < end else { return false }
            Self.pause(microseconds: step)
            step = min(step * 2, 10_000)
        }
        return true
    }

    /// Kills whoever is still in it, and removes it. Mostly nobody is, and then to look for
    /// processes would cost more than to remove it.
    package func dissolve() throws(EngineError) {
        if unit != nil { return try remove() }
        do {
            try remove(patienceMilliseconds: 0)
        } catch  where error.code == EBUSY {
            try kill(SIGKILL)
            try remove()
        }
    }

    /// Removes what was made for the container, with what it made itself. A process that is still
    /// dying keeps its cgroup for a moment, so this tries again for a while.
    package func remove(patienceMilliseconds: UInt64 = 5000) throws(EngineError) {
        // A systemd that does not answer shall not keep what can be removed without it.
        let refusal = Result { () throws(EngineError) in try endUnit() }
        try removeDirectories(patienceMilliseconds: patienceMilliseconds)
        try refusal.get()
    }

    private func removeDirectories(patienceMilliseconds: UInt64) throws(EngineError) {
        var rest = directories.filter { $0.made }
        let end = Recorder.now + patienceMilliseconds * 1_000_000
        var step: UInt32 = 200
        while true {
            var blocked: (path: String, code: Int32)?
            rest.removeAll { directory in
                var code = CgroupTree.remove(directory.path)
                if code == 0 { code = CgroupTree.removeMadeParents(of: directory) }
                if code != 0 { blocked = (directory.path, code) }
                return code == 0
            }
            guard let blocked else { return }
            guard blocked.code == EBUSY, Recorder.now < end else {
                throw Self.stuck(blocked.path, blocked.code)
            }
            Self.pause(microseconds: step)
            step = min(step * 2, 50_000)
        }
    }

    private static func stuck(_ path: String, _ code: Int32) -> EngineError {
        let processes = CgroupTree.processes(below: path)
        let list = processes.prefix(5).map { pid in
            let name = KernelFile.readIfPresent("/proc/\(pid)/comm") ?? "?"
            let place = KernelFile.readIfPresent("/proc/\(pid)/wchan") ?? ""
            return "\(pid) (\(name)\(place.isEmpty || place == "0" ? "" : " in \(place)"))"
        }
        let error = SystemError("remove cgroup \(path)", code)
        guard !list.isEmpty else { return EngineError(error) }
        return EngineError(
            error.doing, "it still holds \(list.joined(separator: ", "))", code: code,
            hint: "they must end first; kill --all sends a signal to all of them")
    }
}
