import Foundation
import TestSupport
import Testing

/// podman of somebody without any privilege; see `PodmanWorld`.
final class RootlessWorld: CallerWorld {
    static let worlds = TaskLocal<Worlds<RootlessWorld>?>(wrappedValue: nil)
    /// A user of no machine.
    private static let user = 54_321

    private let world: PodmanWorld
    /// The build may lie where others cannot look.
    private static let copies = TemporaryDirectory("programs")

    init(runtime: String) {
        let copy = Self.copies.file((runtime as NSString).lastPathComponent)
        if !FileManager.default.fileExists(atPath: copy) {
            try! FileManager.default.copyItem(atPath: runtime, toPath: copy)
        }
        world = PodmanWorld(runtime: copy, user: Self.user)
    }

    var directory: TemporaryDirectory { world.directory }
    var environment: [String: String] { world.environment }
    func clean() { world.clean() }
    func leftovers() -> [String] { world.leftovers() }
    func stop() { world.stop() }

    /// Whether this machine lets others than root have namespaces.
    static let isAllowed =
        Command.run(
            "setpriv",
            [
                "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "unshare", "--user",
                "--map-root-user", "--net", "true",
            ]
        ).status == 0
}

/// Debian's podman, conmon and slirp4netns without privileges, with our runtime in the place of runc.
@Suite(
    .needsRoot, .needs("podman"), .needs("conmon"), .needs("runc"), .needs("busybox"),
    .needs("newuidmap"), .needs("slirp4netns"), .needs("setpriv"), .needsCgroupV1, .needsOverlay,
    .enabled(if: RootlessWorld.isAllowed, "needs a kernel that gives users namespaces"),
    .serialized, WithWorlds(RootlessWorld.worlds))
struct CallerRootlessTests {
    // A021 A073
    @Test(arguments: CallerStory.all(of: "podman-rootless"))
    func aStoryGoesAsItGoesWithRunc(story: CallerStory) { RootlessWorld.worlds.get()?.play(story) }

    /// That the stories say something: who runs them, and that they come to their end.
    // A021 A073
    @Test func aUserRunsContainersWithANetworkOfTheirOwn() {
        let world = RootlessWorld.worlds.get()!.ours
        let output = world.shell(
            """
            podman info --format '{{.Host.Security.Rootless}}'
            podman run -d --name web -p 8080:80 busybox httpd -f -p 80 -h /etc >/dev/null
            until inside busybox wget -qO- http://127.0.0.1:8080/passwd; do sleep 0.1; done
            podman exec web sh -c 'cat /proc/self/uid_map; test -e /sys/class/net/tap0 && echo tap'
            ps -o uid= -p "$(podman inspect -f '{{.State.Pid}}' web)"
            podman rm -f -t 0 web
            """)
        let lines = output.stdout.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(output.status == 0, "\(output)")
        #expect(lines.first == "true", "\(output)")
        #expect(lines.contains { $0.hasPrefix("root:x:0:0:") }, "\(output)")
        #expect(Array(lines.suffix(5)) == ["0 54321 1", "1 300000 65536", "tap", "54321", "web"])
        #expect(world.leftovers().isEmpty)
    }

    /// What runc cannot.
    // A021 A073
    @Test func whoCallsKeepsTheirGroups() {
        let world = RootlessWorld.worlds.get()!.ours
        // A group without a number in the container.
        for (option, groups) in [("", "0\n"), ("--group-add keep-groups", "0 65534\n")] {
            let output = world.shell(
                "podman run --rm --network none \(option) busybox id -G")
            #expect(output.stdout == groups, "\(output)")
        }
    }
}
