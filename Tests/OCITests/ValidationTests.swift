import Testing

@testable import OCI

/// Values that the types allow and that are refused all the same. Requirements A017, A067.
@Suite struct ValidationTests {
    @Test(arguments: ["1.0.0", "1.0.2-dev", "1.3.0", "1.9.7+build"])
    func versionsOfTheFirstMajorAreAccepted(version: String) throws {
        var spec = Self.valid
        spec.ociVersion = version
        try spec.validate()
    }

    @Test(arguments: ["", "1", "1.0", "2.0.0", "0.9.0", "x.y.z", "1.0.0.0", "1..0"])
    func otherVersionsAreRefused(version: String) {
        expect("ociVersion: ") { $0.ociVersion = version }
    }

    @Test func theProcessMustHaveAProgramAndAnAbsoluteDirectory() {
        expect("process.args: must not be empty") { $0.process?.args = [] }
        expect("process.cwd: must be an absolute path") { $0.process?.cwd = "tmp" }
        expect("process.cwd: must not be empty") { $0.process?.cwd = "" }
    }

    @Test func repeatedEntriesAreRefused() {
        expect("linux.namespaces[1].type: namespace \"pid\" is there twice") {
            $0.linux.namespaces = [Namespace(.pid), Namespace(.pid)]
        }
        expect("process.rlimits[1].type: RLIMIT_CORE is there twice") {
            $0.process?.rlimits = [
                Rlimit(.core, soft: 0, hard: 0), Rlimit(.core, soft: 0, hard: 0),
            ]
        }
    }

    @Test func aFlagOfThePersonalityIsRefused() {
        expect("linux.personality.flags: has a flag") {
            $0.linux.personality = Personality(domain: .linux, flags: ["X"])
        }
    }

    @Test func whatBelongsToANamespaceNeedsIt() {
        expect("hostname: needs a uts namespace") { $0.hostname = "a" }
        expect("domainname: needs a uts namespace") { $0.domainname = "a" }
        expect("linux.maskedPaths: needs a mount namespace") { $0.linux.maskedPaths = ["/a"] }
        expect("linux.uidMappings: needs a user namespace") {
            $0.linux.uidMappings = [IDMapping(containerID: 0, hostID: 0, size: 1)]
        }
        expect("linux.uidMappings: is missing") { $0.linux.namespaces = [Namespace(.user)] }
        expect("linux.timeOffsets: needs a time namespace") {
            $0.linux.timeOffsets.boottime = TimeOffsets.Offset(seconds: 1)
        }
        expect("linux.netDevices: needs a network namespace") {
            $0.linux.netDevices = ["eth0": NetDevice()]
        }
    }

    @Test(arguments: [
        ("kernel.shmmax", NamespaceKind.ipc), ("fs.mqueue.msg_max", .ipc),
        ("net.ipv4.ip_forward", .network), ("net/ipv4/conf/eth0.1/forwarding", .network),
        ("kernel.domainname", .uts), ("user.max_user_namespaces", .user),
    ])
    func aSysctlNeedsItsNamespace(name: String, owner: NamespaceKind) throws {
        expect("linux.sysctl.\(name): needs a separate \(owner.rawValue) namespace") {
            $0.linux.sysctl = [name: "1"]
        }
        var spec = Self.valid
        spec.linux.sysctl = [name: "1"]
        spec.linux.namespaces = [Namespace(owner)]
        let mapping = [IDMapping(containerID: 0, hostID: 0, size: 1)]
        if owner == .user {
            spec.linux.uidMappings = mapping
            spec.linux.gidMappings = mapping
        }
        try spec.validate()
    }

    @Test(arguments: ["vm.swappiness", "kernel.core_pattern", "fs.file-max", "kernel/panic"])
    func theHostsSysctlsAreRefused(name: String) {
        expect("linux.sysctl.\(name): is not in a separate kernel namespace") {
            $0.linux.sysctl = [name: "1"]
            $0.linux.namespaces = NamespaceKind.allCases.filter { $0 != .user }.map {
                Namespace($0)
            }
        }
    }

    @Test func seccompRulesMustMakeSense() {
        expect("linux.seccomp.syscalls[0].names: must not be empty") {
            $0.linux.seccomp = Seccomp(
                defaultAction: .allow, syscalls: [Seccomp.Rule(names: [], action: .errno)])
        }
        expect("linux.seccomp.syscalls[0].args[0].index: 6 is out of range") {
            $0.linux.seccomp = Seccomp(
                defaultAction: .allow,
                syscalls: [
                    Seccomp.Rule(
                        names: ["read"], action: .errno,
                        arguments: [Seccomp.Argument(index: 6, value: 0, comparison: .equal)])
                ])
        }
        expect("linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default") {
            $0.linux.seccomp = Seccomp(defaultAction: .notify)
        }
    }

    @Test func resourcesMustMakeSense() {
        expect("linux.resources.memory.swap: ") {
            $0.linux.resources = Resources(memory: Resources.Memory(limit: 10, swap: 5))
        }
        expect("linux.resources.unified.../x: is not the name") {
            $0.linux.resources = Resources(unified: ["../x": "1"])
        }
        expect("linux.resources.devices[0].access: ") {
            $0.linux.resources = Resources(devices: [
                Resources.DeviceRule(allow: true, access: "rx")
            ])
        }
    }

    @Test func mappingsMustNotRunOverTheLastID() {
        expect("linux.uidMappings[0].hostID: the range from 4294967295") {
            $0.linux.namespaces = [Namespace(.user)]
            $0.linux.uidMappings = [IDMapping(containerID: 0, hostID: .max, size: 2)]
        }
    }

    @Test func hooksNeedAnAbsolutePath() {
        expect("hooks.poststop[0].path: must be an absolute path") {
            $0.hooks.poststop = [Hook(path: "true")]
        }
        expect("hooks.prestart[0].timeout: must be above 0") {
            $0.hooks.prestart = [Hook(path: "/bin/true", timeoutSeconds: 0)]
        }
    }

    private static let valid = Spec(
        root: Root(path: "rootfs"), process: Process(args: ["sh"]))

    private func expect(
        _ problem: String, sourceLocation: SourceLocation = #_sourceLocation,
        change: (inout Spec) -> Void
    ) {
        var spec = Self.valid
        change(&spec)
        do throws(DocumentError) {
            try spec.validate()
            Issue.record("accepted", sourceLocation: sourceLocation)
        } catch {
            #expect(
                error.description.hasPrefix("config.json: \(problem)"),
                sourceLocation: sourceLocation)
        }
    }
}
