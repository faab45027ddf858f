import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

// A102 A122
@Suite struct CapabilityPlanTests {
    static let everything = CapabilityMask(rawValue: 0x1ff_ffff_ffff)
    static let docker: [Capability] = [
        .chown, .dacOverride, .fsetid, .fowner, .mknod, .netRaw, .setgid, .setuid, .setfcap,
        .setpcap, .netBindService, .sysChroot, .kill, .auditWrite,
    ]

    private func holdings(
        _ bounding: CapabilityMask = everything, permitted: CapabilityMask? = nil
    ) -> CapabilityHoldings {
        CapabilityHoldings(
            bounding: bounding, permitted: permitted ?? bounding, known: Self.everything)
    }

    @Test func dockersFourteenAreTheKnownBits() {
        let plan = CapabilityPlan(
            Capabilities(
                bounding: Self.docker, effective: Self.docker, permitted: Self.docker),
            holdings: holdings())
        #expect(plan.bounding.rawValue == 0xa804_25fb)
        #expect(plan.effective.rawValue == 0xa804_25fb)
        #expect(plan.permitted.rawValue == 0xa804_25fb)
        #expect(plan.inheritable.isEmpty && plan.ambient.isEmpty)
        #expect(plan.warnings == [])
    }

    @Test func withoutTheSectionThereAreNone() {
        let plan = CapabilityPlan(nil, holdings: holdings())
        #expect(plan.bounding.isEmpty && plan.permitted.isEmpty && plan.effective.isEmpty)
    }

    // A116
    @Test func whatTheHostCannotGrantIsAWarningAndTheRestIsGranted() {
        let resource = CapabilityMask([.sysResource])
        let plan = CapabilityPlan(
            Capabilities(
                bounding: [.chown, .sysResource], effective: [.chown, .sysResource],
                permitted: [.chown, .sysResource]),
            holdings: holdings(Self.everything.subtracting(resource)))
        #expect(plan.bounding == [CapabilityMask([.chown])])
        #expect(plan.effective == plan.bounding && plan.permitted == plan.bounding)
        #expect(
            plan.warnings == [
                "ignoring unknown or unavailable capabilities: [CAP_SYS_RESOURCE]"
            ])
    }

    // A114
    @Test func anUnknownNameIsAWarning() {
        let unknown = UnknownCapability(path: "bounding[0]", name: "CAP_ADMIN")
        let plan = CapabilityPlan(Capabilities(unknown: [unknown]), holdings: holdings())
        #expect(
            plan.warnings == ["ignoring unknown or unavailable capabilities: [CAP_ADMIN]"])
    }

    @Test func anAmbientCapabilityHasToBePermittedAndInheritable() {
        let plan = CapabilityPlan(
            Capabilities(
                bounding: [.kill, .chown], effective: [.kill, .chown],
                inheritable: [.kill], permitted: [.kill, .chown], ambient: [.kill, .chown]),
            holdings: holdings())
        #expect(plan.ambient == CapabilityMask([.kill]))
        #expect(plan.warnings == [])
    }

    @Test func anEffectiveCapabilityHasToBePermitted() {
        let plan = CapabilityPlan(
            Capabilities(bounding: [.kill], effective: [.kill]), holdings: holdings())
        #expect(plan.effective.isEmpty)
        #expect(plan.warnings.count == 1)
    }

    @Test func aNewUserNamespaceHasThemAll() {
        let poor = holdings([])
        let plan = CapabilityPlan(
            Capabilities(bounding: [.sysAdmin], effective: [.sysAdmin], permitted: [.sysAdmin]),
            holdings: poor.insideUserNamespace)
        #expect(plan.effective == CapabilityMask([.sysAdmin]))
        #expect(plan.warnings == [])
    }

    @Test func aCapabilityThatWeHaveNoNameForHasANumber() {
        #expect(CapabilityMask(rawValue: 1 << 50).names == ["CAP_50"])
    }

    @Test(.needsRoot) func theKernelShowsTheFiveSetsOfThePlan() async {
        await #expect(processExitsWith: .success) {
            let plan = CapabilityPlan(
                Capabilities(
                    bounding: [.kill, .chown, .setuid], effective: [.kill],
                    inheritable: [.kill], permitted: [.kill, .chown], ambient: [.kill]),
                holdings: try .ofThisProcess())
            try plan.dropBounding()
            try plan.keepThroughSetuid()
            try plan.apply()
            let status = try KernelFile.read("/proc/thread-self/status")
            for line in [
                "CapInh:\t0000000000000020", "CapPrm:\t0000000000000021",
                "CapEff:\t0000000000000020", "CapBnd:\t00000000000000a1",
                "CapAmb:\t0000000000000020",
            ] where !status.contains(line) {
                throw EngineError("find \(line)", status)
            }
        }
    }

    @Test func theCallersOwnSetsAreThoseOfProc() throws {
        let own = try CapabilityHoldings.ofThisProcess()
        let status = try KernelFile.read("/proc/thread-self/status")
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapBnd:\t") }
        #expect(line.flatMap { UInt64($0.dropFirst(8), radix: 16) } == own.bounding.rawValue)
        #expect(own.known.isSuperset(of: own.bounding))
    }
}
