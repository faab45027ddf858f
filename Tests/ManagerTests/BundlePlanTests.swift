import Foundation
import OCI
import TestSupport
import Testing
import Wire

@testable import Manager
@testable import Store

/// What the manager writes, against what docker writes for the same wish.
@Suite struct BundlePlanTests {
    private static let id = String(repeating: "c3", count: 32)

    private static func plan(
        _ spec: Apus.ContainerSpec, image: ImageConfig = ImageConfig(),
        user: ContainerUser = .init(uid: 0, gid: 0, additionalGids: [], home: "/root"),
        unified: Bool = false
    ) -> BundlePlan {
        BundlePlan(
            id: id, spec: spec, image: image, user: user,
            host: HostFacts(
                hostname: "vm", unifiedCgroups: unified, countsSwap: true, processors: 4,
                hardOpenFiles: 1_048_576, architecture: .x86),
            files: "/var/lib/apus/containers/\(id)")
    }

    private static func docker(_ name: String) throws -> Spec {
        let path = Programs.repository + "/Tests/ManagerTests/Docker/config-\(name).json"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return try readJSON(from: bytes, of: path)
    }

    // A008, A102
    @Test func theDefaultBundleIsDockers() throws {
        let docker = try Self.docker("default")
        let ours = try Self.plan(.init(image: "busybox", args: ["sleep", "100"])).config()
        #expect(ours.process?.capabilities == docker.process?.capabilities)
        #expect(ours.process?.args == docker.process?.args)
        #expect(ours.process?.cwd == docker.process?.cwd)
        #expect(ours.process?.user == docker.process?.user)
        #expect(ours.process?.oomScoreAdj == docker.process?.oomScoreAdj)
        #expect(ours.process?.noNewPrivileges == docker.process?.noNewPrivileges)
        #expect(ours.process?.terminal == docker.process?.terminal)
        #expect(ours.linux.maskedPaths == docker.linux.maskedPaths)
        #expect(ours.linux.readonlyPaths == docker.linux.readonlyPaths)
        #expect(ours.linux.namespaces == docker.linux.namespaces)
        #expect(ours.linux.sysctl == docker.linux.sysctl)
        #expect(ours.linux.resources?.devices == docker.linux.resources?.devices)
        #expect(ours.root?.readonly == docker.root?.readonly)
        #expect(
            ours.mounts.map { [$0.destination, $0.type ?? ""] + $0.options }
                == docker.mounts.map { [$0.destination, $0.type ?? ""] + $0.options })
    }

    @Test func theEnvironmentBeginsAsDockersAndKnowsItsHome() throws {
        let ours = try Self.plan(.init(image: "busybox", args: ["sh"])).config()
        let short = String(Self.id.prefix(12))
        #expect(
            ours.process?.env == [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOSTNAME=\(short)", "HOME=/root",
            ])
        #expect(ours.hostname == short)
        #expect(ours.linux.cgroupsPath == "/apus/\(Self.id)")
    }

    @Test func filesOfTheContainerAreBoundIn() throws {
        let ours = try Self.plan(.init(image: "busybox", args: ["sh"])).config()
        let sources = Dictionary(
            uniqueKeysWithValues: ours.mounts.map { ($0.destination, $0.source ?? "") })
        for name in ["hosts", "hostname", "resolv.conf"] {
            #expect(sources["/etc/\(name)"] == "/var/lib/apus/containers/\(Self.id)/\(name)")
        }
    }

    @Test func seccompDecidesAsDockersProfile() throws {
        let docker = try #require(try Self.docker("default").linux.seccomp)
        let ours = try #require(
            try Self.plan(.init(image: "busybox", args: ["sh"])).config().linux.seccomp)
        #expect(ours.defaultAction == docker.defaultAction)
        #expect(ours.architectures == docker.architectures)
        #expect(Self.decisions(ours) == Self.decisions(docker))
    }

    @Test func aCapabilityBringsItsSystemCalls() throws {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.capabilitiesAdd = ["SYS_ADMIN"]
        let seccomp = try #require(try Self.plan(spec).config().linux.seccomp)
        let decisions = Self.decisions(seccomp)
        #expect(decisions["mount"] == ["SCMP_ACT_ALLOW"])
        #expect(decisions["clone"] == ["SCMP_ACT_ALLOW"])
        #expect(decisions["clone3"] == ["SCMP_ACT_ALLOW"])
        #expect(decisions["reboot"] == nil)
    }

    @Test func unconfinedMeansNoFilter() throws {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.seccomp = "unconfined"
        #expect(try Self.plan(spec).config().linux.seccomp == nil)
    }

    /// For each call everything that is said about it.
    private static func decisions(_ seccomp: Seccomp) -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for rule in seccomp.syscalls {
            let conditions = rule.arguments.map {
                " if \($0.index) \($0.comparison.rawValue) \($0.value) \($0.valueTwo)"
            }
            let text =
                rule.action.rawValue + conditions.joined()
                + (rule.errnoReturn.map { " \($0)" } ?? "")
            for name in rule.names { result[name, default: []].insert(text) }
        }
        return result
    }

    // A118
    @Test func dropAllAndAddOneLeavesOne() throws {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.capabilitiesDrop = ["ALL"]
        spec.capabilitiesAdd = ["SYS_TIME"]
        let ours = try Self.plan(spec).config().process?.capabilities
        #expect(ours == (try Self.docker("capdrop").process?.capabilities))
    }

    // A107
    @Test func oneCapabilityCanBeDropped() throws {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.capabilitiesDrop = ["cap_net_raw"]
        let bounding = try #require(try Self.plan(spec).config().process?.capabilities?.bounding)
        #expect(bounding.count == 13)
        #expect(!bounding.contains(.netRaw))
    }

    @Test func aCapabilityThatIsNoneIsRefused() {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.capabilitiesAdd = ["FLY"]
        #expect(throws: Failure.self) { try Self.plan(spec).config() }
    }

    @Test func anotherUserHasNoCapabilityOfItsOwn() throws {
        let docker = try Self.docker("user")
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sleep", "100"])
        spec.terminal = true
        let ours = try Self.plan(
            spec, user: .init(uid: 1000, gid: 1000, additionalGids: [], home: "/")
        ).config()
        #expect(ours.process?.capabilities == docker.process?.capabilities)
        #expect(ours.process?.user == docker.process?.user)
        #expect(ours.process?.terminal == true)
        #expect(ours.process?.env[2] == "TERM=xterm")
    }

    @Test func limitsAreWrittenAsDockersAre() throws {
        let docker = try Self.docker("cpu-mem")
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.memoryLimitBytes = 209_715_200
        spec.nanoCPUs = 500_000_000
        spec.cpusetCPUs = "1"
        spec.pidsLimit = 100
        let ours = try #require(try Self.plan(spec).config().linux.resources)
        #expect(ours.memory?.limit == docker.linux.resources?.memory?.limit)
        #expect(ours.memory?.swap == docker.linux.resources?.memory?.swap)
        #expect(ours.cpu?.cpus == docker.linux.resources?.cpu?.cpus)
        #expect(ours.cpu?.period == 100_000)
        #expect(ours.cpu?.quota == 50_000)
        #expect(ours.pids?.limit == 100)
    }

    @Test func theHostsNetworkAndPidsAreShared() throws {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.network = "host"
        spec.pidNamespace = "host"
        let ours = try Self.plan(spec).config()
        #expect(ours.linux.namespaces.map(\.kind) == [.mount, .uts, .ipc])
        #expect(ours.linux.sysctl.isEmpty)
        #expect(ours.hostname == "vm")
    }

    @Test func onUnifiedCgroupsThereIsACgroupNamespace() throws {
        let ours = try Self.plan(.init(image: "busybox", args: ["sh"]), unified: true).config()
        #expect(ours.linux.namespace(.cgroup) != nil)
    }

    @Test func volumesComeLastAndShallowOnesFirst() throws {
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh"])
        spec.volumes = [
            .init(source: "/b", destination: "/data/sub", readOnly: true),
            .init(source: "/a", destination: "/data", options: ["rshared"]),
        ]
        let ours = try Self.plan(spec).config().mounts.suffix(2)
        #expect(ours.map(\.destination) == ["/data", "/data/sub"])
        #expect(ours.first?.options == ["rbind", "rw", "rshared"])
        #expect(ours.last?.options == ["rbind", "ro", "rprivate"])
    }

    // A166
    @Test func theImagesFieldsReachTheBundle() throws {
        var image = ImageConfig()
        image.entrypoint = ["/entry"]
        image.cmd = ["serve"]
        image.env = ["PATH=/opt/bin", "A=1", "B=2"]
        image.workingDirectory = "/srv/app"
        image.stopSignal = "SIGQUIT"
        var spec = Apus.ContainerSpec(image: "app")
        spec.env = ["B=3", "C=4"]
        let plan = Self.plan(spec, image: image)
        let ours = try plan.config()
        #expect(ours.process?.args == ["/entry", "serve"])
        #expect(ours.process?.cwd == "/srv/app")
        #expect(
            ours.process?.env == [
                "PATH=/opt/bin", "HOSTNAME=\(Self.id.prefix(12))", "A=1", "B=3", "C=4",
                "HOME=/root",
            ])
        #expect(plan.stopSignal == "SIGQUIT")
    }

    /// A057, the four combinations of the image's two lists, each with and without arguments.
    @Test(
        arguments: [
            ([], [], [], []), ([], ["c"], [], ["c"]), (["e"], [], [], ["e"]),
            (["e"], ["c"], [], ["e", "c"]), ([], [], ["a"], ["a"]), ([], ["c"], ["a"], ["a"]),
            (["e"], [], ["a"], ["e", "a"]), (["e"], ["c"], ["a"], ["e", "a"]),
        ] as [([String], [String], [String], [String])])
    func argumentsReplaceTheImagesCommandOnly(
        entrypoint: [String], cmd: [String], args: [String], expected: [String]
    ) {
        var image = ImageConfig()
        image.entrypoint = entrypoint
        image.cmd = cmd
        let spec = Apus.ContainerSpec(image: "x", args: args)
        #expect(ImageCommand(image: image, spec: spec).words == expected)
    }

    // A057
    @Test func anOtherEntrypointDropsTheImagesCommand() {
        var image = ImageConfig()
        image.entrypoint = ["e"]
        image.cmd = ["c"]
        var spec = Apus.ContainerSpec(image: "x")
        spec.entrypoint = ["mine"]
        spec.overrideEntrypoint = true
        #expect(ImageCommand(image: image, spec: spec).words == ["mine"])
        spec.entrypoint = []
        spec.args = ["a"]
        #expect(ImageCommand(image: image, spec: spec).words == ["a"])
    }
}
