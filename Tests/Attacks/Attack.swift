import Foundation
import TestSupport
import Testing

/// What came of an attack.
enum Verdict: Equatable {
    /// The container ran, and the attacker has nothing.
    case holds
    /// The runtime did not do it, which is as good.
    case refused(String)
    /// The attacker has this.
    case broken(String)
    /// Why there is nothing to attack here.
    case notApplicable(String)

    var word: String {
        switch self {
        case .holds: "holds"
        case .refused: "refused"
        case .broken: "BROKEN"
        case .notApplicable: "n/a"
        }
    }

    var detail: String {
        switch self {
        case .holds: ""
        case .refused(let text), .broken(let text), .notApplicable(let text): text
        }
    }
}

/// Thrown where an attack has nothing to attack: the machine, or the runtime, has no such thing.
struct NotHere: Error {
    let why: String
    init(_ why: String) { self.why = why }
}

/// One way to take from the host what a container was not given. The numbers are those of
/// `spec/security.md`.
struct Attack: Sendable, CustomTestStringConvertible {
    /// What our runtime has to do.
    enum Expected: Sendable {
        /// Every container runs.
        case holds
        /// None does, and each refusal has these words.
        case refuses(String)
        /// Some run and some do not; the attack itself says which.
        case either
    }

    /// "A31", or several that are the same attack: "A13 A28".
    let number: String
    let title: String
    /// What the attacker would have.
    let gain: String
    let ours: Expected
    /// Won by being quick: it is tried again and again for a while.
    let isRace: Bool
    private let body: @Sendable (Arena) throws -> Void

    init(
        _ number: String, _ title: String, gain: String, ours: Expected = .holds,
        isRace: Bool = false, _ body: @escaping @Sendable (Arena) throws -> Void
    ) {
        self.number = number
        self.title = title
        self.gain = gain
        self.ours = ours
        self.isRace = isRace
        self.body = body
    }

    var testDescription: String { "attack \(number): \(title)" }

    /// Carries the attack out, and judges.
    func run(on program: RuntimeProgram) -> (verdict: Verdict, arena: Arena) {
        let arena = Arena(program)
        do {
            if isRace, Arena.raceSeconds <= 0 { throw NotHere("races are left out") }
            try body(arena)
        } catch let reason as NotHere {
            return (.notApplicable(reason.why), arena)
        } catch {
            arena.lose("the attack itself failed: \(error)")
        }
        return (arena.verdict(), arena)
    }

    /// Our runtime withstands, in the way that it is expected to.
    func mustFail() throws {
        let (verdict, arena) = run(on: .ours)
        switch verdict {
        case .notApplicable(let why):
            try Test.cancel("\(number): \(why)")
        case .broken(let what):
            Issue.record("\(number), \(title): \(what). The attacker would have: \(gain)")
        case .holds, .refused:
            break
        }
        #expect(!isRace || arena.rounds > 0, "\(number): the race has not begun")
        switch ours {
        case .holds:
            #expect(arena.refusals.isEmpty, "\(number), \(title)")
            #expect(arena.runs > 0, "\(number): the attack has not begun")
        case .refuses(let words):
            #expect(arena.runs == 0, "\(number), \(title)")
            #expect(!arena.refusals.isEmpty, "\(number): the attack has not begun")
            for refusal in arena.refusals { #expect(refusal.contains(words), "\(number)") }
        case .either:
            #expect(arena.runs + arena.refusals.count > 0, "\(number): the attack has not begun")
        }
    }
}

extension [Attack] {
    /// Those that `APUS_ATTACKS` names ("A31,B05"), or all.
    var chosen: [Attack] {
        guard let wanted = Arena.wanted else { return self }
        return filter { attack in
            attack.number.split(separator: " ").contains { wanted.contains(String($0)) }
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// The tests of our own runtime, when it is not another one's turn.
    static var attacksOurs: Self {
        .enabled(
            if: Arena.attacked == nil, "APUS_ATTACKED names another runtime: see VerdictTable")
    }
}
