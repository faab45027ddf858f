internal import Engine
internal import OCI
internal import Wire

/// What `--version` prints: the first line names the program, as callers of runc parse it; each
/// further one is `what: version`.
enum Version {
    static var text: String {
        """
        apus-runtime version \(Apus.version)
        commit: \(Apus.gitCommit)
        spec: \(Spec.version)
        libseccomp: \(Libraries.seccompVersion)

        """
    }
}
