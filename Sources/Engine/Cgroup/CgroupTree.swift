internal import CLinux
internal import Glibc
internal import Linux

/// Directories of a hierarchy: making, walking, removing.
enum CgroupTree {
    /// Marks what we have made above a container's own directory: the last container to leave takes
    /// it away, and nobody else's directory is ever removed. Where marks are not to be had,
    /// directories above stay.
    private static let mark = "trusted.apus.made"

    /// Also where it is gone already: those above it may not be.
    private static func isMarked(_ path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try check("look for a mark on \(path)") { unsafe getxattr(path, mark, nil, 0) }
            return true
        } catch {
            if error.code == ENOENT { return true }
            let isAnswer = [ENODATA, EPERM, EACCES, ENOTSUP, ENOSYS].contains(error.code)
            guard isAnswer else { throw error }
            return false
        }
    }

    /// mkdir -p. Answers whether the last directory is new.
    static func make(_ path: String) throws(EngineError) -> Bool {
        // Between the making of a parent and of its child another container's end may take the
        // parent away again.
        for _ in 0..<16 {
            if unsafe mkdir(path, 0o755) == 0 { return true }
            let code = apus_errno()
            if code == EEXIST { return false }
            guard code == ENOENT, let parent = parent(of: path) else {
                throw failure(path, code)
            }
            // v2 inherits by itself; clone_children is a file of v1.
            guard try make(parent) else { continue }
            try leaveMark(on: parent)
            if KernelFile.exists("\(parent)/cpuset.mems"),
                KernelFile.exists("\(parent)/cgroup.clone_children")
            {
                try inheritCPUSet(parent)
            }
        }
        throw failure(path, ENOENT)
    }

    private static func leaveMark(on path: String) throws(EngineError) {
        do throws(SystemError) {
            try check("mark cgroup \(path)") { unsafe setxattr(path, mark, "1", 1, 0) }
        } catch {
            // Not every caller may, and not every kernel can.
            guard error.code == EPERM || error.code == ENOTSUP || error.code == ENOSYS else {
                _ = unsafe rmdir(path)
                throw EngineError(error)
            }
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> EngineError {
        let hint =
            switch code {
            case EACCES, EPERM, EROFS: "only the owner of the parent cgroup can make cgroups in it"
            case EAGAIN: "the parent cgroup's cgroup.max.descendants or cgroup.max.depth is reached"
            default: ""
            }
        return EngineError(SystemError("make cgroup \(path)", code), hint: hint)
    }

    static func parent(of path: String) -> String? {
        guard let slash = path.lastSlash, slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }

    /// A new v1 cpuset is empty and takes no process: it gets its parent's processors and nodes,
    /// and so do those above that are still empty.
    static func inheritCPUSet(_ path: String) throws(EngineError) {
        do {
            for file in ["cpuset.cpus", "cpuset.mems"] { try inherit(file, path) }
        } catch { throw EngineError(error, during: "set up cpuset \(path)") }
    }

    private static func inherit(_ file: String, _ path: String) throws(SystemError) {
        guard try KernelFile.read("\(path)/\(file)").isEmpty, let parent = parent(of: path) else {
            return
        }
        var value = try KernelFile.read("\(parent)/\(file)")
        if value.isEmpty {
            try inherit(file, parent)
            value = try KernelFile.read("\(parent)/\(file)")
        }
        try KernelFile.write(value, to: "\(path)/\(file)")
    }

    /// Passes every v2 controller on from the top to `path`, as far as the kernel lets us: what a
    /// limit then misses is told where the limit is set.
    static func enableControllers(for path: String) {
        guard let parent = parent(of: path), KernelFile.exists("\(parent)/cgroup.controllers"),
            let offered = KernelFile.readIfPresent("\(path)/cgroup.controllers")
        else { return }
        var top = parent
        while let above = Self.parent(of: top), KernelFile.exists("\(above)/cgroup.controllers") {
            top = above
        }
        let all = (KernelFile.readIfPresent("\(top)/cgroup.controllers") ?? "")
            .split(separator: " ")
        let have = Set(offered.split(separator: " "))
        let missing = all.filter { !have.contains($0) }
        guard !missing.isEmpty else { return }
        var chain: [String] = []
        var ancestor = parent
        while true {
            chain.append(ancestor)
            guard ancestor != top, let above = Self.parent(of: ancestor) else { break }
            ancestor = above
        }
        for directory in chain.reversed() {
            // One by one: a controller that is refused must not cost the others.
            for controller in missing {
                try? KernelFile.write("+\(controller)", to: "\(directory)/cgroup.subtree_control")
            }
        }
    }

    /// Process numbers of a cgroup and of those below it, as the caller's pid namespace has them.
    static func processes(below path: String) -> [Int32] {
        var found: [Int32] = []
        try? CgroupWalk.over(
            path,
            enter: { directory in
                let text = CgroupWalk.text("cgroup.procs", in: directory) ?? ""
                // 0 stands for a process that our pid namespace does not see.
                found += text.split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
            })
        return found
    }

    /// Lets run what a container has frozen itself, in v1 cgroups that it made in its own: a process
    /// there would never die.
    static func thaw(below path: String) {
        try? CgroupWalk.over(
            path,
            enter: { directory in
                guard let file = try? openFile(at: directory, "freezer.state", O_WRONLY) else {
                    return
                }
                try? KernelFile.write("THAWED", to: file.raw, named: "freezer.state")
            })
    }

    /// rmdir of a cgroup and of what the container made in it; errno, or 0 when it is gone.
    static func remove(_ path: String) -> Int32 {
        if unsafe rmdir(path) == 0 { return 0 }
        let code = apus_errno()
        if code == ENOENT { return 0 }
        guard code == EBUSY else { return code }
        var obstacle: Int32 = 0
        do throws(SystemError) {
            try CgroupWalk.over(path, enter: { _ in }) { parent, name in
                do throws(SystemError) {
                    try parent.remove(name, directory: true)
                } catch {
                    if obstacle == 0 && error.code != ENOENT { obstacle = error.code }
                }
            }
        } catch {
            if error.code != ENOENT { return error.code }
        }
        if obstacle != 0 { return obstacle }
        return unsafe rmdir(path) == 0 || apus_errno() == ENOENT ? 0 : apus_errno()
    }

    /// How many of the directories above are not there.
    static func missingParents(of path: String) -> Int32 {
        var count: Int32 = 0
        var path = path
        while let above = parent(of: path), !KernelFile.exists(above) {
            count += 1
            path = above
        }
        return count
    }

    /// Takes away the directories above that we have made, while nobody else uses them; errno where
    /// one could not be removed for another reason.
    @discardableResult
    static func removeMadeParents(of directory: CgroupDirectory) -> Int32 {
        var path = directory.path
        var unmarked = directory.newParents
        do throws(SystemError) {
            while let above = parent(of: path) {
                if unmarked <= 0 { guard try isMarked(above) else { break } }
                do throws(SystemError) {
                    try check("remove cgroup \(above)") { unsafe rmdir(above) }
                } catch {
                    // It was never made, or an earlier attempt ended above it.
                    guard error.code == ENOENT else { throw error }
                }
                unmarked -= 1
                path = above
            }
        } catch {
            return [EBUSY, ENOTEMPTY].contains(error.code) ? 0 : error.code
        }
        return 0
    }
}
