internal import CLinux
internal import Glibc
internal import Linux

/// The way of one new process into a cgroup, opened before the process is made.
///
/// A process that moves another one makes the kernel wait for an RCU grace period: 8 to 16 ms on
/// an idle machine. Two ways do without. For v2, clone3(2) makes the child inside the cgroup
/// (CLONE_INTO_CGROUP). For v1, the child, having one thread, writes "0" to `tasks`.
///
/// So a new cgroup namespace must be made after `enter`: one that clone3 makes would have the
/// caller's cgroup as its root.
package struct CgroupEntry: ~Copyable {
    /// For `clone_args.cgroup` with CLONE_INTO_CGROUP; nil where there is no v2 hierarchy.
    package let cloneInto: Int32?
    private let files: [(raw: Int32, path: String)]
    private let v2Path: String?

    init(directories: [CgroupDirectory]) throws(EngineError) {
        var files: [(raw: Int32, path: String)] = []
        var cloneInto: Int32?
        var v2Path: String?
        do throws(SystemError) {
            for directory in directories {
                if directory.version == .v2 {
                    v2Path = directory.path
                    let opened = try openFile(directory.path, APUS_O_PATH | O_DIRECTORY)
                    cloneInto = opened.release()
                } else {
                    let path = directory.file("tasks")
                    let opened = try openFile(path, O_WRONLY)
                    files.append((opened.release(), path))
                }
            }
        } catch {
            for file in files { close(file.raw) }
            if let cloneInto { close(cloneInto) }
            throw EngineError(error, during: "open the container's cgroup")
        }
        self.files = files
        self.cloneInto = cloneInto
        self.v2Path = v2Path
    }

    deinit {
        for file in files { close(file.raw) }
        if let cloneInto { close(cloneInto) }
    }

    /// In the child, before its first change of namespace or identity and before it starts a
    /// thread: joins every v1 hierarchy.
    package func enter() throws(EngineError) {
        for file in files {
            do { try KernelFile.write("0", to: file.raw, named: file.path) } catch {
                throw Self.explain(error, file.path)
            }
        }
    }

    /// For a child that clone3 could not make inside the v2 cgroup: moves it there.
    package func add(_ pid: Int32) throws(EngineError) {
        guard let v2Path else { return }
        let path = "\(v2Path)/cgroup.procs"
        do { try KernelFile.write("\(pid)", to: path) } catch {
            throw Self.explain(error, path)
        }
    }

    private static func explain(_ error: SystemError, _ path: String) -> EngineError {
        let hint =
            switch error.code {
            case ENOSPC: "the cpuset has no processors or no memory nodes"
            case EBUSY: "the cgroup passes controllers on to cgroups below it"
            case EINVAL: "the cgroup gives real-time processes no time, and this is one"
            case EACCES, EPERM: "the caller's cgroup has not been delegated to the caller"
            case ENODEV, ENOENT: "the cgroup was removed meanwhile"
            default: ""
            }
        return EngineError(error, during: "join the container's cgroup", hint: hint)
    }
}

extension Cgroup {
    /// For the container's first process. `onlyUnified` is for one that joins the others itself, when
    /// they are there: see `joinHierarchies`.
    package func entry(onlyUnified: Bool = false) throws(EngineError) -> CgroupEntry {
        try CgroupEntry(directories: onlyUnified ? unified.directories : directories)
    }

    /// The calling process joins every v1 hierarchy.
    func joinHierarchies() throws(EngineError) {
        try CgroupEntry(directories: directories.filter { $0.version == .v1 }).enter()
    }

    /// For one more process beside `initPid`. `subgroup` is `exec --cgroup`: a path below the
    /// container's cgroup, `path` for every hierarchy or `memory,cpu:path` for some.
    package func entry(
        besides initPid: Int32, subgroup: String? = nil
    ) throws(EngineError) -> CgroupEntry {
        guard let subgroup, !subgroup.isEmpty else {
            return try CgroupEntry(directories: directories.map { Self.occupied($0, by: initPid) })
        }
        var chosen = directories
        for part in [subgroup] { try Self.descend(part, in: &chosen) }
        return try CgroupEntry(directories: chosen)
    }

    /// A v2 cgroup that passes controllers on takes no process. The init of such a container (a
    /// systemd) has moved to a cgroup below; the new process goes there too.
    private static func occupied(
        _ directory: CgroupDirectory, by initPid: Int32
    ) -> CgroupDirectory {
        guard directory.version == .v2, initPid > 0,
            let passed = KernelFile.readIfPresent(directory.file("cgroup.subtree_control")),
            !passed.isEmpty,
            let lines = KernelFile.readIfPresent("/proc/\(initPid)/cgroup"),
            let line = lines.utf8.split(separator: UInt8(ascii: "\n")).map({ Substring($0) })
                .first(where: { $0.hasPrefix("0::") })
        else { return directory }
        // Both paths end alike below the container's directory, wherever our own root is.
        let name = directory.path.pathNames.last.map { "/\($0)/" } ?? "/"
        guard let below = Self.tail(of: String(line.dropFirst(3)), after: name) else {
            return directory
        }
        var inner = directory
        inner.path += "/\(below)"
        return KernelFile.exists(inner.path) ? inner : directory
    }

    private static func tail(of path: String, after marker: String) -> String? {
        let parts = path.pathNames
        let wanted = marker.pathNames
        guard let index = parts.lastIndex(of: wanted.first ?? ""), index + 1 < parts.count,
            !parts.contains("..")
        else { return nil }
        return parts[(index + 1)...].joined(separator: "/")
    }

    private static func descend(
        _ text: String, in directories: inout [CgroupDirectory]
    ) throws(EngineError) {
        let stage = "find the cgroup of --cgroup \(text)"
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let path = halves.count == 2 ? halves[1] : halves[0]
        let names = path.pathNames.filter { $0 != "." }
        guard !names.contains(".."), !path.utf8.contains(0) else {
            throw EngineError(stage, "the path leads out of the container's cgroup")
        }
        let chosen = halves.count == 2 ? halves[0].split(separator: ",") : []
        for controller in chosen
        where !directories.contains(where: { $0.version == .v2 || $0.controls(String(controller)) })
        {
            throw EngineError(stage, "there is no \(controller) cgroup controller")
        }
        for index in directories.indices {
            let directory = directories[index]
            let isChosen =
                chosen.isEmpty || directory.version == .v2
                || chosen.contains { directory.controls(String($0)) }
            guard isChosen, !names.isEmpty else { continue }
            directories[index].path += "/" + names.joined(separator: "/")
            guard KernelFile.exists(directories[index].path) else {
                throw EngineError(
                    stage, "\(directories[index].path) does not exist", code: ENOENT)
            }
        }
    }
}
