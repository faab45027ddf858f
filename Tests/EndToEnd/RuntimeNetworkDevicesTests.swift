import Foundation
import TestSupport
import Testing

/// Interfaces of the host that a container gets.
@Suite(.needsRoot, .needs("busybox"), .needs("ip")) struct RuntimeNetworkDevicesTests {
    /// A pair of interfaces in the caller's namespace; both go with either.
    private struct Pair {
        let name: String
        var peer: String { name + "p" }

        init() {
            name = "at\(String(UInt32.random(in: 0 ... 0xffffff), radix: 36))"
            let made = Command.shell(
                "ip link add \(name) type veth peer name \(name)p && "
                    + "ip addr add 192.0.2.5/24 dev \(name) && ip addr add fd00::5/64 dev \(name)")
            #expect(made.status == 0, "\(made)")
        }

        func remove() { _ = Command.shell("ip link del \(peer)") }

        var isHere: Bool { FileManager.default.fileExists(atPath: "/sys/class/net/\(name)") }
    }

    // A069
    @Test(arguments: [("", ""), ("eth7", "eth7"), ("net%d", "net0")])
    func anInterfaceArrivesUpWithItsAddressesAndItsName(_ wanted: String, _ expected: String) {
        let pair = Pair()
        defer { pair.remove() }
        let name = expected.isEmpty ? pair.name : expected
        let test = RuntimeCase(
            "sh", "-c", "ip -o addr show dev \(name); ip -o link show dev \(name)")
        test.bundle.edit(
            "linux.netDevices", [pair.name: wanted.isEmpty ? [:] : ["name": wanted]])
        let output = test.run()
        #expect(output.stdout.contains("inet 192.0.2.5/24 "), "\(output)")
        #expect(output.stdout.contains("inet6 fd00::5/64 "))
        #expect(output.stdout.contains("UP"))
    }

    // A069 A067
    @Test func aNamespaceThatIsJoinedGetsThemToo() {
        let pair = Pair()
        defer { pair.remove() }
        let host = RuntimeCase("sleep", "1000")
        host.begin()
        let test = RuntimeCase("ip", "-o", "addr", "show", "dev", "joined")
        test.bundle.namespace("network", "/proc/\(host.pid())/ns/net")
        test.bundle.edit("linux.netDevices", [pair.name: ["name": "joined"]])
        let output = test.run()
        #expect(output.stdout.contains("inet 192.0.2.5/24 "), "\(output)")
        #expect(!pair.isHere)
    }

    // A069
    @Test func anInterfaceThatIsMissingOrWhoseNameIsTakenIsNamed() {
        let test = RuntimeCase("true")
        test.bundle.edit("linux.netDevices", ["nosuch0": [String: Any]()])
        let missing = test.run()
        #expect(missing.status == 1)
        #expect(missing.stderr.contains("nosuch0: find the network interface"), "\(missing)")
        let pair = Pair()
        defer { pair.remove() }
        test.bundle.edit("linux.netDevices", [pair.name: ["name": "lo"]])
        let taken = test.run(id: "d")
        #expect(taken.status == 1)
        #expect(taken.stderr.contains("its namespace has an interface of that name"), "\(taken)")
        test.bundle.namespace("network", nil)
        test.unmount { $0 == "/sys" }
        let shared = test.run(id: "e")
        #expect(shared.stderr.contains("linux.netDevices: needs a network namespace"), "\(shared)")
    }
}
