internal import OCI

/// What callers of crun ask for by annotations, for want of a property in the specification.
enum RuntimeAnnotation {
    /// podman's `--group-add keep-groups`: the caller's supplementary groups stay, because in a user
    /// namespace they cannot be named.
    static func keepsGroups(_ spec: Spec) -> Bool {
        spec.annotations["run.oci.keep_original_groups"] == "1"
    }

    /// The mount option that carries `linux.mountLabel`, where it is not to be `context`.
    static func labelOption(_ spec: Spec) -> String {
        let choices = ["context", "fscontext", "defcontext", "rootcontext"]
        let wanted = spec.annotations["run.oci.mount_context_type"] ?? ""
        return choices.contains(wanted) ? wanted : "context"
    }

    /// A socket that is sent init's pidfd, as by `--pidfd-socket`.
    static func pidfdReceiver(_ spec: Spec) -> String? {
        spec.annotations["run.oci.pidfd_receiver"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
}
