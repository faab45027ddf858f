internal import Linux
internal import OCI

/// The cgroup of a container that is being made.
extension Creation {
    /// All of it, before there is a process.
    func makeCgroup(_ container: Container, _ recorder: Recorder) throws(EngineError) {
        guard cgroup != nil else { return }
        try replacing(container) { () throws(EngineError) in
            try recorder.measure("cgroup") { () throws(EngineError) in
                keeper = try cgroup?.beginUnit(
                    id: options.id, devices: spec.linux.resources?.devices ?? [],
                    annotations: spec.annotations)
                var resources = spec.linux.resources
                if keeper != nil { resources?.leaveRoomForKeeper() }
                try cgroup?.make(resources, recorder: recorder)
            }
        }
        container.change { $0.cgroup = cgroup }
        try delegateCgroup()
    }

    /// `begin` makes the process.
    func makeCgroup(
        while begin: () throws(EngineError) -> Void, _ container: Container, _ recorder: Recorder
    ) throws(EngineError) {
        try replacing(container) { () throws(EngineError) in try cgroup?.makeUnified() }
        // Who undoes this now must not take what is only planned for ours.
        container.change { $0.cgroup = cgroup?.unified }
        try begin()
        try replacing(container) { () throws(EngineError) in
            try recorder.measure("cgroup") { () throws(EngineError) in
                // It could not be removed with the process in it.
                try cgroup?.make(
                    spec.linux.resources, recorder: recorder, besidesUnified: true,
                    beforeUndoing: container.killInit)
            }
        }
        container.change { $0.cgroup = cgroup }
    }

    /// What fails has undone itself; a cgroup that was refused because it is another container's must
    /// not be emptied when the rest is undone.
    private func replacing(
        _ container: Container, _ work: () throws(EngineError) -> Void
    ) throws(EngineError) {
        do throws(EngineError) {
            try work()
        } catch {
            container.change { $0.cgroup = nil }
            throw error
        }
    }

    /// The scope holds the container's process now. While it held another, a limit of one process
    /// could not be set.
    func releaseScope(_ recorder: Recorder) throws(EngineError) {
        keeper = nil
        guard let pids = spec.linux.resources?.pids, let limit = pids.limit,
            Cgroup.leastScopeProcesses > limit, limit >= 0
        else { return }
        try cgroup?.update(Resources(pids: pids), recorder: recorder)
    }

    /// A container that may write to its own cgroup, in namespaces of its own, owns it.
    private func delegateCgroup() throws(EngineError) {
        guard namespaces.makesCgroup, namespaces.makesUser, let cgroup,
            plan.steps.contains(where: {
                $0.content == .cgroup && !$0.options.set.contains(.readOnly)
            }),
            let user = IDMap.host(of: 0, spec.linux.uidMappings),
            let group = IDMap.host(of: 0, spec.linux.gidMappings)
        else { return }
        try cgroup.delegate(user: user, group: group)
    }
}
