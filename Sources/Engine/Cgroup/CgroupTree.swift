internal import CLinux
internal import Glibc
internal import Linux

/// Directories of a hierarchy: making, walking, removing.
enum CgroupTree {
    /// Marks what we have made above a container's own directory: the last container to leave takes
    /// it away, and nobody else's directory is ever removed. Where marks are not to be had,
    /// directories above stay.
    private static let mark = "trusted.apus.made"

    private static func isMarked(_ path: String) -> Bool {
        unsafe getxattr(path, mark, nil, 0) >= 0
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
            unsafe setxattr(parent, mark, "1", 1, 0)
            if KernelFile.exists("\(parent)/cpuset.mems"),
                KernelFile.exists("\(parent)/cgroup.clone_children")
            {
                try inheritCPUSet(parent)
            }
        }
        throw failure(path, ENOENT)
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
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
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
        for directory in tree(path) {
            let text = KernelFile.readIfPresent("\(directory)/cgroup.procs") ?? ""
            // 0 stands for a process that our pid namespace does not see.
            found += text.split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 }
        }
        return found
    }

    /// A directory and those below it, parents first.
    static func tree(_ path: String) -> [String] {
        [path] + KernelFile.directories(in: path).flatMap { tree("\(path)/\($0)") }
    }

    /// rmdir of a cgroup and of what the container made in it; errno, or 0 when it is gone.
    static func remove(_ path: String) -> Int32 {
        if unsafe rmdir(path) == 0 { return 0 }
        var code = apus_errno()
        if code == ENOENT { return 0 }
        guard code == EBUSY else { return code }
        let below = KernelFile.directories(in: path)
        guard !below.isEmpty else { return code }
        for name in below {
            code = remove("\(path)/\(name)")
            if code != 0 { return code }
        }
        return unsafe rmdir(path) == 0 ? 0 : apus_errno()
    }

    /// Takes away the directories above that we have made, while nobody else uses them.
    static func removeMadeParents(of path: String) {
        var path = path
        while let above = parent(of: path), isMarked(above) {
            guard unsafe rmdir(above) == 0 else { return }
            path = above
        }
    }
}
