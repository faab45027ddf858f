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
        var value = [UInt8](repeating: 0, count: 65536)
        do throws(SystemError) {
            let count = try check("read attribute \(name)") {
                unsafe value.withUnsafeMutableBytes {
                    unsafe fgetxattr(raw, name, $0.baseAddress, $0.count)
                }
            }
            return Array(value[..<count])
        } catch {
            if error.code == ENODATA || error.code == ENOTSUP { return nil }
            throw error
        }
    }

    public func attributeNames() throws(SystemError) -> [String] {
        let raw = raw
        var names = [CChar](repeating: 0, count: 65536)
        do throws(SystemError) {
            let count = try check("list attributes") {
                unsafe names.withUnsafeMutableBufferPointer {
                    unsafe flistxattr(raw, $0.baseAddress, $0.count)
                }
            }
            return names[..<count].split(separator: 0).map {
                String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
        } catch {
            if error.code == ENOTSUP { return [] }
            throw error
        }
    }
}
