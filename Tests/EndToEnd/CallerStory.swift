import Foundation
import TestSupport
import Testing

/// Somebody who calls a runtime: a daemon or a set of programs, with places of its own.
protocol CallerWorld: AnyObject, Sendable {
    var directory: TemporaryDirectory { get }
    /// What the commands of a story find: PATH, and WORLD, which is the directory.
    var environment: [String: String] { get }
    /// With this runtime.
    init(runtime: String)
    /// Removes what a story has made.
    func clean()
    /// Cgroups and state of containers that are gone.
    func leftovers() -> [String]
    func stop()
}

extension CallerWorld {
    /// Names the world's cgroups.
    var name: String { (directory.path as NSString).lastPathComponent }

    func begin(_ script: String, _ extra: [String: String] = [:]) -> Child {
        Child(
            "/bin/sh", ["-c", script],
            environment: environment.merging(extra) { $1 }, directory: directory.path)
    }

    @discardableResult
    func shell(_ script: String, limit: Double = 60) -> Output {
        begin(script).finish(limit: limit)
    }

    /// Cgroups of containers: below the one that the world was told to put them into.
    func containerCgroups() -> [String] {
        Command.shell("find /sys/fs/cgroup -mindepth 3 -type d -path '*/\(name)/*'")
            .stdout.split(separator: "\n").map(String.init)
    }

    /// Takes the world's directory and cgroups away.
    func remove() {
        let name = name
        directory.remove()
        Command.shell("find /sys/fs/cgroup -depth -type d -path '*/\(name)*' -exec rmdir {} +")
    }

    /// PATH with these directories in front.
    static func path(_ directories: String...) -> String {
        (directories + [
            "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
        ]).joined(separator: ":")
    }
}

/// Two worlds that differ in their runtime alone.
struct Worlds<World: CallerWorld> {
    let ours: World
    let runc: World

    init() {
        ours = World(runtime: Programs.runtime)
        runc = World(runtime: Programs.find("runc")!)
    }

    func stop() {
        ours.stop()
        runc.stop()
    }

    /// Seconds.
    private static var longestStep: Double { 90 }

    /// Plays a story in both, and compares what they answer.
    ///
    /// A client of a daemon may lose the race for the last words of a program, whatever the runtime:
    /// what differs at a step once and not again is not the runtime's.
    func play(_ story: CallerStory) {
        let seen = Set(differences(story).map { $0.step })
        guard !seen.isEmpty else { return }
        for difference in differences(story) where seen.contains(difference.step) {
            Issue.record("\(difference.step)\n\(difference.text)")
        }
    }

    private struct Difference {
        /// Its command.
        var step: String
        var text: String
    }

    private func differences(_ story: CallerStory) -> [Difference] {
        let begin = ["BEGIN": "\(Int(Date().timeIntervalSince1970))"]
        var found: [Difference] = []
        for step in story.steps {
            let children = [ours, runc].map { ($0, $0.begin(step.command, begin)) }
            let end = ContinuousClock.now + .seconds(Self.longestStep)
            let answers = children.map { world, child in
                step.essence(child.finish(limit: Self.longestStep), in: world)
            }
            // Two that hang are not alike, they are unknown.
            if .now > end { found.append(Difference(step: step.command, text: "did not end")) }
            if answers[0] != answers[1] {
                found.append(
                    Difference(
                        step: step.command, text: "ours: \(answers[0])\nrunc: \(answers[1])"))
            }
        }
        ours.clean()
        runc.clean()
        let leftovers = ours.leftovers()
        if !leftovers.isEmpty { found.append(Difference(step: "left over", text: "\(leftovers)")) }
        return found
    }
}

/// One pair of worlds for all tests of a suite.
struct WithWorlds<World: CallerWorld>: SuiteTrait, TestScoping {
    private let current: TaskLocal<Worlds<World>?>

    init(_ current: TaskLocal<Worlds<World>?>) { self.current = current }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let worlds = Worlds<World>()
        defer { worlds.stop() }
        try await current.withValue(worlds) { try await function() }
    }
}

/// What somebody does, one command after the other (Tests/Fixtures/*-commands.txt).
struct CallerStory: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let steps: [Step]

    /// The stories of a fixture: the first line of each is its title.
    static func all(of fixture: String) -> [CallerStory] {
        let path = Programs.repository + "/Tests/Fixtures/\(fixture)-commands.txt"
        let text = try! String(contentsOfFile: path, encoding: .utf8)
        return text.components(separatedBy: "\n## ").dropFirst().map { paragraph in
            let lines = paragraph.split(separator: "\n")
            return CallerStory(
                testDescription: String(lines[0]), steps: lines.dropFirst().map(Step.init))
        }
    }

    struct Step: Sendable {
        let command: String
        private var ignoresNumbers = false
        private var ignoresOrder = false
        private var comparesOnlyStatus = false

        init(_ line: Substring) {
            var rest = line
            while rest.hasPrefix("~") {
                let word = rest.prefix { $0 != " " }
                switch word {
                case "~numbers": ignoresNumbers = true
                case "~sorted": ignoresOrder = true
                case "~status": comparesOnlyStatus = true
                default: preconditionFailure("\(word) is none of the words of a story")
                }
                rest = rest.dropFirst(word.count + 1)
            }
            command = String(rest)
        }

        /// An answer without what differs from run to run.
        func essence(_ output: Output, in world: some CallerWorld) -> String {
            guard !comparesOnlyStatus else { return "status \(output.status)" }
            var text = "\(output.stdout)\(output.stderr)"
            text = text.replacingOccurrences(of: world.directory.path, with: "WORLD")
            for (pattern, name) in Self.names {
                text = text.replacingOccurrences(
                    of: pattern, with: name, options: .regularExpression)
            }
            if ignoresNumbers {
                text = text.replacingOccurrences(
                    of: "[0-9]+", with: "N", options: .regularExpression)
            }
            // Columns are as wide as what stands in them.
            text = text.replacingOccurrences(of: " +", with: " ", options: .regularExpression)
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if ignoresOrder { lines.sort() }
            return lines.joined(separator: "\n") + "\nstatus \(output.status)"
        }

        private static let names = [
            // What script(1) makes of the end of its input, when that comes before the output.
            (#"\x00|\^@"#, ""),
            // docker's client says so now and then of a container that it has just detached from.
            ("time=.*error waiting for container: context canceled.*\n", ""),
            ("[0-9a-f]{64}", "ID"), (#"\b[0-9a-f]{12}\b"#, "ID"),
            (#"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)"#, "TIME"),
            ("(About |Less than )?(a|an|[0-9]+) (second|minute)s?( ago)?", "AGO"),
            (#"(time=|= )[0-9./]+ ms"#, "MS"),
            (#"(?<!:)\b[0-9][0-9]:[0-9][0-9](:[0-9][0-9])?\b(?!:)"#, "CLOCK"),
        ]
    }
}
