internal import CBuild

extension Apus {
    /// The toolkit's version; all four programs carry the same one.
    public static let version = "0.1.0"

    /// Version of the services in package apus.v1. A client works with every manager of the same
    /// major number that is at least as new.
    public static let apiVersion = "1.0"

    /// The oldest client that a manager of this version serves.
    public static let minimumAPIVersion = "1.0"

    /// The commit that was built, "-dirty" behind it where the tree had changes; or "unknown".
    public static var gitCommit: String { unsafe String(cString: apus_build_commit) }

    /// When it was built, as the compiler's clock had it.
    public static var buildTime: String { unsafe String(cString: apus_build_time) }
}
