internal import CLinux
internal import Glibc
internal import Linux

/// The small text files of cgroupfs, procfs and sysfs.
enum KernelFile {
    /// Larger ones are not of a kernel that we know.
    private static let limit = 16 << 20

    /// The whole text, without the trailing newline.
    static func read(_ path: String) throws(SystemError) -> String {
        let file = try openFile(path, O_RDONLY)
        let raw = file.raw
        var bytes = [UInt8](repeating: 0, count: 4096)
        var used = 0
        while true {
            let count = try check("read \(path)") {
                unsafe bytes.withUnsafeMutableBytes {
                    unsafe Glibc.read(raw, $0.baseAddress! + used, $0.count - used)
                }
            }
            if count == 0 { break }
            used += count
            guard used < limit else { throw SystemError("read \(path)", EFBIG) }
            if used == bytes.count { bytes += [UInt8](repeating: 0, count: used) }
        }
        if used > 0, bytes[used - 1] == UInt8(ascii: "\n") { used -= 1 }
        return String(decoding: bytes[..<used], as: UTF8.self)
    }

    /// The text, or nil where there is no such file.
    static func readIfPresent(_ path: String) -> String? { try? read(path) }

    /// One write(2): the kernel takes a value whole or refuses it.
    static func write(_ value: String, to path: String) throws(SystemError) {
        let file = try openFile(path, O_WRONLY)
        try write(value, to: file.raw, named: path)
    }

    static func write(_ value: String, to raw: Int32, named path: String) throws(SystemError) {
        var text = value
        try check("write \"\(value)\" to \(path)") {
            text.withUTF8 { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
        }
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// A number, or nil where there is none; `max` is UInt64.max.
    static func number(_ path: String) -> UInt64? {
        guard let text = readIfPresent(path) else { return nil }
        return text == "max" ? UInt64.max : UInt64(text)
    }

    /// Files of lines `key value`, as memory.stat.
    static func table(_ path: String) -> [(key: Substring, value: UInt64)] {
        guard let text = readIfPresent(path) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let value = UInt64(words[1]) else { return nil }
            return (words[0], value)
        }
    }

    /// The directories directly below one; none where it cannot be read.
    static func directories(in path: String) -> [String] {
        guard let stream = unsafe opendir(path) else { return [] }
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
