internal import Glibc
internal import Linux
internal import OCI

/// What a security module of the kernel is to call a process: AppArmor's profile, SELinux's label.
///
/// A label that nobody enforces would be a false promise, so one that the machine has no module for
/// is refused before anything is made.
enum SecurityLabels {
    /// Throws where config.json asks for a module that does not run here.
    static func require(
        for process: OCI.Process, mountLabel: String? = nil
    ) throws(EngineError) {
        if let profile = given(process.apparmorProfile), profile != unconfined, !hasAppArmor {
            throw EngineError(
                "apply the apparmor profile \(profile)",
                "cannot write `/proc/self/attr/exec`: this machine runs without AppArmor",
                code: EINVAL,
                hint: "boot with apparmor=1 security=apparmor, or leave process.apparmorProfile out"
            )
        }
        guard given(process.selinuxLabel) != nil || given(mountLabel) != nil, !hasSELinux else {
            return
        }
        let property =
            given(process.selinuxLabel) == nil ? "linux.mountLabel" : "process.selinuxLabel"
        throw EngineError(
            "apply \(property)",
            "selinux label is specified in config, but selinux is disabled or not supported",
            code: EINVAL, hint: "boot with SELinux, or leave \(property) out")
    }

    /// Takes effect at exec(2).
    static func apply(_ process: OCI.Process) throws(EngineError) {
        let profile = given(process.apparmorProfile).flatMap {
            $0 == unconfined && !hasAppArmor ? nil : $0
        }
        let label = given(process.selinuxLabel)
        guard profile != nil || label != nil else { return }
        let proc = try attempt("open a procfs") { () throws(SystemError) in try openProc() }
        if let profile { try apply(profile, proc) }
        if let label {
            try attempt(
                "apply the SELinux label \(label)", hint: "does the policy know this label?"
            ) { () throws(SystemError) in try proc.write(label, to: "self/attr/exec") }
        }
    }

    private static func apply(
        _ profile: String, _ proc: borrowing PrivateProc
    ) throws(EngineError) {
        let stage = "apply the apparmor profile \(profile)"
        // Of AppArmor's own since Linux 5.8; before, and beside no other module, the common one.
        let own = "self/attr/apparmor/exec"
        let file = (try? proc.open(own, .path)) != nil ? own : "self/attr/exec"
        do throws(SystemError) {
            try proc.write("exec \(profile)", to: file)
        } catch {
            guard error.code == ENOENT else { throw EngineError(error, during: stage) }
            throw EngineError(
                stage, "write /proc/\(file): the profile is not loaded", code: ENOENT,
                hint: "apparmor_parser -r loads it; see /sys/kernel/security/apparmor/profiles")
        }
    }

    /// With masked paths in a user namespace there is no new procfs to be had: then the one that
    /// this process has just mounted for the container.
    private static func openProc() throws(SystemError) -> PrivateProc {
        do throws(SystemError) {
            return try PrivateProc()
        } catch {
            return try PrivateProc(fallback: try PrivateProc.openHost())
        }
    }

    private static func given(_ name: String?) -> String? {
        name?.isEmpty == false ? name : nil
    }

    /// AppArmor's name for no profile at all, which a machine without it grants.
    private static let unconfined = "unconfined"

    private static var hasAppArmor: Bool {
        KernelFile.readIfPresent("/sys/module/apparmor/parameters/enabled") == "Y"
    }

    private static var hasSELinux: Bool { KernelFile.exists("/sys/fs/selinux/enforce") }
}
