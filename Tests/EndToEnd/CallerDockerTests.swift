import Foundation
import TestSupport
import Testing

/// Debian's dockerd with our runtime in the place of runc.
@Suite(
    .needsRoot, .needsPeer("dockerd"), .needs("containerd"), .needs("runc"), .needs("busybox"),
    .needs("iptables"), .needs("catatonit"), .needsCgroupV1, .serialized,
    WithWorlds(DockerWorld.worlds))
struct CallerDockerTests {
    private var ours: DockerWorld { DockerWorld.worlds.get()!.ours }

    // A021 A067 A069 A071 A075 A076 A077 A078 A082 A085 A086 A087 A088 A089 A090 A091 A092 A093 A094
    // A095 A096 A098 A102 A103 A107 A112 A117 A118 A124 A125 A126 A130 A134 A136
    @Test(arguments: CallerStory.all(of: "docker"))
    func aStoryGoesAsItGoesWithRunc(story: CallerStory) { DockerWorld.worlds.get()?.play(story) }

    /// Where runc gives up: it asks the kernel for capabilities that the host does not have.
    // A115 A116 A120
    @Test func whatTheHostCannotGrantIsLeftOutAndTheContainerStarts() throws {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let bounding = try #require(
            status.split(separator: "\n").first { $0.hasPrefix("CapBnd:\t") }
                .flatMap { UInt64($0.dropFirst(8), radix: 16) })
        // This dockerd knows the capabilities up to CAP_AUDIT_READ.
        let wanted = String(bounding & 0x3f_ffff_ffff, radix: 16)
        for option in ["--cap-add=ALL", "--privileged"] {
            let output = ours.shell(
                "docker run --rm \(option) alpine grep -E 'CapEff|Seccomp:' /proc/self/status")
            #expect(output.status == 0, "\(output)")
            let zeros = String(repeating: "0", count: 16 - wanted.count)
            let filter = option == "--privileged" ? 0 : 2
            #expect(output.stdout == "CapEff:\t\(zeros)\(wanted)\nSeccomp:\t\(filter)\n")
        }
        let devices = ours.shell("docker run --rm --privileged alpine sh -c 'ls /dev | wc -l'")
        #expect((Int(devices.stdout.dropLast()) ?? 0) > 20, "\(devices)")
        let exec = ours.shell(
            """
            docker run -d --name plain alpine sleep 1000
            docker exec --privileged plain grep CapEff /proc/self/status
            """)
        #expect(exec.stdout.contains(wanted), "\(exec)")
        ours.clean()
    }

    /// docker finds out by words in the message what it should answer.
    // A017
    @Test func dockerTellsFailuresApart() {
        for (arguments, status, words) in [
            ("alpine /nonexistent", 127, "no such file or directory"),
            ("alpine nonexistent", 127, "executable file not found in $PATH"),
            ("alpine /etc", 126, "is a directory"),
            ("alpine /etc/passwd", 126, "permission denied"),
            ("-v /etc/hostname:/etc alpine true", 125, "not a directory"),
        ] {
            let output = ours.shell("docker run --rm \(arguments)")
            #expect(Int(output.status) == status, "\(arguments): \(output)")
            #expect(output.stderr.contains(words), "\(arguments): \(output)")
        }
    }

    // A001 A021
    @Test func dockerKnowsOurVersion() {
        let output = ours.shell("docker info --format '{{.DefaultRuntime}} {{.RuncCommit.ID}}'")
        #expect(output.stdout.hasPrefix("tested "), "\(output)")
    }
}
