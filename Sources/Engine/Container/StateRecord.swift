package import OCI

/// What is on disk about a container (`state.json` in its state directory).
///
/// It is written before the first side effect, so that whoever finds it can undo everything, and
/// once more when the container is there.
package struct StateRecord: Sendable, Equatable {
    package var ociVersion: String
    package var bundle: String
    /// Absolute.
    package var rootfs: String
    /// Wall clock, at `create`.
    package var createdSeconds: Int64
    package var createdNanoseconds: Int64
    /// Who ran `create`.
    package var owner: UInt32
    package var annotations: [String: String]
    /// 0 while there is none.
    package var initPid: Int32 = 0
    /// /proc/PID/stat's start time: with the number it names one process.
    package var initStartTime: UInt64 = 0
    /// `create` has come to its end.
    package var isComplete = false
    /// nil where cgroups are disabled.
    package var cgroup: Cgroup?
    package var hasOwnPidNamespace = false
    package var joinsKeyring = true
    package var hasPoststopHooks = false
    /// Directories of resctrl that go with the container.
    package var resctrlGroups: [String] = []
}

extension StateRecord: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        ociVersion = try json.required("ociVersion")
        bundle = try json.required("bundle")
        rootfs = try json.required("rootfs")
        createdSeconds = try json.required("createdSeconds")
        createdNanoseconds = try json.required("createdNanoseconds")
        owner = try json.required("owner")
        annotations = try json.map("annotations")
        initPid = try json.value("initPid", default: 0)
        initStartTime = try json.value("initStartTime", default: 0)
        isComplete = try json.value("isComplete", default: false)
        hasOwnPidNamespace = try json.value("hasOwnPidNamespace", default: false)
        joinsKeyring = try json.value("joinsKeyring", default: true)
        hasPoststopHooks = try json.value("hasPoststopHooks", default: false)
        resctrlGroups = try json.list("resctrlGroups")
        let directories: [CgroupDirectory]? = try json.optional("cgroup")
        cgroup = directories.map(Cgroup.init(directories:))
        cgroup?.unit = try json.optional("systemdUnit")
    }

    package var json: JSONValue {
        .object {
            $0.set("ociVersion", ociVersion)
            $0.set("bundle", bundle)
            $0.set("rootfs", rootfs)
            $0.set("createdSeconds", createdSeconds)
            $0.set("createdNanoseconds", createdNanoseconds)
            $0.set("owner", owner)
            $0.set("annotations", map: annotations)
            $0.set("initPid", initPid)
            $0.set("initStartTime", initStartTime)
            $0.set("isComplete", flag: isComplete)
            $0.set("hasOwnPidNamespace", flag: hasOwnPidNamespace)
            $0.set("joinsKeyring", joinsKeyring)
            $0.set("hasPoststopHooks", flag: hasPoststopHooks)
            $0.set("resctrlGroups", list: resctrlGroups)
            $0.set("cgroup", cgroup?.directories)
            $0.set("systemdUnit", cgroup?.unit)
        }
    }
}

extension CgroupDirectory: JSONReadable, JSONWritable {
    package init(json: JSONNode) throws(DocumentError) {
        let number: Int32 = try json.required("version")
        guard let version = CgroupLayout.Version(rawValue: number) else {
            throw DocumentError(path: [.key("version")], "there is no cgroup v\(number)")
        }
        self.init(
            hierarchy: try json.required("hierarchy"), version: version,
            path: try json.required("path"), made: try json.value("made", default: false),
            newParents: try json.value("newParents", default: 0))
    }

    package var json: JSONValue {
        .object {
            $0.set("hierarchy", hierarchy)
            $0.set("version", version.rawValue)
            $0.set("path", path)
            $0.set("made", flag: made)
            if newParents > 0 { $0.set("newParents", newParents) }
        }
    }
}
