internal import CLinux
internal import Glibc
internal import Linux

/// What every container finds in /dev: nodes, links, and the console.
extension MountSteps {
    /// mknod(2), or a bind of the host's node where a user namespace forbids mknod.
    func makeNode(_ node: MountPlan.Node) throws(EngineError) {
        do throws(SystemError) {
            if let source = hostDevice(node.path) {
                let target = try rootfs.file(node.path)
                try MountTree.attach(source.descriptor, to: target, name: node.path)
                return
            }
            let place = try parent(of: node.path)
            do throws(SystemError) {
                try place.descriptor.makeNode(
                    place.name, node.kind, mode: node.mode, major: node.major, minor: node.minor)
            } catch {
                guard error.code == EEXIST else { throw error }
                return try requireSame(node, in: place.descriptor, place.name)
            }
            if node.uid != 0 || node.gid != 0 {
                try place.descriptor.changeOwner(of: place.name, uid: node.uid, gid: node.gid)
            }
        } catch {
            throw EngineError(error, during: "make device \(node.path)")
        }
    }

    /// config-linux.md, Devices: a file that is there must be what was asked for.
    private func requireSame(
        _ node: MountPlan.Node, in parent: borrowing OwnedDescriptor, _ name: String
    ) throws(SystemError) {
        let status = try FileStatus(in: parent, name)
        let isSame =
            status.kind == node.kind
            && (node.kind == .fifo || (status.major == node.major && status.minor == node.minor))
        guard isSame else {
            throw SystemError("\(node.path) is there and is something else", EEXIST)
        }
    }

    /// The links of config-linux.md, Dev symbolic links, the kernel's memory where it shows it, and
    /// the multiplexer of the container's own terminals.
    func makeDeviceLinks() throws(EngineError) {
        let links = [
            ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"), ("core", "/proc/kcore"),
        ]
        do throws(SystemError) {
            let directory = try rootfs.directory("/dev")
            for (name, target) in links {
                if name == "core", (try? proc.open("kcore", .path)) == nil { continue }
                do throws(SystemError) {
                    try directory.makeLink(name, to: target)
                } catch {
                    guard error.code == EEXIST else { throw error }
                }
            }
            try makeMultiplexer(in: directory)
        } catch {
            throw EngineError(error, during: "make the links in /dev")
        }
    }

    /// /dev/ptmx of the image would make terminals of another devpts.
    private func makeMultiplexer(
        in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        do throws(SystemError) {
            try directory.makeLink("ptmx", to: "pts/ptmx")
        } catch {
            guard error.code == EEXIST else { throw error }
            if (try? directory.readLink("ptmx")) == "pts/ptmx" { return }
            try directory.remove("ptmx")
            try directory.makeLink("ptmx", to: "pts/ptmx")
        }
    }

    /// A terminal of the container's own, its peer bound to /dev/console.
    func makeConsole() throws(EngineError) -> Terminal {
        let terminal = try ContainerTerminal.make(in: rootfs)
        try attempt("make /dev/console") { () throws(SystemError) in
            let mount = try MountTree.clone(
                terminal.peer, recursive: false, name: "/dev/pts/\(terminal.number)")
            let place = try parent(of: "/dev/console")
            let target = try console(in: place.descriptor, place.name)
            try MountTree.attach(mount, to: target, name: "/dev/console")
        }
        return terminal
    }

    /// A file to mount the console on: new, or one that is no link.
    private func console(
        in directory: borrowing OwnedDescriptor, _ name: String
    ) throws(SystemError) -> OwnedDescriptor {
        do throws(SystemError) {
            try directory.makeNode(name, .file, mode: 0o600)
        } catch {
            guard error.code == EEXIST else { throw error }
        }
        let file = try openFile(
            in: directory, name, .pathNoFollow, resolve: [.beneath, .noSymlinks])
        guard try FileStatus(of: file).kind != .link else {
            throw SystemError("/dev/console of the image is a link", ELOOP)
        }
        return file
    }

    /// The directory above a path, made where it is missing, and the last component.
    private func parent(
        of path: String
    ) throws(SystemError) -> ParentDirectory {
        let slash = path.lastSlash ?? path.startIndex
        let parent = path[..<slash]
        return ParentDirectory(
            descriptor: try rootfs.directory(parent.isEmpty ? "/" : String(parent)),
            name: String(path.utf8[path.utf8.index(after: slash)...])!)
    }
}

/// An open directory and a name in it.
struct ParentDirectory: ~Copyable {
    let descriptor: OwnedDescriptor
    let name: String
}

/// Terminals of the devpts that is mounted in a container.
enum ContainerTerminal {
    /// The multiplexer is found without any link of the image, and the peer without any path.
    static func make(in rootfs: borrowing Rootfs) throws(EngineError) -> Terminal {
        do throws(SystemError) {
            let directory = try rootfs.openWithoutLinks("/dev/pts")
            guard try FilesystemMagic(of: directory) == .devpts else {
                throw SystemError("find a devpts at /dev/pts", ENODEV)
            }
            let multiplexer = try openFile(
                in: directory, "ptmx", .readWrite, resolve: [.beneath, .noSymlinks, .noMounts])
            let terminal = try Terminal(multiplexer: multiplexer)
            guard try FilesystemMagic(of: terminal.peer) == .devpts,
                try FileStatus(of: terminal.peer).kind == .character
            else { throw SystemError("the terminal is none of a devpts", ENODEV) }
            return terminal
        } catch {
            let hint = error.code == ENOENT ? "a terminal needs a devpts at /dev/pts in mounts" : ""
            throw EngineError(error, during: "make the terminal", hint: hint)
        }
    }
}
