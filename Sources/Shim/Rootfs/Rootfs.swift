internal import CLinux
internal import Glibc
internal import Linux
internal import Wire

/// The mounts of one root filesystem: made before Create, taken away after Delete.
struct Rootfs {
    let path: String
    private(set) var mounted: [String] = []

    init(path: String, mounted: [String] = []) {
        self.path = path
        self.mounted = mounted
    }

    /// Makes all of them, or none.
    mutating func mount(_ mounts: [TaskAPI.Mount]) throws(Failure) {
        guard !mounts.isEmpty else { return }
        var plans: [RootfsMount] = []
        for mount in mounts { plans.append(try RootfsMount(mount)) }
        do throws(SystemError) {
            try makeDirectories(path, mode: 0o711)
            for plan in plans {
                let target = plan.target.isEmpty ? path : path + "/" + plan.target
                try plan.apply(to: target)
                mounted.append(target)
            }
        } catch {
            unmount()
            throw .system(error)
        }
    }

    /// Takes them away in reverse order. Whoever still uses one keeps it until he is done.
    mutating func unmount() {
        for target in mounted.reversed() { unmountAll(target, most: 1) }
        mounted = []
    }
}

/// Unmounts a path until nothing is mounted there, at most so many times.
func unmountAll(_ path: String, most: Int) {
    for _ in 0..<most {
        let flags = Int32(UMOUNT_NOFOLLOW)
        if unsafe umount2(path, flags) == 0 { continue }
        guard apus_errno() == EBUSY else { return }
        guard unsafe umount2(path, flags | Int32(MNT_DETACH)) == 0 else { return }
    }
}

extension RootfsMount {
    /// What fsconfig(2) takes as one value, with its NUL.
    private static let longestValue = 256
    /// What mount(2) takes as its options altogether, with the NUL.
    private static let longestData = 4096

    func apply(to target: String) throws(SystemError) {
        let place = try openFile(target, APUS_O_PATH | O_DIRECTORY)
        switch kind {
        case .bind(let recursive):
            let tree = try MountTree.clone(path: source, recursive: recursive)
            if !attributes.isEmpty {
                try MountTree.change(tree, set: attributes, recursive: recursive, name: source)
            }
            try attach(tree, place, target)
        case .filesystem(let options):
            let context = try FilesystemContext(type)
            if !source.isEmpty { try context.set("source", to: source) }
            try configure(context, options)
            try attach(try context.mount(attributes), place, target)
        case .overlay(let lower, let options):
            try mountOverlay(lower, options, place, target)
        }
    }

    private func attach(
        _ tree: borrowing OwnedDescriptor, _ place: borrowing OwnedDescriptor, _ target: String
    ) throws(SystemError) {
        if let propagation {
            try MountTree.change(
                tree, propagation: propagation, recursive: isPropagationRecursive, name: target)
        }
        try MountTree.attach(tree, to: place, name: target)
    }

    private func configure(
        _ context: borrowing FilesystemContext, _ options: [Option]
    ) throws(SystemError) {
        for option in options {
            if let value = option.value {
                try context.set(option.key, to: value)
            } else {
                try context.set(flag: option.key)
            }
        }
    }

    /// A call a layer (`lowerdir+`, Linux 6.8), so that any number of them fits; where the kernel
    /// does not know that, all in the one page of mount(2). Before Linux 6.5 a kernel takes every word
    /// and says only when the filesystem is made that it did not understand one.
    private func mountOverlay(
        _ lower: [String], _ options: [Option], _ place: borrowing OwnedDescriptor, _ target: String
    ) throws(SystemError) {
        let tree: OwnedDescriptor
        do throws(SystemError) { tree = try overlayByLayers(lower, options) } catch {
            guard error.code == EINVAL || error.code == EOPNOTSUPP else { throw error }
            return try mountOverlayAtOnce(lower, options, target, instead: error)
        }
        try attach(tree, place, target)
    }

    private func overlayByLayers(
        _ lower: [String], _ options: [Option]
    ) throws(SystemError) -> OwnedDescriptor {
        let context = try FilesystemContext("overlay")
        var held: [Int32] = []
        defer { for raw in held { close(raw) } }
        for layer in lower { try context.set("lowerdir+", to: try short(layer, &held)) }
        var options = options
        for index in options.indices {
            guard ["upperdir", "workdir"].contains(options[index].key) else { continue }
            options[index].value = try short(options[index].value ?? "", &held)
        }
        if !source.isEmpty { try context.set("source", to: source) }
        try configure(context, options)
        return try context.mount(attributes)
    }

    /// A path that fsconfig(2) takes: itself, or a way through a descriptor to the same directory.
    private func short(_ path: String, _ held: inout [Int32]) throws(SystemError) -> String {
        guard path.utf8.count >= Self.longestValue else { return path }
        let raw = try openFile(path, APUS_O_PATH | O_DIRECTORY).release()
        held.append(raw)
        return "/proc/self/fd/\(raw)"
    }

    /// `instead`: why the other way failed, in the kernel's words where it has any.
    private func mountOverlayAtOnce(
        _ lower: [String], _ options: [Option], _ target: String, instead: SystemError
    ) throws(SystemError) {
        let escaped = lower.map { layer in
            layer.map { $0 == ":" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        }
        let data = (["lowerdir=" + escaped.joined(separator: ":")] + options.map { $0.text })
            .joined(separator: ",")
        guard data.utf8.count < Self.longestData else {
            throw SystemError("mount an overlay of \(lower.count) layers on \(target)", E2BIG)
        }
        let flags = UInt(attributes.rawValue & 0xf)
        do throws(SystemError) {
            try check("mount an overlay on \(target)") {
                unsafe Glibc.mount(
                    source.isEmpty ? "overlay" : source, target, "overlay", flags, data)
            }
        } catch {
            throw error.code == instead.code ? instead : error
        }
    }
}
