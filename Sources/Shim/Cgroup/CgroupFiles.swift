internal import CLinux
internal import Glibc
internal import Linux

/// The files of one cgroup directory, as numbers.
struct CgroupFiles {
    let directory: String

    var exists: Bool { unsafe access(directory, F_OK) == 0 }

    func text(_ name: String) -> String? { CgroupLocation.text(directory + "/" + name) }

    /// 0 where the file is missing; the largest number for `max`.
    func number(_ name: String) -> UInt64 {
        guard let text = text(name)?.trimmed else { return 0 }
        return text == "max" ? .max : UInt64(text) ?? 0
    }

    /// A file of lines with a name and a number.
    func table(_ name: String) -> [String: UInt64] {
        var result: [String: UInt64] = [:]
        for line in (text(name) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let value = UInt64(words[1]) { result[String(words[0])] = value }
        }
        return result
    }

    func rows(_ name: String) -> [[Substring]] {
        (text(name) ?? "").split(separator: "\n").map { $0.split(separator: " ") }
    }

    /// The processes of this cgroup and of those below it.
    func processes(depth: Int = 0) -> [Int32] {
        var found = (text("cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
        guard depth < 16 else { return found }
        for child in children { found += child.processes(depth: depth + 1) }
        return found
    }

    private var children: [CgroupFiles] {
        guard let names = try? openFile(directory, O_RDONLY | O_DIRECTORY).entryNames() else {
            return []
        }
        return names.map { CgroupFiles(directory: directory + "/" + $0.description) }.filter {
            var status = stat()
            return unsafe lstat($0.directory, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        }
    }
}
