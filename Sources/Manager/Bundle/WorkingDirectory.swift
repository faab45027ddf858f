internal import Glibc
internal import Linux
internal import Store

/// The directory in which a container's program starts: made where the image has none.
struct WorkingDirectory {
    var snapshot: ActiveSnapshot

    /// Makes it in the container's own layer. Directories above it that lower layers have are made
    /// there again with their owner and mode, which is what overlayfs would do.
    func make(_ path: String) throws(SystemError) {
        let view = MergedView(layers: [snapshot.upper] + snapshot.lowerDirectories)
        guard try view.directory(path) == nil else { return }
        var parent = try openFile(snapshot.upper, O_RDONLY | O_DIRECTORY)
        var walked = ""
        for component in path.split(separator: "/") where component != "." {
            // Beyond a `..` or a link only the runtime, which sees the mounted tree, knows the way;
            // it makes what is missing.
            guard component != ".." else { return }
            walked += "/\(component)"
            guard try !view.hidesDirectory(walked) else { return }
            let name = FileName(String(component))
            if try parent.status(of: name) == nil {
                let existing = try view.directory(walked)
                try parent.makeDirectory(name, mode: 0o755)
                if let existing { try parent.setOwner(name, uid: existing.uid, gid: existing.gid) }
                try parent.setMode(name, existing?.mode ?? 0o755)
            }
            parent = try parent.openBeneath(name, O_RDONLY | O_DIRECTORY)
        }
    }
}
