import Foundation
public import Testing

/// What a test needs of the machine; where it is missing, the test says so and counts as skipped.
extension Trait where Self == ConditionTrait {
    public static var needsRoot: Self { .enabled(if: getuid() == 0, "needs root") }

    /// Needs a program of another project.
    public static func needs(_ program: String) -> Self {
        .enabled(if: Programs.find(program) != nil, "needs \(program), which is not installed")
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
}
