import Foundation
import TestSupport
import Testing

/// All attacks, in the order of their numbers.
enum AttackList {
    static let all: [Attack] =
        (LinkAttackTests.attacks + MountAttackTests.attacks + ProcAttackTests.attacks
        + DescriptorAttackTests.attacks + ProgramFileAttackTests.attacks
        + ExecAttackTests.attacks + RaceAttackTests.attacks + UserAttackTests.attacks
        + PrivilegeAttackTests.attacks + SeccompAttackTests.attacks
        + CgroupAttackTests.attacks + StateAttackTests.attacks + TerminalAttackTests.attacks
        + InputAttackTests.attacks + RestoreAttackTests.attacks)
        .sorted { $0.number.prefix(3) < $1.number.prefix(3) }

    static func named(_ number: String) -> [Attack] {
        all.filter { $0.number.split(separator: " ").contains { $0 == number } }
    }
}

/// `make attacks`: the whole suite against one runtime, as a table.
@Suite(
    .needsRoot,
    .enabled(if: Arena.attacked != nil, "APUS_ATTACKED names no runtime; see `make attacks`"))
struct VerdictTable {
    /// Attacks of our own runtime that succeed are failures; what another one does is told.
    @Test func ofTheRuntimeThatIsNamed() throws {
        let program = RuntimeProgram(try #require(Arena.attacked))
        print("\nAttacks on \(program.path) (\(program.version)), \(Self.today)\n")
        var counts: [String: Int] = [:]
        for attack in AttackList.all.chosen {
            let (found, arena) = attack.run(on: program)
            let verdict = Self.told(found, attack, arena)
            counts[verdict.word, default: 0] += 1
            print(Self.line(attack, verdict, rounds: arena.rounds))
            if program.isOurs, case .broken(let what) = verdict {
                Issue.record("\(attack.number): \(what)")
            }
        }
        let sums = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\n\(sums.joined(separator: ", "))\n")
    }

    /// Whoever does not even begin a race has not withstood it.
    private static func told(_ verdict: Verdict, _ attack: Attack, _ arena: Arena) -> Verdict {
        guard attack.isRace, arena.rounds == 0, verdict == .holds else { return verdict }
        return .refused(arena.refusals.first ?? "the race has not begun")
    }

    private static func line(_ attack: Attack, _ verdict: Verdict, rounds: Int) -> String {
        let head =
            attack.number.padding(toLength: 8, withPad: " ", startingAt: 0)
            + verdict.word.padding(toLength: 8, withPad: " ", startingAt: 0)
        var text = head + attack.title + (rounds > 0 ? " (\(rounds) rounds)" : "")
        if case .broken = verdict { text += "\n" + indent + "gained: " + attack.gain }
        if !verdict.detail.isEmpty { text += "\n" + indent + String(verdict.detail.prefix(300)) }
        return text
    }

    private static let indent = String(repeating: " ", count: 16)

    private static var today: String {
        let formatter = DateFormatter()
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.string(from: Date())
    }
}
