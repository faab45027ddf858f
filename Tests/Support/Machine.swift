import Foundation
public import Testing

/// What a test needs of the machine; where it is missing, the test says so and counts as skipped.
extension Trait where Self == ConditionTrait {
    public static var needsRoot: Self { .enabled(if: getuid() == 0, "needs root") }

    /// Needs a program of another project.
    public static func needs(_ program: String) -> Self {
        .enabled(if: Programs.find(program) != nil, "needs \(program), which is not installed")
    }

    /// Needs a program of another project that Tests/peers.sh unpacks.
    public static func needsPeer(_ program: String) -> Self {
        .enabled(
            if: Programs.findPeer(program) != nil,
            "needs \(program), which Tests/peers.sh has not unpacked")
    }

    /// Needs cgroup v1 with one mount a controller.
    public static var needsCgroupV1: Self {
        .enabled(
            if: FileManager.default.fileExists(atPath: "/sys/fs/cgroup/memory/tasks"),
            "needs cgroup v1")
    }

    /// Needs overlayfs.
    public static var needsOverlay: Self {
        let known = (try? String(contentsOfFile: "/proc/filesystems", encoding: .utf8)) ?? ""
        return .enabled(if: known.contains("\toverlay"), "needs overlayfs in the kernel")
    }

    /// Needs cgroup v2 alone, with its controllers. Where a machine has something else, `make
    /// test-vm` starts one that has it; so it does for those that follow.
    public static var needsCgroupV2: Self {
        let controllers =
            (try? String(contentsOfFile: "/sys/fs/cgroup/cgroup.controllers", encoding: .utf8))
        return .enabled(
            if: controllers?.contains("memory") == true,
            "needs cgroup v2 with the memory controller")
    }

    /// Needs systemd as the first process.
    public static var needsSystemd: Self {
        .enabled(
            if: FileManager.default.fileExists(atPath: "/run/systemd/private"),
            "needs systemd as the first process")
    }

    /// Needs a machine whose files may be changed: `make test-vm` makes one.
    public static var needsThrowawayMachine: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["APUS_TEST_THROWAWAY"] != nil,
            "needs a machine that may be changed, which is the guest of make test-vm")
    }

    /// Needs AppArmor in the kernel, and the program that loads profiles.
    public static var needsAppArmor: Self {
        let profiles = "/sys/kernel/security/apparmor/profiles"
        return .enabled(
            if: FileManager.default.fileExists(atPath: profiles)
                && Programs.find("apparmor_parser") != nil,
            "needs AppArmor in the kernel and apparmor_parser")
    }

    /// Needs SELinux in the kernel, and the program that makes policies.
    public static var needsSELinux: Self {
        .enabled(
            if: FileManager.default.fileExists(atPath: "/sys/fs/selinux/enforce")
                && Programs.find("checkpolicy") != nil,
            "needs SELinux in the kernel and checkpolicy")
    }

    /// Needs criu, and a kernel that it can work with.
    public static var needsCheckpoint: Self {
        .enabled("needs criu, and a kernel that `criu check` finds good enough") {
            getuid() == 0 && Programs.find("criu") != nil
                && Command.run("criu", ["check"]).status == 0
        }
    }
}
