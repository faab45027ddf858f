import Testing

@testable import Ctl

struct AssignmentsTests {
    // A056
    @Test func aBareNameTakesTheClientsValue() throws {
        let client = ["HOME": "/root", "EMPTY": ""]
        let environment = try Assignments.environment(
            ["A=1", "HOME", "EMPTY", "MISSING", "B=x=y", "C="]) { client[$0] }
        #expect(environment == ["A=1", "HOME=/root", "EMPTY=", "B=x=y", "C="])
    }

    @Test func aVariableNeedsAName() {
        #expect(throws: Complaint.self) { try Assignments.environment(["=x"]) { _ in nil } }
        #expect(throws: Complaint.self) { try Assignments.environment([""]) { _ in nil } }
    }

    // A055
    @Test func labelsMayBeEmptyAndHoldEqualSigns() throws {
        #expect(try Assignments.labels(["a=1", "b", "c=x=y"]) == ["a": "1", "b": "", "c": "x=y"])
        #expect(throws: Complaint.self) { try Assignments.labels(["=1"]) }
    }
}
