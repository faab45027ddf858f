internal import Glibc
internal import Linux
package import OCI

extension Container {
    /// `resctrl` are new shares of cache and memory bandwidth.
    package func update(
        _ resources: Resources, resctrl: IntelRdt? = nil, recorder: Recorder = Recorder()
    ) throws(EngineError) {
        let lock = try directory.lock()
        guard statusUnderLock() != .stopped else {
            throw EngineError("update \(id)", "container not running", code: ESRCH)
        }
        let change = try resctrl.map { (wanted) throws(EngineError) in
            try ResctrlPlan.change(
                of: resctrlGroup(try spec()), to: wanted, id: id, exists: KernelFile.exists)
        }
        try requireCgroup("update").update(resources, recorder: recorder)
        if let change { try apply(change) }
        _ = lock.raw
    }

    /// The group of resctrl that the container has, by config.json or by an update.
    func resctrlGroup(_ spec: Spec) -> IntelRdt? {
        spec.linux.intelRdt ?? (record.resctrlGroups.isEmpty ? nil : IntelRdt())
    }

    private func apply(_ plan: ResctrlPlan) throws(EngineError) {
        if !plan.made.isEmpty {
            change { $0.resctrlGroups = plan.made }
            try directory.write(record)
        }
        try plan.apply(to: record.initPid)
        guard !plan.made.isEmpty else { return }
        for pid in try processes() { try ResctrlPlan.enter(IntelRdt(), id: id, pid: pid) }
    }
}
