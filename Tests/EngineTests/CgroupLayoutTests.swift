import Testing

@testable import Engine

// A080
@Suite struct CgroupLayoutTests {
    static let hybridMounts = """
        22 27 0:21 / /proc rw,relatime - proc proc rw
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpuacct,cpu
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

        """
    static let hybridMembership = """
        9:name=systemd:/
        4:memory:/pods/a
        1:cpu,cpuacct:/
        0::/x
        """

    @Test func aHybridMachineHasOneHierarchyAControllerAndV2Beside() {
        let layout = CgroupLayout(membership: Self.hybridMembership, mounts: Self.hybridMounts)
        #expect(
            layout.hierarchies.map(\.name) == ["name=systemd", "memory", "cpu,cpuacct", ""])
        #expect(layout.hierarchies.map(\.mountPoint).last == "/sys/fs/cgroup/unified")
        #expect(layout.hierarchies[1].ownPath == "/pods/a")
        #expect(layout.hierarchies[2].controllers == ["cpu", "cpuacct"])
        #expect(layout.hierarchies[0].controllers.isEmpty)
        #expect(!layout.isPureV2)
    }

    @Test func aPureV2MachineHasOneHierarchy() {
        let layout = CgroupLayout(
            membership: "0::/user.slice",
            mounts: "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n")
        #expect(layout.isPureV2)
        #expect(layout.hierarchies.map(\.ownPath) == ["/user.slice"])
    }

    @Test func insideAContainerTheMountShowsOnlyItsPartOfTheHierarchy() {
        let layout = CgroupLayout(
            membership: "4:memory:/docker/abc/inner\n3:pids:/elsewhere\n0::/",
            mounts: """
                35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
                36 31 0:33 /docker/abc /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids
                """)
        #expect(layout.hierarchies.map(\.name) == ["memory"])
        #expect(layout.hierarchies.first?.ownPath == "/inner")
    }

    @Test func aMountPointWithASpaceIsRead() {
        let layout = CgroupLayout(
            membership: "0::/", mounts: "30 23 0:26 / /mnt/my\\040cgroups rw - cgroup2 none rw")
        #expect(layout.v2?.mountPoint == "/mnt/my cgroups")
    }

    @Test func controllersThatAreNotMountedAreLeftOut() {
        let layout = CgroupLayout(membership: "4:memory:/\n1:cpu:/\n0::/", mounts: "")
        #expect(layout.hierarchies.isEmpty)
    }

    @Test func anAbsolutePathBeginsAtTheMountPoint() throws {
        let layout = CgroupLayout(membership: Self.hybridMembership, mounts: Self.hybridMounts)
        let cgroup = try Cgroup(path: "/docker/c1", id: "c1", layout: layout)
        #expect(
            cgroup.directories.map(\.path) == [
                "/sys/fs/cgroup/systemd/docker/c1", "/sys/fs/cgroup/memory/docker/c1",
                "/sys/fs/cgroup/cpu,cpuacct/docker/c1", "/sys/fs/cgroup/unified/docker/c1",
            ])
    }

    @Test(arguments: [nil, "", "c1", "./c1"])
    func aRelativePathAndNoneAtAllBeginAtTheCallersOwnCgroup(path: String?) throws {
        let layout = CgroupLayout(membership: Self.hybridMembership, mounts: Self.hybridMounts)
        let cgroup = try Cgroup(path: path, id: "c1", layout: layout)
        #expect(cgroup.directories[1].path == "/sys/fs/cgroup/memory/pods/a/c1")
        #expect(cgroup.directories[3].path == "/sys/fs/cgroup/unified/x/c1")
    }

    @Test func onPureV2ARelativePathStandsBesideTheCaller() throws {
        let layout = CgroupLayout(hierarchies: [
            .init(version: .v2, name: "", mountPoint: "/sys/fs/cgroup", ownPath: "/a/b")
        ])
        let cgroup = try Cgroup(path: "c1", id: "c1", layout: layout)
        #expect(cgroup.directories[0].path == "/sys/fs/cgroup/a/c1")
    }

    @Test(arguments: [
        "/a/../../x", "..", "/", "/.", "a\n/b", "/\(String(repeating: "n", count: 256))",
    ])
    func aPathThatLeadsOutOrToTheRootIsRefused(path: String) {
        #expect(throws: EngineError.self) { try CgroupPath(path, id: "c1") }
    }
}
