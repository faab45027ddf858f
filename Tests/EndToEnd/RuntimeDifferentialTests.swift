import Foundation
import TestSupport
import Testing

/// The same bundles under runc and under ours: what a container sees of itself, and what `state`
/// says of it, must be the same. What is not is in `spec/conformance.md`, with its reason.
@Suite(.needsRoot, .needs("busybox"), .needs("runc"), .needsCgroupV1)
struct RuntimeDifferentialTests {
    private static let count = 200

    /// Where runc 1.1 gives up and ours does what the specification says.
    private static let onlyRuncRefuses = [
        // unbindableRoots: it binds the root to itself after it has made it unbindable.
        "flags: 0x5000: invalid argument",
        // ruleOrder: an allow list without the default devices takes /dev/null from itself.
        "error reopening /dev/null inside container: open /dev/null: operation not permitted",
    ]

    // A067 A079 A080 A081 A082 A101 A122
    @Test func generatedConfigurationsLookTheSameUnderRunc() throws {
        let directory = TemporaryDirectory("differential")
        unsafe chmod(directory.path, 0o755)
        let rootfs = directory.directory("rootfs")
        TestRootfs.make(at: rootfs)
        let host = directory.directory("host")
        _ = directory.directory("host/volume/below")
        directory.write("host/file", "x")
        let runc = try #require(Programs.find("runc"))
        let base = directory.directory("base")
        try #require(Command.run(runc, ["spec", "-b", base]).status == 0)
        let initial = TestBundle.read(base + "/config.json")
        let cgroup = "/apus-test-\(getpid())-differential"
        var compared = 0
        for seed in 0..<Self.count {
            let config = DifferentialConfig(
                seed: seed, base: initial, rootfs: rootfs, host: host, cgroup: cgroup)
            let theirs = DifferentialObservation(
                of: config, under: runc, in: directory, rootfs: rootfs)
            let ours = DifferentialObservation(
                of: config, under: Programs.runtime, in: directory, rootfs: rootfs)
            guard theirs.started else {
                let isKnown = Self.onlyRuncRefuses.contains { theirs.error.contains($0) }
                #expect(isKnown, "seed \(seed): runc: \(theirs.error); Apus: \(ours.error)")
                #expect(ours.started, "seed \(seed): \(ours.error)")
                continue
            }
            #expect(ours.started, "seed \(seed): \(ours.error)")
            guard ours.started else { continue }
            compared += 1
            let differences = DifferentialObservation.differences(theirs, ours)
            #expect(
                differences.isEmpty,
                "seed \(seed):\n\(differences.prefix(20).joined(separator: "\n"))")
        }
        #expect(compared > Self.count * 8 / 10)
    }

    /// A row without a test is a promise.
    @Test func everyTestThatTheConformanceTableNamesExists() throws {
        let file = Programs.repository + "/spec/conformance.md"
        let rows = try String(contentsOfFile: file, encoding: .utf8)
            .components(separatedBy: "## Where runc")[0].split(separator: "\n")
            .filter { $0.hasPrefix("| `") || $0.hasPrefix("| de") || $0.hasPrefix("| calls") }
        let sources = Command.shell(
            "grep -rhoE 'func [a-zA-Z0-9]+\\(' '\(Programs.repository)/Tests'")
        let attacks = Command.shell(
            "grep -rhoE '\"[AB][0-9]{2}( [AB][0-9]{2})*\"' '\(Programs.repository)/Tests/Attacks'")
        let known = Set(
            sources.stdout.split(separator: "\n").map { $0.dropFirst(5).dropLast() }
                + attacks.stdout.split { "\" \n".contains($0) }.map { "attack \($0)"[...] })
        #expect(rows.count > 70)
        for row in rows {
            let cell = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let names = (cell.last ?? "").components(separatedBy: ", ")
            #expect(!names.isEmpty)
            for name in names where name != "differential" {
                let isKnown = known.contains(name[...])
                #expect(isKnown, "\(name) in: \(row)")
            }
        }
    }

    /// A comparison that forgives needs a reason that somebody can read.
    @Test(arguments: [
        "whatCoversMaskedPaths", "unifiedHierarchy", "readOnlyCgroups", "systemdHierarchy",
        "sharedRoots", "consoleDevice", "unbindableRoots", "ruleOrder", "modeOfTmpfs",
    ])
    func whatIsForgivenIsInTheConformanceTable(_ name: String) throws {
        let file = Programs.repository + "/spec/conformance.md"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("| \(name) |"))
    }
}
