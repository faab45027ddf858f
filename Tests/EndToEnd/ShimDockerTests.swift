import Foundation
import TestSupport
import Testing

/// Debian's dockerd with our shim and our runtime. This dockerd knows one kind of shim only, so ours
/// stands in its place: `containerd-shim-runc-v2`.
@Suite(
    .needsRoot, .needsPeer("dockerd"), .needs("containerd"), .needs("busybox"),
    .needs("iptables"), .needs("catatonit"), .needsCgroupV1, .serialized)
final class ShimDockerTests {
    private let world = DockerWorld(
        options:
            "--live-restore --add-runtime tested='\(Programs.runtime)' --default-runtime tested",
        links: ["containerd-shim-runc-v2": Programs.shim])

    deinit { world.stop() }

    private func docker(_ words: String) throws -> String {
        let output = world.shell("docker " + words)
        try #require(output.status == 0, "\(words): \(output)")
        return output.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // A022 A044 A047
    @Test func aContainerLivesItsWholeLife() throws {
        let once = world.shell(
            "docker run --rm busybox sh -c 'echo out; echo err >&2; exit 7'"
        )
        #expect(once.status == 7 && once.stdout == "out\n" && once.stderr == "err\n", "\(once)")
        _ = try docker("run -d --name life busybox sleep 1000")
        let pid = try #require(Int32(try docker("inspect -f '{{.State.Pid}}' life")))
        let parent = try #require(TestSupport.Process.parent(of: pid))
        let program = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(parent)/exe")
        #expect(program.hasSuffix("/apus-shim"))
        #expect(try docker("exec life sh -c 'echo in; exit 0'") == "in")
        #expect(world.shell("echo typed | docker exec -i life cat").stdout == "typed\n")
        _ = try docker("pause life")
        #expect(try docker("inspect -f '{{.State.Status}}' life") == "paused")
        _ = try docker("unpause life")
        #expect(try docker("top life").contains("sleep 1000"))
        #expect(!(try docker("stats --no-stream --format '{{.MemUsage}}' life").isEmpty))
        _ = try docker("kill life")
        #expect(try docker("wait life") == "137")
        _ = try docker("rm life")
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }

    /// dockerd's option --live-restore; its containerd ends with it.
    // A022 A047 A051
    @Test func whatRunsOutlivesDockerdAndIsFoundAgain() throws {
        let waits = "until [ -e /$0 ]; do sleep 0.1; done"
        _ = try docker(
            "run -d --name live busybox sh -c 'echo one; \(waits); echo two; exec sleep 1000' go")
        _ = try docker("run -d --name short busybox sh -c '\(waits); exit 5' go")
        let inspect = "inspect -f '{{.State.Pid}} {{.State.Status}}' live"
        let before = try docker(inspect)
        let pids = try docker("inspect -f '{{.State.Pid}}' live short").split(separator: "\n")
        #expect(eventually { (try? self.docker("logs live")) == "one" })
        world.restart {
            // The one writes and the other ends while nobody is there.
            for pid in pids {
                let go = "/proc/\(pid)/root/go"
                #expect(FileManager.default.createFile(atPath: go, contents: Data()))
            }
            let ended = eventually {
                !FileManager.default.fileExists(atPath: "/proc/\(pids.last!)")
            }
            #expect(ended)
        }
        #expect(try docker(inspect) == before && before.hasSuffix(" running"))
        #expect(try docker("wait short") == "5")
        #expect(eventually { (try? self.docker("logs live")) == "one\ntwo" })
        #expect(try docker("exec live echo in") == "in")
        _ = try docker("kill live")
        #expect(try docker("wait live") == "137")
        _ = try docker("rm live short")
        #expect(eventually { self.world.leftovers().isEmpty }, "\(world.leftovers())")
    }
}
