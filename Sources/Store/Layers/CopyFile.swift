internal import Glibc
internal import Linux

/// Copies one file that is no directory, with all that it has beside its content, under the same
/// name into another directory. Answers the bytes that its content takes.
func copyFile(
    _ name: FileName, _ status: EntryStatus, from source: borrowing OwnedDescriptor,
    to target: borrowing OwnedDescriptor
) throws -> Int64 {
    var attributes = FileAttributes(status)
    switch status.kind {
    case .regular:
        let from = try source.openBeneath(name, O_RDONLY | O_NOFOLLOW)
        attributes = try FileAttributes(status, of: from)
        let to = try target.openBeneath(
            name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        try to.copyContents(of: from, sizeBytes: status.sizeBytes)
        try attributes.apply(to: to)
        return (status.sizeBytes + 4095) & ~4095
    case .symbolicLink:
        try target.makeSymbolicLink(name, to: try source.readLink(name))
    case .fifo:
        try target.makeFifo(name)
    case .characterDevice, .blockDevice:
        try target.makeDevice(
            name, isBlock: status.kind == .blockDevice, major: status.deviceMajor,
            minor: status.deviceMinor)
    case .directory, .socket, .other:
        return 0
    }
    try attributes.apply(to: name, isLink: status.kind == .symbolicLink, in: target)
    return 0
}
