import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Every input of the corpus, and as many more, made from them by random changes, as there is time
/// for here; `make fuzz` goes on where this ends, led by what of the code they reach.
///
/// A trap ends a process, so each target has one of its own.
@Suite struct FuzzTests {
    // A017
    @Test(arguments: FuzzTarget.all.map(\.name)) func noInputIsTreatedWrongly(name: String) async {
        let seed = UInt64.random(in: 0 ... .max)
        print("\(name): APUS_FUZZ_SEED=\(seed)")
        let directory = TemporaryDirectory("fuzz")
        let log = directory.file("log")
        unsafe setenv("APUS_FUZZ_LOG", log, 1)
        unsafe setenv("APUS_FUZZ_TARGET", name, 1)
        unsafe setenv("APUS_FUZZ_SEED", environment("APUS_FUZZ_SEED") ?? "\(seed)", 1)
        await #expect(processExitsWith: .success) {
            let log = try #require(environment("APUS_FUZZ_LOG"))
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            dup2(try #require(FileHandle(forWritingAtPath: log)).fileDescriptor, 2)
            let target = try #require(
                FuzzTarget.all.first { $0.name == environment("APUS_FUZZ_TARGET") })
            let seed = try #require(environment("APUS_FUZZ_SEED").flatMap { UInt64($0) })
            FuzzRun(target, seed: seed).perform()
        }
        withExtendedLifetime(directory) {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? "no log"
            #expect(said == "")
        }
    }

    @Test func everyTargetHasACorpus() {
        for target in FuzzTarget.all { #expect(!FuzzRun.corpus(of: target.name).isEmpty) }
    }
}

private func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
}

struct FuzzRun {
    private let target: FuzzTarget
    private var random: SplitMix

    /// Enough to meet what is easily met; `APUS_FUZZ_RUNS` asks for more.
    private static let runs = environment("APUS_FUZZ_RUNS").flatMap { Int($0) } ?? 3000
    private static let longestInput = 1 << 16

    init(_ target: FuzzTarget, seed: UInt64) {
        self.target = target
        random = SplitMix(state: seed)
    }

    static func corpus(of name: String) -> [[UInt8]] {
        let directory = "\(Programs.repository)/Tests/Fuzz/Corpus/\(name)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().compactMap { name in
            (try? Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))).map(Array.init)
        }
    }

    func perform() {
        var run = self
        let corpus = Self.corpus(of: target.name)
        for input in corpus { target.check(input) }
        for _ in 0..<Self.runs { target.check(run.changed(corpus)) }
    }

    /// An input of the corpus with some changes.
    private mutating func changed(_ corpus: [[UInt8]]) -> [UInt8] {
        var input = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) { change(&input, corpus) }
        return Array(input.prefix(Self.longestInput))
    }

    private mutating func change(_ input: inout [UInt8], _ corpus: [[UInt8]]) {
        let place = Int.random(in: 0...input.count, using: &random)
        let end = min(input.count, place + Int.random(in: 0...16, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where place < input.count:
            input[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < input.count: input[place] = UInt8.random(in: 0...255, using: &random)
        case 2: input.removeSubrange(place..<end)
        case 3: input.insert(contentsOf: input[place..<end], at: place)
        case 4:
            let word = target.words.randomElement(using: &random) ?? ""
            input.replaceSubrange(place..<end, with: word.utf8)
        case 5:
            let word = target.words.randomElement(using: &random) ?? ""
            input.insert(contentsOf: word.utf8, at: place)
        case 6:
            let other = corpus.randomElement(using: &random) ?? []
            let from = Int.random(in: 0...other.count, using: &random)
            input.replaceSubrange(place..., with: other[from...])
        default:
            let fresh = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            input.insert(contentsOf: fresh, at: place)
        }
    }
}

/// The same numbers for the same seed, on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
