import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

@Suite struct SysctlPlanTests {
    @Test func namesBecomePathsAsInSysctl8() throws {
        let names = [
            ("net.ipv4.ip_forward", "net/ipv4/ip_forward"),
            ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
            ("net/ipv4/conf/eth0.100/forwarding", "net/ipv4/conf/eth0.100/forwarding"),
            ("net.ipv4.conf.eth0/100.forwarding", "net/ipv4/conf/eth0.100/forwarding"),
        ]
        for (name, path) in names {
            #expect(try SysctlPlan.components(of: name).joined(separator: "/") == path)
        }
    }

    @Test(arguments: ["net/../kernel/core_pattern", "net...x", "/net/x", "net./.x", ""])
    func aNameThatIsNoParameterIsRefused(name: String) {
        #expect(throws: EngineError.self) { try SysctlPlan([name: "1"], namespaces: []) }
    }

    @Test func theHostsOwnNamespaceIsNotTheContainers() {
        let error = #expect(throws: EngineError.self) {
            try SysctlPlan(
                ["net.ipv4.ip_forward": "1"],
                namespaces: [Namespace(.network, path: "/proc/self/ns/net")])
        }
        #expect(error?.cause.contains("the host's own") == true)
    }

    @Test(.needsRoot) func parametersAreSetInTheNamespacesOfTheProcess() async {
        let before = KernelFile.readIfPresent("/proc/sys/kernel/msgmax")
        await #expect(processExitsWith: .success) {
            try Namespaces([.network, .ipc]).unshare()
            let plan = try SysctlPlan(
                ["kernel.msgmax": "4321", "net.ipv4.ip_unprivileged_port_start": "7"],
                namespaces: [Namespace(.network), Namespace(.ipc)])
            let procfs = try openFile("/proc", O_RDONLY | O_DIRECTORY)
            try plan.apply(procfs: procfs)
            let values = [
                try KernelFile.read("/proc/sys/kernel/msgmax"),
                try KernelFile.read("/proc/sys/net/ipv4/ip_unprivileged_port_start"),
            ]
            guard values == ["4321", "7"] else { throw EngineError("compare", "\(values)") }
        }
        #expect(KernelFile.readIfPresent("/proc/sys/kernel/msgmax") == before)
    }

    @Test(.needsRoot) func aParameterThatTheKernelLacksIsNamed() async {
        await #expect(processExitsWith: .success) {
            try Namespaces([.network, .ipc]).unshare()
            let plan = try SysctlPlan(
                ["net.ipv4.no_such_thing": "1"], namespaces: [Namespace(.network)])
            let procfs = try openFile("/proc", O_RDONLY | O_DIRECTORY)
            do {
                try plan.apply(procfs: procfs)
                throw SystemError("nothing was thrown", 0)
            } catch let error as EngineError {
                guard error.stage == "set sysctl net.ipv4.no_such_thing",
                    error.hint == "this kernel has no such parameter"
                else { throw error }
            }
        }
    }
}
