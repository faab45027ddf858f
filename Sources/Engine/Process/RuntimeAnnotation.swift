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

    /// Files that the output of hooks is appended to; see `HookStreams`.
    static let hooksOutput = "run.oci.hooks.stdout"
    static let hooksErrors = "run.oci.hooks.stderr"

    /// What says how a container is isolated or judged, and is not to be had here. Left aside in
    /// silence, the container would run under less than was asked for.
    static func refuseMissing(_ spec: Spec) throws(EngineError) {
        for (name, hint) in [
            ("run.oci.handler", "only crun has handlers; leave it out to run the program itself"),
            ("run.oci.seccomp_bpf_data", "say in linux.seccomp what is allowed"),
        ] where spec.annotations[name]?.isEmpty == false {
            throw EngineError(
                "plan the container", "annotation \(name) asks for what this runtime has not",
                hint: hint)
        }
    }

    /// A name in a seccomp profile that nobody knows is an error, and not just no system call.
    static func refusesUnknownSystemCalls(_ spec: Spec) -> Bool {
        spec.annotations["run.oci.seccomp_fail_unknown_syscall"].map { $0 != "0" } ?? false
    }

    /// A socket that is sent init's pidfd, as by `--pidfd-socket`.
    static func pidfdReceiver(_ spec: Spec) -> String? {
        spec.annotations["run.oci.pidfd_receiver"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
}
