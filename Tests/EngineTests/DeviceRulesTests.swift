import OCI
import Testing

@testable import Engine

/// What a process asks the kernel for.
private struct Request {
    var kind: DevicePattern.Kind
    var major: UInt32
    var minor: UInt32
    var access: DeviceAccess
}

/// The rule that speaks last about a letter decides on it; nobody speaking means no.
private func specified(_ rules: [Resources.DeviceRule], _ request: Request) throws -> Bool {
    for letter in [DeviceAccess.read, .write, .makeNode] where request.access.contains(letter) {
        let deciding = try rules.last { rule in
            let wanted = DevicePattern(request.kind, request.major, request.minor)
            return try DeviceAccess(letters: rule.access).contains(letter)
                && rule.patterns().contains { $0.covers(wanted) }
        }
        guard deciding?.allow == true else { return false }
    }
    return true
}

/// The v1 controller: a default and exceptions from it, by letters.
private func table(_ rules: [Resources.DeviceRule], _ request: Request) throws -> Bool {
    let table = try DeviceTable(rules)
    let wanted = DevicePattern(request.kind, request.major, request.minor)
    let excepted = table.exceptions.filter { $0.pattern.covers(wanted) }
        .reduce(DeviceAccess()) { $0.union($1.access) }
    return table.allowsByDefault
        ? excepted.isDisjoint(with: request.access) : excepted.isSuperset(of: request.access)
}

/// Runs the v2 program as the kernel would: only the instructions that it may be made of.
private func program(_ rules: [Resources.DeviceRule], _ request: Request) throws -> Bool {
    let code = try DeviceProgram(rules).instructions
    var registers = [UInt64](repeating: 0xdead, count: 11)
    let type: UInt32 = request.kind == .block ? 1 : 2
    let context = [UInt32(request.access.rawValue) << 16 | type, request.major, request.minor]
    var counter = 0
    while true {
        let instruction = code[counter]
        let target = Int(instruction >> 8 & 0xf)
        let source = Int(instruction >> 12 & 0xf)
        let offset = Int(instruction >> 16 & 0xffff)
        let immediate = UInt64(instruction >> 32)
        counter += 1
        switch instruction & 0xff {
        case 0x61: registers[target] = UInt64(context[offset / 4])
        case 0xbf: registers[target] = registers[source]
        case 0xb7: registers[target] = immediate
        case 0x57: registers[target] &= immediate
        case 0x77: registers[target] >>= immediate
        case 0x56: if registers[target] & 0xffff_ffff != immediate { counter += offset }
        case 0x45: if registers[target] & immediate != 0 { counter += offset }
        case 0x05: counter += offset
        case 0x95: return registers[0] == 1
        default: throw EngineError("interpret", "instruction \(instruction)")
        }
    }
}

// A082
@Suite struct DeviceRulesTests {
    static let specDefault = [Resources.DeviceRule(allow: false)]

    private static func everything() -> [Request] {
        var requests: [Request] = []
        for kind in [DevicePattern.Kind.character, .block] {
            for major in [1, 5, 8, 10] as [UInt32] {
                for minor in [0, 3, 229] as [UInt32] {
                    for bits in 1...7 as ClosedRange<UInt8> {
                        requests.append(
                            Request(
                                kind: kind, major: major, minor: minor,
                                access: DeviceAccess(rawValue: bits)))
                    }
                }
            }
        }
        return requests
    }

    @Test func theDefaultListForbidsEverythingAndThenAllowsWhatProgramsNeed() throws {
        let rules = DeviceRules.complete(Self.specDefault)
        let lines = try DeviceTable(rules).v1Lines.map { "\($0.file) \($0.line)" }
        #expect(lines.first == "devices.deny a")
        #expect(
            lines.dropFirst().elementsEqual([
                "devices.allow c *:* m", "devices.allow b *:* m", "devices.allow c 1:3 rwm",
                "devices.allow c 1:5 rwm", "devices.allow c 1:7 rwm", "devices.allow c 1:8 rwm",
                "devices.allow c 1:9 rwm", "devices.allow c 5:0 rwm", "devices.allow c 5:1 rwm",
                "devices.allow c 5:2 rwm", "devices.allow c 136:* rwm",
                "devices.allow c 10:200 rwm",
            ]))
    }

    @Test func nothingIsAllowedWhereNoRuleSpeaks() throws {
        for request in Self.everything() {
            #expect(try !table([], request))
            #expect(try !program([], request))
        }
    }

    @Test func allowingEverythingIsOneLine() throws {
        let rules = DeviceRules.complete([.init(allow: true)])
        #expect(try DeviceTable(rules).v1Lines.map(\.line) == ["a"])
    }

    @Test func whatDockerWritesMeansTheSameOnBothVersions() throws {
        // As in the bundles of dockerd: single devices, and fuse forbidden though nobody allows it.
        let rules = DeviceRules.complete(
            [.init(allow: false)]
                + [5, 3, 9, 8].map { .init(allow: true, kind: .character, major: 1, minor: $0) }
                + [
                    .init(allow: true, kind: .character, major: 5, minor: 0),
                    .init(allow: true, kind: .character, major: 5, minor: 1),
                    .init(allow: false, kind: .character, major: 10, minor: 229),
                ])
        for request in Self.everything() {
            let wanted = try specified(rules, request)
            #expect(try table(rules, request) == wanted, "\(request)")
            #expect(try program(rules, request) == wanted, "\(request)")
        }
    }

    @Test func anyListOfRulesIsJudgedByTheLastRuleThatSpeaks() throws {
        var random = SystemRandomNumberGenerator()
        var compared = 0
        for _ in 0..<400 {
            let rules = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Resources.DeviceRule(
                    allow: .random(using: &random),
                    kind: [.all, .character, .block].randomElement(using: &random)!,
                    major: [nil, 1, 8].randomElement(using: &random)!,
                    minor: [nil, 0, 3].randomElement(using: &random)!,
                    access: ["rwm", "r", "rw", "m", "w"].randomElement(using: &random)!)
            }
            for request in Self.everything() {
                let wanted = try specified(rules, request)
                #expect(try program(rules, request) == wanted, "\(rules) \(request)")
                // v1 cannot hold every list; then it says so, and is never wrong.
                guard let answer = try? table(rules, request) else { continue }
                #expect(answer == wanted, "\(rules) \(request)")
                compared += 1
            }
        }
        #expect(compared > 1000)
    }

    @Test func v1RefusesABanThatTheKernelWouldIgnore() {
        let rules: [Resources.DeviceRule] = [
            .init(allow: false), .init(allow: true, kind: .character, major: 10),
            .init(allow: false, kind: .character, major: 10, minor: 229),
        ]
        let error = #expect(throws: EngineError.self) { try DeviceTable(rules) }
        #expect(error?.cause.contains("c 10:229") == true)
        #expect(throws: Never.self) { try DeviceProgram(rules) }
    }

    @Test func nothingIsUnreachableInAProgram() throws {
        // The verifier refuses a program with code behind its unconditional end.
        let rules = [Resources.DeviceRule(allow: true, kind: .block), .init(allow: true)]
        #expect(try DeviceProgram(rules).instructions.count == 8)
    }

    @Test func numbersAndLettersThatNoDeviceHasAreRefused() {
        for rule in [
            Resources.DeviceRule(allow: true, kind: .character, major: 1 << 33),
            Resources.DeviceRule(allow: true, kind: .character, minor: -7),
            Resources.DeviceRule(allow: true, access: "rx"),
        ] {
            #expect(throws: EngineError.self) { try DeviceTable([rule]) }
            #expect(throws: EngineError.self) { try DeviceProgram([rule]) }
        }
    }
}
