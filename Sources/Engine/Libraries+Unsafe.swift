internal import CSeccomp

/// The C libraries that are linked in.
package enum Libraries {
    /// `2.5.4`
    package static var seccompVersion: String {
        guard let version = unsafe seccomp_version() else { return "unknown" }
        return unsafe "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.micro)"
    }
}
