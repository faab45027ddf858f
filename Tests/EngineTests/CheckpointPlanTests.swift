import OCI
import Testing

@testable import Engine

struct CheckpointPlanTests {
    private func plan(_ mounts: [Mount]) throws(EngineError) -> CheckpointPlan {
        let spec = Spec(root: Root(path: "rootfs"), mounts: mounts)
        return try CheckpointPlan(
            spec, try MountPlan(spec, bundle: "/bundle"), cgroup: nil, rootfs: "/bundle/rootfs")
    }

    private func bind(_ destination: String, _ source: String) -> Mount {
        Mount(destination: destination, type: "bind", source: source, options: ["rbind"])
    }

    /// podman writes another config.json, with other sources, for the container that comes back.
    @Test func aMountHasItsNameWhateverItsPlaceInTheList() throws {
        let mounts = [bind("/etc/hosts", "/a"), bind("/data", "/b"), bind("/data", "/c")]
        let dumped = try plan(mounts).whenDumping()
        #expect(
            dumped == [
                "mnt[/etc/hosts]:/etc/hosts", "mnt[/data]:/data", "mnt[/data]:/data+1",
            ])
        let back = try plan([bind("/data", "/x"), bind("/data", "/y"), bind("/etc/hosts", "/z")])
        #expect(
            back.whenRestoring == ["mnt[/data]:/x", "mnt[/data+1]:/y", "mnt[/etc/hosts]:/z"])
    }

    @Test func aNameHasNoLettersOfCriusLanguage() throws {
        let keys = try plan([
            bind("/a]:/b", "/x"), bind("/a_b", "/x"), bind("/a\u{1}0", "/x"),
            bind("/a\u{10}", "/x"),
        ]).mounts.map(\.key)
        #expect(keys == ["/a_5d_3a/b", "/a_5fb", "/a_010", "/a_10"])
    }

    @Test func aNamespaceOfOthersHasTheNameOfItsKind() throws {
        var spec = Spec(root: Root(path: "rootfs"))
        spec.linux.namespaces = [
            Namespace(.mount), Namespace(.pid, path: "/proc/self/ns/pid"),
            Namespace(.network, path: "/proc/self/ns/net"), Namespace(.uts),
        ]
        let made = try CheckpointPlan(
            spec, try MountPlan(spec, bundle: "/bundle"), cgroup: nil, rootfs: "/bundle/rootfs")
        #expect(made.joined.map(\.key) == ["apus-pid", "apus-net"])
    }

    @Test func optionsGoToTheMountsThatAreSeen() throws {
        var below = bind("/data/below", "/y")
        below.options.append("ro")
        var later = Mount(destination: "/data", type: "", options: ["remount", "bind", "ro"])
        later.source = ""
        let hidden = Mount(destination: "/run", type: "tmpfs", source: "tmpfs")
        let strict = Mount(
            destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosymfollow"])
        let spec = Spec(
            root: Root(path: "rootfs"),
            mounts: [bind("/run/x", "/x"), hidden, bind("/data", "/x"), below, later, strict])
        let mounts = try MountPlan(spec, bundle: "/bundle")
        let plan = try CheckpointPlan(spec, mounts, cgroup: nil, rootfs: "/bundle/rootfs")
        #expect(plan.restricted(of: mounts).map(\.index) == [2, 3, 4, 5])
    }

    @Test func whatWouldComeBackWithOtherOwnersIsRefused() throws {
        var mapped = bind("/data", "/x")
        mapped.uidMappings = [IDMapping(containerID: 0, hostID: 1000, size: 1)]
        mapped.gidMappings = mapped.uidMappings
        #expect {
            try plan([mapped])
        } throws: {
            "\($0)".contains("mounts[0] on /data is idmapped")
        }
    }
}
