internal import CLinux
internal import Glibc

extension OwnedDescriptor {
    /// The names in a directory, without `.` and `..`, in the order of the file system.
    public func entryNames() throws(SystemError) -> [FileName] {
        let raw = raw
        // A descriptor of its own: readdir(3) moves the shared offset.
        let copy = try check("open directory") {
            unsafe apus_openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        }
        guard let stream = unsafe fdopendir(copy) else {
            let code = apus_errno()
            close(copy)
            throw SystemError("read directory", code)
        }
        defer { unsafe closedir(stream) }
        var names: [FileName] = []
        while true {
            unsafe __errno_location().pointee = 0
            guard let entry = unsafe readdir(stream) else {
                let code = apus_errno()
                if code != 0 { throw SystemError("read directory", code) }
                return names
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe FileName($0) }
            if name != "." && name != ".." { names.append(name) }
        }
    }

    /// Removes a name with everything below it; no error where there is none.
    ///
    /// Never follows a link and never crosses a mount. A tree may be deeper than there are
    /// descriptors: what lies too deep is first moved up to this directory.
    public func removeTree(_ name: FileName) throws(SystemError) {
        var pending = [name]
        while let next = pending.popLast() {
            guard let status = try status(of: next) else { continue }
            if status.kind != .directory {
                try unlink(next)
                continue
            }
            let directory = try openBeneath(next, O_RDONLY | O_DIRECTORY)
            try removeContents(of: directory, depth: 0, deferred: &pending)
            try removeDirectory(next)
        }
    }

    private func removeContents(
        of directory: borrowing OwnedDescriptor, depth: Int, deferred: inout [FileName]
    ) throws(SystemError) {
        for name in try directory.entryNames() {
            guard let status = try directory.status(of: name) else { continue }
            guard status.kind == .directory else {
                try directory.unlink(name)
                continue
            }
            if depth >= 64 {
                let parked = FileName(
                    ".removing-\(deferred.count)-\(UInt64.random(in: 0 ... .max))")
                try directory.rename(name, to: parked, in: self)
                deferred.append(parked)
                continue
            }
            let child = try directory.openBeneath(name, O_RDONLY | O_DIRECTORY)
            try removeContents(of: child, depth: depth + 1, deferred: &deferred)
            try directory.removeDirectory(name)
        }
    }
}
