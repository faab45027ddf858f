import OCI
import Testing

@testable import Engine

struct ResctrlPlanTests {
    private func plan(
        _ wanted: IntelRdt, existing: Set<String> = []
    ) throws(EngineError) -> ResctrlPlan {
        try ResctrlPlan(wanted, id: "c", place: "/r") { path in
            path == "/r/schemata" || existing.contains(path)
        }
    }

    // A081
    @Test func aGroupIsMadeFilledAndEntered() throws {
        let made = try plan(
            IntelRdt(
                schemata: ["L2:0=3"], l3CacheSchema: "L3:0=f\nMB:0=10", memBwSchema: "MB:0=20",
                enableMonitoring: true))
        #expect(
            made.steps == [
                .makeDirectory("/r/c"),
                .write("L3:0=f\nMB:0=20\nL2:0=3\n", to: "/r/c/schemata"),
                .enter("/r/c/tasks"), .makeDirectory("/r/c/mon_groups/c"),
                .enter("/r/c/mon_groups/c/tasks"),
            ])
        #expect(made.made == ["/r/c/mon_groups/c", "/r/c"])
    }

    // A081
    @Test func aGroupOfSomebodyElsesMustBeWhatIsWanted() throws {
        let joined = try plan(
            IntelRdt(closID: "shared", l3CacheSchema: "L3:0=f"), existing: ["/r/shared"])
        #expect(
            joined.steps == [
                .require(["L3:0=f"], in: "/r/shared/schemata"), .enter("/r/shared/tasks"),
            ])
        #expect(joined.made.isEmpty)
        #expect(throws: EngineError.self) { try plan(IntelRdt(), existing: ["/r/c"]) }
    }

    // A017
    @Test func anUpdateWritesToTheGroupOrMakesOne() throws {
        let wanted = IntelRdt(l3CacheSchema: "L3:0=3", memBwSchema: "MB:0=50")
        let changed = try ResctrlPlan.change(
            of: IntelRdt(closID: "named"), to: wanted, id: "c", place: "/r"
        ) { _ in true }
        #expect(changed.steps == [.write("L3:0=3\nMB:0=50\n", to: "/r/named/schemata")])
        #expect(changed.made.isEmpty)
        let made = try ResctrlPlan.change(of: nil, to: wanted, id: "c", place: "/r") {
            $0 == "/r/schemata"
        }
        #expect(
            made.steps == [
                .makeDirectory("/r/c"), .write("L3:0=3\nMB:0=50\n", to: "/r/c/schemata"),
                .enter("/r/c/tasks"),
            ])
        #expect(made.made == ["/r/c"])
    }

    @Test func theSameShareIsWrittenInManyWays() {
        #expect(ResctrlPlan.shares("  L3:0=00f;1= 3") == ["L3:0=f", "L3:1=3"])
        #expect(ResctrlPlan.shares("MB:0=000") == ["MB:0=0"])
    }

    // A017
    @Test func withoutAResctrlItIsRefused() {
        let error = #expect(throws: EngineError.self) {
            try ResctrlPlan(IntelRdt(), id: "c", place: "/r") { _ in false }
        }
        #expect(error?.cause == "this machine shows no resctrl at /r")
    }
}
