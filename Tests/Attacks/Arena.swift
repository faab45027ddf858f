import Foundation
import TestSupport

/// Where one attack takes place: the runtime that is attacked, a directory, a canary in it, and the
/// judge. Gone with all that was begun in it when the attack is over.
final class Arena {
    let program: RuntimeProgram
    private let unconfined: RuntimeProgram
    let directory = TemporaryDirectory("attack")
    /// A tree of the host's that no container was given.
    let canary: String
    /// How often a container ran, or a call did what it was asked for.
    private(set) var runs = 0
    /// What the runtime said when it did not.
    private(set) var refusals: [String] = []
    private var losses: [String] = []
    private var judge: Judge
    private var cases: [RuntimeCase] = []
    private var adversaries: [Child] = []

    init(_ runtime: RuntimeProgram) {
        unconfined = runtime
        program = runtime.confined(to: directory.path)
        precondition(
            program.isOurs || program.viewer != getpid(), "\(program.path) is not in a cage")
        canary = directory.directory("canary")
        directory.write("canary/file", "untouched\n", mode: 0o600)
        directory.write("canary/ptmx", "")
        directory.write("canary/console", "", mode: 0o600)
        _ = directory.directory("canary/self/fd")
        judge = Judge(canary: canary, within: directory.path, viewer: program.viewer)
    }

    // MARK: What the environment asks for

    /// Another runtime that is attacked instead of ours.
    static let attacked = ProcessInfo.processInfo.environment["APUS_ATTACKED"]

    /// The numbers of the attacks that are to be tried; nil is all.
    static let wanted = ProcessInfo.processInfo.environment["APUS_ATTACKS"].map {
        $0.split(separator: ",").map(String.init)
    }

    /// For how long a race is tried: the whole suite of tests is run often, a table seldom.
    static let raceSeconds =
        ProcessInfo.processInfo.environment["APUS_RACE_SECONDS"].flatMap(Double.init)
        ?? (attacked == nil ? 2 : 6)

    /// Runs a command that calls the runtime in another way than `RuntimeCase` does, where the
    /// runtime is: in its cage, if it has one.
    func besideRuntime(_ words: [String], limit: Double = 60) -> Output {
        let entrance = program.isOurs ? [] : ["nsenter", "-t", "\(program.viewer)", "-m"]
        let all = entrance + words
        return Command.run(all[0], Array(all.dropFirst()), limit: limit)
    }

    // MARK: Containers

    /// A container of its own; a shell script says that it has begun, so that a failure of its
    /// program is not taken for a refusal of the runtime.
    func container(_ args: [String]) -> RuntimeCase {
        let test = RuntimeCase(program, in: directory, "case\(cases.count)", args)
        // The oldest that all runtimes know.
        test.bundle.edit("ociVersion", "1.0.2")
        cases.append(test)
        return test
    }

    func script(_ text: String) -> RuntimeCase {
        container(["sh", "-c", "echo \(Self.beginning)\n\(text)\nexit 0"])
    }

    private static let beginning = "begun"

    /// The configuration that the attacked runtime itself proposes, with the program of this one.
    func useDefaults(_ test: RuntimeCase) {
        let mine = test.bundle.config
        // Which it writes into a directory of its own, where the cage would not let it.
        test.bundle.config = unconfined.defaultConfiguration
        test.bundle.config["root"] = mine["root"]
        test.bundle.edit("process.args", (mine["process"] as? [String: Any])?["args"])
        test.bundle.edit("process.terminal", false)
        test.bundle.edit(
            "linux.cgroupsPath", (mine["linux"] as? [String: Any])?["cgroupsPath"])
    }

    /// `run`; the output is what the script has written.
    @discardableResult
    func run(_ test: RuntimeCase, _ options: String...) -> Output {
        note(program.isOurs ? test.run(limit: 30) : test.run(limit: 15))
    }

    /// Takes the outcome of a call that carries a container's program out.
    @discardableResult
    func note(_ output: Output) -> Output {
        var output = output
        let mark = Self.beginning + "\n"
        if let range = output.stdout.range(of: mark) {
            runs += 1
            let rest = output.stdout.replacingCharacters(in: range, with: "")
            output.stdoutBytes = Array(rest.replacingOccurrences(of: "\r", with: "").utf8)
        } else if output.status == 0 {
            runs += 1
        } else {
            refuse(output)
        }
        return output
    }

    /// `create` and `start`; false where the runtime does not want to. Its descriptors are looked
    /// at.
    func begin(_ test: RuntimeCase, _ id: String = "c") -> Bool {
        let made = test.create(id)
        guard made.status == 0 else {
            refuse(made)
            return false
        }
        let started = test.runtime("start", id)
        guard started.status == 0 else {
            refuse(started)
            return false
        }
        runs += 1
        inspectDescriptors(of: test.pid(id))
        return true
    }

    /// A process that has become the container's program has its streams and nothing else.
    private func inspectDescriptors(of pid: Int) {
        var table: [String: String] = [:]
        let isClean = eventually(limit: 5) {
            table = Judge.descriptors(of: pid)
            return table.keys.allSatisfy { ["0", "1", "2"].contains($0) }
        }
        guard !isClean else { return }
        lose("the container's first process has descriptors of the runtime's: \(table)")
    }

    /// A call that must not succeed.
    func mustRefuse(_ output: Output, orGains what: @autoclosure () -> String) {
        if output.status == 0 { lose(what()) } else { refuse(output) }
    }

    func refuse(_ output: Output) {
        let lines = (output.stderr + "\n" + output.stdout).split(separator: "\n")
        let last = lines.last { $0.contains("rror") || $0.contains(": ") } ?? lines.last
        let text = last.map(String.init) ?? "status \(output.status), without a word"
        refusals.append(output.status == 137 ? "killed, or too slow; \(text)" : text)
    }

    /// What a reader of the outcome should know.
    func remark(_ text: String) { remarks.append(text) }

    private(set) var remarks: [String] = []

    /// Something worked as it should.
    func succeed() { runs += 1 }

    // MARK: Adversaries

    static let adversaryProgram = Programs.besideTests + "/Adversary"

    /// The attacker's tools at /adversary of a container.
    func arm(_ test: RuntimeCase) {
        test.mount(
            "/adversary", type: "bind", source: Self.adversaryProgram, options: ["bind", "ro"])
    }

    /// An attacker's tool outside of the container, as somebody who shares a directory with it; ends
    /// with the attack.
    @discardableResult
    func unleash(_ words: String..., until ready: String) throws -> Child {
        let child = Child(Self.adversaryProgram, words)
        adversaries.append(child)
        guard child.waits(limit: 10, for: { $0.stdout.contains(ready) }) else {
            throw NotHere("the adversary cannot begin: \(child.output.stdout)")
        }
        return child
    }

    /// Whether one of them has written this.
    func adversariesSaid(_ text: String) -> Bool {
        adversaries.contains { $0.output.stdout.contains(text) }
    }

    /// Calls the body again and again until the time is over or something was lost. The number of
    /// rounds says how hard it was tried.
    func race(seconds: Double = Arena.raceSeconds, _ body: (Int) throws -> Void) rethrows {
        let end = Date().addingTimeInterval(seconds)
        var round = 0
        while Date() < end, losses.isEmpty {
            try body(round)
            round += 1
            rounds += 1
            if round % 16 == 0 { losses += judge.losses() }
        }
    }

    /// How often a race was run.
    private(set) var rounds = 0

    // MARK: The judgement

    /// The attacker has got something.
    func lose(_ what: String) {
        let line = what.split(separator: "\n").joined(separator: "; ")
        losses.append(line)
    }

    func expect(_ isSafe: Bool, orGains what: @autoclosure () -> String) {
        if !isSafe { lose(what()) }
    }

    func verdict() -> Verdict {
        end()
        losses += judge.losses()
        if let loss = losses.first { return .broken(loss) }
        if runs > 0 { return .holds }
        return .refused(refusals.first ?? "the attack has not begun")
    }

    private func end() {
        for adversary in adversaries {
            adversary.send(signal: SIGKILL)
            _ = adversary.finish(limit: 5)
        }
        adversaries = []
        for test in cases { test.end() }
        cases = []
    }

    deinit { end() }
}
