import Foundation
import TestSupport
import Testing

/// Debian's containerd, ctr and shim with our runtime in the place of runc.
@Suite(
    .needsRoot, .needs("containerd"), .needs("ctr"), .needs("runc"), .needs("busybox"),
    .needs("script"), .needsCgroupV1, .serialized, WithWorlds(ContainerdWorld.worlds))
struct CallerContainerdTests {
    private var ours: ContainerdWorld { ContainerdWorld.worlds.get()!.ours }

    // A004 A021 A044 A050 A051 A052 A060 A073 A085 A099 A107
    @Test(arguments: CallerStory.all(of: "containerd"))
    func aStoryGoesAsItGoesWithRunc(story: CallerStory) {
        ContainerdWorld.worlds.get()?.play(story)
    }

    /// containerd's shim reads the last line of the log, and nothing else, for the reason.
    // A017
    @Test func theShimReadsOurErrorsFromTheLog() {
        for (program, words) in [
            (
                "/nonexistent",
                "exec: \"/nonexistent\": stat /nonexistent: no such file or directory"
            ),
            ("nonexistent", "exec: \"nonexistent\": executable file not found in $PATH"),
            ("/etc", "is a directory"),
        ] {
            let output = ours.shell(
                "OPTIONS=--rm run bad-$NAME \(program); ctr container rm bad-$NAME")
            #expect(output.stderr.contains("OCI runtime create failed: "), "\(output)")
            #expect(output.stderr.contains(words), "\(output)")
        }
    }

    /// The runtime is gone once the container runs; init belongs to the shim.
    // A018
    @Test func noProcessOfOursStays() throws {
        let made = ours.shell("OPTIONS=\"-d --pid-file $WORLD/init\" run gone-$NAME sleep 1000")
        try #require(made.status == 0, "\(made)")
        let pid = try #require(
            Int32(try String(contentsOfFile: ours.directory.file("init"), encoding: .utf8)))
        let parent = try #require(Process.parent(of: pid))
        #expect(Process.name(of: parent) == "containerd-shim-runc-v2")
        let own = Command.shell("pgrep -P \(parent) -a")
        #expect(own.stdout == "\(pid) sleep 1000\n", "\(own)")
        ours.clean()
    }
}
