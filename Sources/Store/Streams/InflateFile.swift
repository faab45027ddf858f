package import Linux

/// Writes what a gzip file holds to another file.
package func inflate(
    _ file: consuming OwnedDescriptor, name: String, to target: borrowing OwnedDescriptor
) throws(StoreError) {
    let source = GzipSource(FileSource(file, name: name), name: name)
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    while true {
        let count = try source.read(into: &buffer)
        guard count > 0 else { return }
        do throws(SystemError) { try target.writeAll(buffer[..<count]) } catch {
            throw StoreError(error, stage: "inflate", subject: name)
        }
    }
}
