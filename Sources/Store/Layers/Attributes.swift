internal import Glibc
internal import Linux

/// Owners, modes, attributes and times of what is unpacked.
extension FileAttributes {
    /// Those of a file that exists, to be given to its copy.
    init(_ status: EntryStatus, of file: borrowing OwnedDescriptor) throws(SystemError) {
        self.init(status)
        for name in try file.attributeNames() {
            guard let value = try file.attribute(name) else { continue }
            extended.append(ExtendedAttribute(name: name, value: value))
        }
    }

    init(_ status: EntryStatus) {
        self.init(
            mode: status.mode, uid: status.uid, gid: status.gid, modified: status.modified)
    }

    /// To an open regular file; its content must be complete, since writing takes capabilities away.
    func apply(to file: borrowing OwnedDescriptor) throws(SystemError) {
        try applyToDirectory(file)
        try file.setTime(modified)
    }

    /// All but the time, which filling the directory would change again. The order matters: a change
    /// of the owner takes the set-user-id bit and the capabilities away.
    func applyToDirectory(_ file: borrowing OwnedDescriptor) throws(SystemError) {
        try file.setOwner(uid: uid, gid: gid)
        try file.setMode(mode)
        try applyExtended(to: file)
    }

    /// To what cannot or should not be opened: links, devices, fifos.
    func apply(
        to name: FileName, isLink: Bool, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        try directory.setOwner(name, uid: uid, gid: gid)
        if !isLink { try directory.setMode(name, mode) }
        try directory.setTime(name, modified)
    }

    private func applyExtended(to file: borrowing OwnedDescriptor) throws(SystemError) {
        for attribute in extended where Self.mayBeUnpacked(attribute.name) {
            do throws(SystemError) {
                try file.setAttribute(attribute.name, attribute.value)
            } catch {
                // A disk without user attributes still runs containers; one that drops capabilities
                // would break ping without a word.
                let isOptional = attribute.name.hasPrefix("user.")
                guard isOptional && (error.code == ENOTSUP || error.code == EPERM) else {
                    throw error
                }
            }
        }
    }

    /// Attributes of the security modules and of overlayfs itself are the host's business: with
    /// `trusted.overlay.redirect` a layer could show what lies elsewhere.
    private static func mayBeUnpacked(_ name: String) -> Bool {
        name == "security.capability"
            || (name.hasPrefix("user.") && !name.hasPrefix("user.overlay."))
    }
}
