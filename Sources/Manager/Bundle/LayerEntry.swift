internal import Glibc
internal import Linux

/// A descriptor that several values hold; closed with the last of them.
final class SharedDescriptor: Sendable {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}

/// What one layer of a stack says about a name.
enum LayerEntry {
    case absent
    /// Deleted here, or something that is neither file, link nor directory.
    case hidden
    /// Opaque: what lower layers have below this name does not count.
    case directory(SharedDescriptor, opaque: Bool)
    case file(SharedDescriptor)
    case link(String)

    init(_ name: String, in parent: SharedDescriptor) throws(SystemError) {
        let name = FileName(name)
        guard let status = try parent.descriptor.status(of: name) else {
            self = .absent
            return
        }
        switch status.kind {
        case .directory:
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
            let child = SharedDescriptor(try parent.descriptor.openBeneath(name, flags))
            let mark = try child.descriptor.attribute("trusted.overlay.opaque")
            self = .directory(child, opaque: mark == [UInt8(ascii: "y")])
        case .symbolicLink: self = .link("\(try parent.descriptor.readLink(name))")
        case .regular:
            let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
            self = .file(SharedDescriptor(try parent.descriptor.openBeneath(name, flags)))
        default: self = .hidden
        }
    }
}
