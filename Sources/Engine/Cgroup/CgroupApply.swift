internal import Glibc
internal import Linux
internal import OCI

extension Cgroup {
    /// Does what a plan says, in its order.
    func apply(_ plan: CgroupPlan, recorder: Recorder) throws(EngineError) {
        for warning in plan.warnings { recorder.warn(warning) }
        for step in plan.steps {
            switch step {
            case .write(let write):
                if let refusal = attempt(write) { try settle(write, refusal, recorder) }
            case .together(let writes):
                try apply(together: writes, recorder)
            case .deviceTable, .deviceProgram:
                try applyDevices(step, recorder)
            }
        }
    }

    /// Neither in a user namespace nor without privileges may anybody set device rules; there no node
    /// can be made, and the kernel opens none that its own user could not (user_namespaces(7)): it
    /// goes without.
    private func applyDevices(_ step: CgroupStep, _ recorder: Recorder) throws(EngineError) {
        do {
            switch step {
            case .deviceTable(let table):
                guard let directory = directory(of: "devices") else { return }
                try table.write(to: directory.path)
            case .deviceProgram(let rules):
                guard let directory = v2 else { return }
                try DeviceProgram(rules).attach(to: directory.path)
            case .write, .together: return
            }
        } catch  where error.code == EPERM && (UserNamespace.isOurs || geteuid() != 0) {
            recorder.warn("device rules are not set: they need root outside of user namespaces")
        }
    }

    private func apply(together writes: [CgroupWrite], _ recorder: Recorder) throws(EngineError) {
        var missing = writes
        while !missing.isEmpty {
            var refused: [(write: CgroupWrite, error: SystemError)] = []
            for write in missing {
                if let refusal = attempt(write) { refused.append((write, refusal)) }
            }
            guard refused.count < missing.count, refused.allSatisfy({ $0.error.code == EINVAL })
            else {
                for (write, error) in refused { try settle(write, error, recorder) }
                return
            }
            missing = refused.map { $0.write }
        }
    }

    /// Writes, and answers why not.
    private func attempt(_ write: CgroupWrite) -> SystemError? {
        if write.controller == "cpuset", let error = unavailable(write) { return error }
        do throws(SystemError) {
            guard let path = file(write.controller, write.file) else {
                return SystemError("write \(write.file)", ENOENT)
            }
            do throws(SystemError) {
                try KernelFile.write(write.value, to: path)
            } catch  where error.code == ENOENT && write.alternative != nil {
                guard let other = write.alternative,
                    let path = file(write.controller, other.file)
                else { throw error }
                try KernelFile.write(other.value, to: path)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Decides what a refusal means.
    private func settle(
        _ write: CgroupWrite, _ error: SystemError, _ recorder: Recorder
    ) throws(EngineError) {
        let problem = explain(write, error)
        switch write.tolerance {
        case .ifPresent where error.code == ENOENT: return
        case .warn: recorder.warn("\(problem)")
        case .required, .ifPresent: throw problem
        }
    }

    private func explain(_ write: CgroupWrite, _ error: SystemError) -> EngineError {
        let stage =
            "set the \(write.what) of cgroup \(directory(of: write.controller)?.path ?? name)"
        switch (error.code, write.controller) {
        case (EBUSY, "memory"), (EINVAL, "memory"):
            if let text = explainMemory(write, error) {
                return EngineError(
                    stage, text, code: error.code, hint: "give it more, or stop processes in it")
            }
        case (ENOENT, _):
            return EngineError(
                stage, "this kernel has no \(write.file) there", code: ENOENT,
                hint: explainMissing(write))
        case (_, "cpuset"):
            if unavailable(write) != nil {
                return EngineError(stage, error.doing, code: error.code)
            }
        case (EINVAL, "cpu") where write.file.hasPrefix("cpu.rt_"):
            return EngineError(
                error, during: stage, hint: "the parent cgroup has no real-time budget to give")
        case (ENODEV, _), (ENXIO, _):
            return EngineError(error, during: stage, hint: "there is no such block device")
        default: break
        }
        return EngineError(error, during: stage)
    }

    private func explainMemory(_ write: CgroupWrite, _ error: SystemError) -> String? {
        let usageFile =
            write.file.hasPrefix("memory.memsw.")
            ? "memory.memsw.usage_in_bytes" : "memory.usage_in_bytes"
        guard let wanted = UInt64(write.value) else { return nil }
        if error.code == EBUSY, let usage = file("memory", usageFile).flatMap(KernelFile.number) {
            let verb = usage > wanted ? "already uses" : "uses"
            return "requested \(Bytes.text(wanted)) but the cgroup \(verb) \(Bytes.text(usage))"
        }
        guard error.code == EINVAL,
            let limit = file("memory", "memory.limit_in_bytes").flatMap(KernelFile.number),
            let both = file("memory", "memory.memsw.limit_in_bytes").flatMap(KernelFile.number)
        else { return nil }
        return "requested \(Bytes.text(wanted)); the memory limit (\(Bytes.text(limit))) cannot be "
            + "above the limit of memory and swap together (\(Bytes.text(both)))"
    }

    private func explainMissing(_ write: CgroupWrite) -> String {
        if write.file.hasPrefix("memory.memsw.") || write.file == "memory.swap.max" {
            return "swap accounting is off: boot with swapaccount=1"
        }
        if write.controller == "hugetlb" { return "this machine has no huge pages of that size" }
        guard let directory = directory(of: write.controller), directory.version == .v2 else {
            return ""
        }
        let above = CgroupTree.parent(of: directory.path) ?? "/"
        let name = write.controller.isEmpty ? "the controller" : write.controller
        return "enable \(name) in \(above)/cgroup.subtree_control"
    }

    /// Processors and nodes that the machine does not offer: v2 would take the list in silence
    /// and run the container elsewhere.
    private func unavailable(_ write: CgroupWrite) -> SystemError? {
        guard let directory = directory(of: "cpuset"), let wanted = NumberList(write.value),
            let parent = CgroupTree.parent(of: directory.path)
        else { return nil }
        let isCPU = write.file == "cpuset.cpus"
        let effective =
            directory.version == .v1
            ? write.file : (isCPU ? "cpuset.cpus.effective" : "cpuset.mems.effective")
        let machine =
            isCPU ? "/sys/devices/system/cpu/online" : "/sys/devices/system/node/online"
        guard
            let text = KernelFile.readIfPresent("\(parent)/\(effective)")
                ?? KernelFile.readIfPresent(machine),
            let available = NumberList(text), !wanted.isSubset(of: available)
        else { return nil }
        let what = isCPU ? "CPUs" : "memory nodes"
        return SystemError(
            "Requested \(what) are not available - requested \(write.value), available: \(available)",
            EINVAL)
    }
}
