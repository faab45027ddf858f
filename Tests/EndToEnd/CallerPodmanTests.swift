import Foundation
import TestSupport
import Testing

/// Debian's podman, conmon and buildah with our runtime in the place of runc.
@Suite(
    .needsRoot, .needs("podman"), .needs("conmon"), .needs("buildah"), .needs("catatonit"),
    .needs("runc"), .needs("busybox"), .needs("iptables"), .needsCgroupV1, .needsOverlay,
    .serialized,
    WithWorlds(PodmanWorld.worlds))
struct CallerPodmanTests {
    private var ours: PodmanWorld { PodmanWorld.worlds.get()!.ours }

    // A021 A050 A060 A064 A067 A069 A071 A073 A075 A076 A085 A093 A098 A107 A117 A120 A125 A136
    @Test(arguments: CallerStory.all(of: "podman"))
    func aStoryGoesAsItGoesWithRunc(story: CallerStory) { PodmanWorld.worlds.get()?.play(story) }

    /// podman reads the whole log as one JSON object; a second line would make it repeat the standard
    /// error instead.
    // A017
    @Test func podmanReadsOurErrorsFromTheLog() {
        for (arguments, status, words) in [
            ("/nonexistent", 127, "stat /nonexistent: no such file or directory"),
            ("nonexistent", 127, "executable file not found in $PATH"),
            ("/etc", 126, "permission denied"), ("/etc/passwd", 126, "permission denied"),
        ] {
            let output = ours.shell(
                "podman run --rm --cgroup-parent /$NAME --network none busybox \(arguments)")
            #expect(Int(output.status) == status, "\(output)")
            #expect(output.stderr.contains("exec: \"\(arguments)\": "), "\(output)")
            #expect(output.stderr.contains(words), "\(output)")
            // The program's own name stands only in front of what it prints.
            #expect(!output.stderr.contains("apus-runtime: apus-runtime"), "\(output)")
        }
    }

    /// Under the name of crun, which podman trusts with more.
    // A021
    @Test func itRunsWithoutCgroupsUnderTheNameOfCrun() throws {
        let link = ours.directory.file("crun")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: Programs.runtime)
        let output = ours.shell(
            """
            export RUNTIME_AS=\(link)
            cat /proc/self/cgroup
            podman run --rm --network none --cgroups disabled busybox cat /proc/self/cgroup
            podman run --rm --network none --cgroups disabled busybox /nonexistent
            """)
        #expect(output.status == 127, "\(output)")
        let lines = output.stdout.split(separator: "\n")
        #expect(lines.count > 0 && lines.count.isMultiple(of: 2))
        #expect(lines.prefix(lines.count / 2) == lines.suffix(lines.count / 2))
        #expect(ours.containerCgroups().allSatisfy { $0.hasSuffix("/conmon") })
    }

    // A001 A021
    @Test func podmanKnowsOurVersion() {
        let output = ours.shell("podman info --format '{{.Host.OCIRuntime.Version}}'")
        #expect(output.stdout.hasPrefix("apus-runtime version "), "\(output)")
    }
}
