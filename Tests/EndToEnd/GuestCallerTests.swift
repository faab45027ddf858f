import Foundation
import TestSupport
import Testing

/// Checkpoints as callers of a runtime ask for them: criu works in the guest alone.
@Suite(.needsRoot, .needs("busybox"), .needsCheckpoint, .serialized)
struct GuestCallerTests {
    /// What a container does: it counts, in memory.
    private static let counting =
        "sh -c 'n=0; while :; do n=$((n+1)); echo $n >/dev/shm/count; sleep 0.1; done'"

    /// How far the container of a process has counted: looked at from outside, because where
    /// everything is emulated every command takes a second.
    private static func count(_ pid: String) -> Int {
        numberWritten(in: "/proc/\(pid)/root/dev/shm/count")
    }

    /// It counts on from there, and not from one.
    private static func countsOn(_ pid: String, from before: Int) -> Bool {
        let first = count(pid)
        return first >= before && eventually { count(pid) > first }
    }

    /// What a command prints, which has to succeed.
    private func run(_ script: String, in world: some CallerWorld) throws -> String {
        let output = world.shell(script, limit: 180)
        try #require(output.status == 0, "\(script): \(output)")
        return output.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// `ctr` keeps checkpoints as images.
    // A050 A051
    @Test(.needs("containerd"), .needs("ctr"), .needsOverlay)
    func containerdKeepsAContainerAndBringsItBack() throws {
        let world = ContainerdWorld(runtime: Programs.runtime)
        defer { world.stop() }
        func pid(_ name: String) throws -> String {
            try run("ctr task ls | sed -n 's/^\(name)-[^ ]* *\\([0-9]*\\).*/\\1/p'", in: world)
        }
        _ = try run(
            """
            set -e
            mkdir image
            tar -C rootfs -cf image/layer.tar .
            digest=$(sha256sum <image/layer.tar | cut -c1-64)
            printf '{"architecture": "amd64", "os": "linux",
              "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}' $digest >image/config.json
            echo '[{"Config": "config.json", "RepoTags": ["apus.test/busybox:1"],
              "Layers": ["layer.tar"]}]' >image/manifest.json
            tar -C image -c . | ctr image import -
            ctr run -d --null-io --runc-binary "$RUNTIME" --cgroup "/$NAME/a" --env PATH=/bin \\
                apus.test/busybox:1 a-$NAME \(Self.counting)
            """, in: world)
        let first = try pid("a")
        try #require(eventually { Self.count(first) > 3 })
        let before = Self.count(first)
        _ = try run("ctr container checkpoint --task --image a-$NAME apus.test/kept", in: world)
        // It went on, because nobody has asked for its end.
        #expect(Self.countsOn(first, from: before))
        _ = try run(
            """
            ctr task rm -f a-$NAME && ctr container rm a-$NAME
            ctr container restore --live b-$NAME apus.test/kept
            """, in: world)
        #expect(Self.countsOn(try pid("b"), from: before))
        _ = try run("ctr task rm -f b-$NAME && ctr container rm b-$NAME", in: world)
        #expect(world.leftovers().isEmpty)
    }

    /// As a container goes to another machine: nothing of the first is left when it comes back.
    // A050 A051
    @Test(.needs("podman"), .needs("conmon"), .needsOverlay)
    func podmanKeepsAContainerAndBringsItBack() throws {
        let world = PodmanWorld(runtime: Programs.runtime)
        defer { world.stop() }
        func pid(_ name: String) throws -> String {
            try run("podman inspect -f '{{.State.Pid}}' \(name)", in: world)
        }
        _ = try run(
            """
            podman run -d --name a --network none --cgroup-parent /$NAME busybox \(Self.counting)
            """, in: world)
        let first = try pid("a")
        try #require(eventually { Self.count(first) > 3 })
        let before = Self.count(first)
        _ = try run(
            """
            podman container checkpoint --export "$WORLD/kept.tar.gz" a
            podman rm -f -t 0 a
            podman container restore --import "$WORLD/kept.tar.gz" --name b
            """, in: world)
        #expect(Self.countsOn(try pid("b"), from: before))
        _ = try run("podman rm -f -t 0 b", in: world)
        #expect(world.leftovers().isEmpty)
    }
}
