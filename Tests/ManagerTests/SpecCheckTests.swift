import OCI
import RPC
import Testing
import Wire

@testable import Manager

@Suite struct SpecCheckTests {
    private func problem(_ change: (inout Apus.ContainerSpec) -> Void) -> Failure? {
        var spec = Apus.ContainerSpec(image: "busybox")
        change(&spec)
        do throws(Failure) {
            try SpecCheck(spec: spec, processors: 2).run()
            return nil
        } catch { return error }
    }

    @Test func aPlainSpecIsGood() { #expect(problem { _ in } == nil) }

    @Test func whatCannotBeIsRefusedBeforeAnythingIsMade() {
        let mistakes: [(inout Apus.ContainerSpec) -> Void] = [
            { $0.image = "" }, { $0.name = "-x" }, { $0.env = ["=x"] },
            { $0.workingDirectory = "tmp" }, { $0.stopSignal = "NOPE" },
            { $0.network = "bridge" }, { $0.pidNamespace = "other" }, { $0.seccomp = "mine" },
            { $0.capabilitiesDrop = ["NOPE"] }, { $0.logDriver = "syslog" },
            { $0.logOptions = ["max-size": "10x"] }, { $0.logOptions = ["max-file": "0"] },
            { $0.logOptions = ["compress": "yes"] }, { $0.logOptions = ["tag": "x"] },
            {
                $0.logDriver = "journald"
                $0.logOptions = ["no name": "x"]
            },
            {
                $0.logDriver = "none"
                $0.logOptions = ["max-size": "1m"]
            },
            { $0.hostname = "a/b" },
            { $0.hostname = String(repeating: "h", count: 65) },
            { $0.memoryLimitBytes = -2 }, { $0.nanoCPUs = 3_000_000_000 },
            { $0.cpusetCPUs = "0-" }, { $0.pidsLimit = -2 },
            { $0.volumes = [.init(source: "relative", destination: "/x")] },
            { $0.volumes = [.init(source: "/x", destination: "/")] },
            { $0.volumes = [.init(source: "/x", destination: "/a/../..")] },
            {
                $0.volumes = [
                    .init(source: "/x", destination: "/a"),
                    .init(source: "/y", destination: "//a/."),
                ]
            },
        ]
        for (index, mistake) in mistakes.enumerated() {
            let failure = problem(mistake)
            #expect(failure?.code == .invalidArgument, "mistake \(index)")
            #expect(failure?.cause.isEmpty == false)
        }
    }

    @Test func aSpecHasALimit() {
        let failure = problem { $0.env = ["A=" + String(repeating: "x", count: 1 << 20)] }
        #expect(failure?.code == .resourceExhausted)
    }

    @Test(arguments: ["0", "0-3", "0,2,4-7", "1"])
    func listsOfCPUsAreRead(text: String) { #expect(Limits.isCPUList(text)) }

    @Test(arguments: ["", "a", "3-1", "0,", "-1", "0-1-2", "0 1"])
    func otherTextsAreNoListOfCPUs(text: String) { #expect(!Limits.isCPUList(text)) }

    @Test func minusOneLiftsALimit() {
        let limits = Limits(
            Apus.UpdateContainerRequest(memoryLimitBytes: -1, nanoCPUs: -1, pidsLimit: -1),
            countsSwap: true)
        let resources = limits.resources()
        #expect(resources.memory?.limit == -1)
        #expect(resources.memory?.swap == -1)
        #expect(resources.cpu?.quota == -1)
        #expect(resources.pids?.limit == -1)
        #expect(limits.problem(processors: 1) == nil)
    }
}

@Suite struct EnvironmentTests {
    @Test func laterEntriesReplaceEarlierOnesInTheirPlace() {
        var environment = Environment(["A=1", "B=2", "A=3"])
        #expect(environment.entries == ["A=3", "B=2"])
        environment.merge(["C=4", "B", "A="])
        #expect(environment.entries == ["A=", "C=4"])
        environment.setDefault("C=5")
        environment.setDefault("D=6")
        #expect(environment.entries == ["A=", "C=4", "D=6"])
    }
}
