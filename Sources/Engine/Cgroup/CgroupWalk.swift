internal import CLinux
internal import Glibc
internal import Linux

/// A walk over a cgroup and those below it.
///
/// What is below is the container's work, and may be deeper than a path can be long: so no path is
/// put together, and no call of this is inside of another. What is left behind is found again by
/// `..`, which takes one descriptor however deep it goes.
enum CgroupWalk {
    /// `enter` sees every directory, those above first; `leave` sees every one below the first when
    /// all below it have been left, by its parent and its name.
    static func over(
        _ path: String, enter: (borrowing OwnedDescriptor) -> Void,
        leave: (borrowing OwnedDescriptor, String) -> Void = { _, _ in }
    ) throws(SystemError) {
        var here = try openFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        enter(here)
        var waiting = [directories(in: here)]
        var names: [String] = []
        while true {
            if let name = waiting[waiting.count - 1].popLast() {
                // It may have gone meanwhile.
                guard
                    let below = try? openFile(
                        at: here, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                else { continue }
                here = below
                enter(here)
                waiting.append(directories(in: here))
                names.append(name)
                continue
            }
            waiting.removeLast()
            guard let name = names.popLast() else { return }
            here = try openFile(at: here, "..", O_RDONLY | O_DIRECTORY)
            leave(here, name)
        }
    }

    /// The text of a file in one of them; nil where there is none.
    static func text(_ name: String, in directory: borrowing OwnedDescriptor) -> String? {
        guard let file = try? openFile(at: directory, name, O_RDONLY),
            let bytes = try? readAll(file, limit: 16 << 20, of: name)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func directories(in directory: borrowing OwnedDescriptor) -> [String] {
        guard let copy = try? openFile(at: directory, ".", O_RDONLY | O_DIRECTORY).release()
        else { return [] }
        guard let stream = unsafe fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            guard unsafe entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
