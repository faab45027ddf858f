internal import CLinux
internal import Glibc

/// Opens a path of the host; always with O_CLOEXEC. Inside a rootfs use `Rootfs`-relative calls.
public func openFile(
    _ path: String, _ flags: Int32 = 0, mode: UInt32 = 0
) throws(SystemError) -> OwnedDescriptor {
    // A string that is passed as it is would be copied into an array first.
    let raw = try check("open \(path)") {
        unsafe path.withCString { unsafe apus_open($0, flags | O_CLOEXEC, mode) }
    }
    return OwnedDescriptor(owning: raw)
}

/// openat(2), always with O_CLOEXEC.
public func openFile(
    at directory: borrowing OwnedDescriptor, _ path: String, _ flags: Int32 = 0, mode: UInt32 = 0
) throws(SystemError) -> OwnedDescriptor {
    let parent = directory.raw
    let raw = try check("open \(path)") {
        unsafe path.withCString { unsafe apus_openat(parent, $0, flags | O_CLOEXEC, mode) }
    }
    return OwnedDescriptor(owning: raw)
}

/// Reads a whole file, or throws EFBIG where it holds more than `limit` bytes.
public func readFile(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    try readAll(try openFile(path), limit: limit, of: path)
}

/// Reads to the end of a descriptor, or throws EFBIG beyond `limit` bytes.
public func readAll(
    _ file: borrowing OwnedDescriptor, limit: Int, of name: String
) throws(SystemError) -> [UInt8] {
    // The files of procfs and sysfs are small, whatever size they claim.
    let size = try FileStatus(of: file).size
    guard size <= limit else { throw SystemError("read \(name)", EFBIG) }
    var result = [UInt8](repeating: 0, count: Int(min(max(size + 1, 4096), 1 << 20)))
    var used = 0
    while true {
        let count = try file.read(into: &result, at: used)
        if count == 0 { break }
        used += count
        guard used <= limit else { throw SystemError("read \(name)", EFBIG) }
        if used == result.count { result += repeatElement(0, count: used) }
    }
    result.removeLast(result.count - used)
    return result
}

/// Writes a small file whole: a temporary beside it, then rename(2), so that no reader and no crash
/// ever sees half of it. `durable` adds fsync(2) of the file and its directory.
public func replaceFile(
    _ path: String, with bytes: some Collection<UInt8>, mode: UInt32 = 0o600, durable: Bool = false
) throws(SystemError) {
    let temporary = "\(path).\(getpid()).tmp"
    do throws(SystemError) {
        let file = try openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode)
        try file.writeAll(bytes)
        if durable { try file.synchronize() }
        try check("rename \(temporary) to \(path)") { unsafe rename(temporary, path) }
    } catch {
        unsafe unlink(temporary)
        throw error
    }
    guard durable else { return }
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try openFile(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY).synchronize()
}

/// mkdir(1) -p: makes the directory and those above it; no error where it exists.
public func makeDirectories(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
    if isDirectory(path) { return }
    var end = path.startIndex
    while end != path.endIndex {
        let next = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
        let prefix = String(path[..<next])
        if unsafe mkdir(prefix, mode) != 0 {
            let code = apus_errno()
            guard code == EEXIST && isDirectory(prefix) else {
                throw SystemError("make directory \(prefix)", code)
            }
        }
        end = next
    }
}

private func isDirectory(_ path: String) -> Bool {
    (try? FileStatus(path: path))?.kind == .directory
}

extension OwnedDescriptor {
    /// read(2) into the buffer from an index to its end; 0 at the end of the file.
    public func read(into buffer: inout [UInt8], at start: Int = 0) throws(SystemError) -> Int {
        let raw = raw
        return try check("read descriptor \(raw)") {
            unsafe buffer.withUnsafeMutableBytes {
                let rest = unsafe $0[start...]
                return unsafe Glibc.read(raw, $0.baseAddress.map { unsafe $0 + start }, rest.count)
            }
        }
    }

    /// write(2) until every byte is gone.
    public func writeAll(_ bytes: some Collection<UInt8>) throws(SystemError) {
        let raw = raw
        let bytes = Array(bytes)
        var offset = 0
        while offset < bytes.count {
            offset += try check("write descriptor \(raw)") {
                unsafe bytes[offset...].withUnsafeBytes {
                    unsafe Glibc.write(raw, $0.baseAddress, $0.count)
                }
            }
        }
    }

    /// One write(2), which may take fewer bytes than it is given.
    public func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        let raw = raw
        return try check("write descriptor \(raw)") {
            unsafe bytes.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
        }
    }

    /// pread(2): at most so many bytes from a place; fewer at the end.
    public func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        let raw = raw
        var buffer = [UInt8](repeating: 0, count: count)
        let got = try check("read descriptor \(raw)") {
            unsafe buffer.withUnsafeMutableBytes {
                unsafe pread(raw, $0.baseAddress, $0.count, Int(offset))
            }
        }
        buffer.removeSubrange(got...)
        return buffer
    }

    /// pwrite(2) until every byte is at its place.
    public func writeAll(
        _ bytes: some RandomAccessCollection<UInt8>, at offset: Int64
    ) throws(SystemError) {
        let raw = raw
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            let place = Int(offset) + done
            done += try check("write descriptor \(raw)") {
                unsafe bytes[done...].withUnsafeBytes {
                    unsafe pwrite(raw, $0.baseAddress, $0.count, place)
                }
            }
        }
    }

    /// fsync(2).
    public func synchronize() throws(SystemError) {
        let raw = raw
        try check("synchronize descriptor \(raw)") { fsync(raw) }
    }
}
