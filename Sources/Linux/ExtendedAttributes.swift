internal import CLinux
internal import Glibc

/// Extended attributes (xattr(7)) of a file that is open for reading or writing.
extension OwnedDescriptor {
    public func setAttribute(_ name: String, _ value: [UInt8]) throws(SystemError) {
        let raw = raw
        try check("set attribute \(name)") {
            unsafe value.withUnsafeBytes {
                unsafe fsetxattr(raw, name, $0.baseAddress, $0.count, 0)
            }
        }
    }

    /// Nil where the file has no such attribute, or its file system no attributes.
    public func attribute(_ name: String) throws(SystemError) -> [UInt8]? {
        let raw = raw
        return try unsafe attributeBytes("read attribute \(name)") { buffer in
            unsafe fgetxattr(raw, name, buffer.baseAddress, buffer.count)
        }
    }

    public func attributeNames() throws(SystemError) -> [String] {
        let raw = raw
        let names = try unsafe attributeBytes("list attributes") { buffer in
            unsafe flistxattr(raw, buffer.baseAddress, buffer.count)
        }
        return (names ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Asks for the size first: mostly there is nothing, and then nothing is allocated.
    private func attributeBytes(
        _ doing: String, _ call: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            let size = try check(doing) {
                unsafe call(UnsafeMutableRawBufferPointer(start: nil, count: 0))
            }
            if size == 0 { return [] }
            var value = [UInt8](repeating: 0, count: size)
            let count = try check(doing) {
                unsafe value.withUnsafeMutableBytes { unsafe call($0) }
            }
            return Array(value[..<count])
        } catch {
            if error.code == ENODATA || error.code == ENOTSUP { return nil }
            throw error
        }
    }
}
