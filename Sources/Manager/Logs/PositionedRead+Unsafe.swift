internal import Glibc
internal import Linux

extension OwnedDescriptor {
    /// pread(2): at most so many bytes from a place; fewer at the end.
    func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
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
}
