import Testing
import Wire

@testable import Ctl

struct FiltersTests {
    // A055
    @Test func containersAreFilteredByLabelStatusAndName() throws {
        let filters = try ContainerFilters(["label=a=1", "label=b", "status=exited", "name=web"])
        #expect(filters.labels == ["a": "1", "b": ""])
        #expect(filters.matches(Apus.Container(name: "my-web", status: .stopped)))
        #expect(!filters.matches(Apus.Container(name: "my-web", status: .running)))
        #expect(!filters.matches(Apus.Container(name: "db", status: .stopped)))
    }

    @Test func unknownFiltersAreRefused() {
        #expect(throws: Complaint.self) { try ContainerFilters(["color=red"]) }
        #expect(throws: Complaint.self) { try ContainerFilters(["label"]) }
        #expect(throws: Complaint.self) { try EventFilters(["x=1"]) }
    }

    @Test func eventsAreFilteredByActionAndSubject() throws {
        let filters = try EventFilters(["action=die", "event=start", "container=c"])
        #expect(filters.actions == ["die", "start"] && filters.container == "c")
    }

    @Test func anEventIsOneLineWithItsAttributesInOrder() {
        let event = Apus.Event(
            sequence: 3, time: Timestamp(seconds: 0, nanos: 5_000_000), type: "container",
            action: "die", subject: "abc", attributes: ["name": "web", "exitCode": "7\n"])
        #expect(
            EventLine.text(event)
                == "1970-01-01T00:00:00.005Z container die abc (exitCode=7\\n, name=web)")
    }
}
