import Foundation
import TestSupport
import Testing

/// That the suite finds what is there to be found: runtimes of which it is known that they have these
/// holes, in the versions that have them.
@Suite(.needsRoot, .attacksOurs) struct KnownHolesTests {
    @Test(.isPeer("runc", "1.1.5"), arguments: ["A25", "A31", "A34"])
    func theyAreFoundInRunc(_ number: String) throws {
        try isFound(number, in: "runc")
    }

    @Test(.isPeer("crun", "1.8.1"), arguments: ["A31", "A33", "A34"])
    func theyAreFoundInCrun(_ number: String) throws {
        try isFound(number, in: "crun")
    }

    private func isFound(_ number: String, in name: String) throws {
        let program = RuntimeProgram(try #require(Programs.find(name)))
        let verdicts = AttackList.named(number).filter { !$0.isRace }.map {
            $0.run(on: program).verdict
        }
        let isBroken = verdicts.contains { if case .broken = $0 { true } else { false } }
        #expect(isBroken, "\(number) of \(program.version): \(verdicts)")
    }
}

extension Trait where Self == ConditionTrait {
    /// The very version of a peer.
    fileprivate static func isPeer(_ program: String, _ version: String) -> Self {
        .enabled("needs \(program) \(version), whose holes are known") {
            guard let path = Programs.find(program) else { return false }
            return Command.run(path, ["--version"]).stdout.hasPrefix(
                "\(program) version \(version)")
        }
    }
}
