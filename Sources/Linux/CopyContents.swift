internal import CLinux
internal import Glibc

extension OwnedDescriptor {
    /// Writes the content of another file to this new one, holes as holes; the kernel moves the
    /// bytes, or only shares them where the file system can (copy_file_range(2)).
    public func copyContents(
        of source: borrowing OwnedDescriptor, sizeBytes: Int64
    ) throws(SystemError) {
        let (from, to) = (source.raw, raw)
        var position: Int64 = 0
        while position < sizeBytes {
            let start = try seek(from, position, seekData)
            guard let start else { break }
            let end = try seek(from, start, seekHole) ?? sizeBytes
            position = start
            while position < end {
                var (input, output) = (off_t(position), off_t(position))
                let count = try check("copy a file") {
                    unsafe apus_copy_file_range(from, &input, to, &output, Int(end - position))
                }
                guard count > 0 else { throw SystemError("copy a file that shrinks", EIO) }
                position += Int64(count)
            }
        }
        try truncate(to: sizeBytes)
    }

    /// The next data or hole; nil where there is none up to the end.
    private func seek(
        _ raw: Int32, _ from: Int64, _ what: Int32
    ) throws(SystemError) -> Int64? {
        do throws(SystemError) {
            return Int64(try check("seek in a file") { lseek(raw, off_t(from), what) })
        } catch {
            if error.code == ENXIO { return nil }
            throw error
        }
    }
}

// lseek(2): declared only under _GNU_SOURCE.
private let seekData: Int32 = 3
private let seekHole: Int32 = 4
