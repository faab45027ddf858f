import Foundation
import TestSupport
import Testing

/// Configurations that are too large, too deep, or that ask for what is not there.
@Suite(.needsRoot, .attacksOurs) struct InputAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // CVE-2021-43784
        Attack(
            "A16", "a list that overflows the message to the container's first process",
            gain: "namespaces of the host's for the container", ours: .either
        ) { arena in
            let many = (0..<6000).map { ["containerID": $0, "hostID": 100_000 + $0, "size": 1] }
            let changes: [(String, (RuntimeCase) -> Void)] = [
                (
                    "6000 mappings of users",
                    {
                        MountAttackTests.divideUsers($0)
                        $0.bundle.edit("linux.uidMappings", many)
                    }
                ),
                (
                    "70000 groups",
                    {
                        $0.bundle.edit(
                            "process.user",
                            ["uid": 0, "gid": 0, "additionalGids": Array(1...70000)])
                    }
                ),
                (
                    "a host name of 70000 bytes",
                    {
                        $0.bundle.edit("hostname", String(repeating: "h", count: 70000))
                    }
                ),
                (
                    "a namespace's path of 70000 bytes",
                    {
                        $0.bundle.namespace("network", "/" + String(repeating: "n/", count: 35000))
                    }
                ),
            ]
            for (what, change) in changes {
                let test = arena.script("readlink /proc/self/ns/pid")
                change(test)
                let output = test.run(limit: 30)
                arena.mustRefuse(output, orGains: "\(what): it runs, \(output.stdout)")
                arena.expect(
                    !FileManager.default.fileExists(atPath: test.root + "/c"),
                    orGains: "\(what): half of a container is left")
            }
        },
        Attack(
            "B35", "a configuration without end",
            gain: "the host's memory, or a crash of the runtime",
            ours: .either
        ) { arena in
            for (what, text) in Self.documents {
                let test = arena.script(":")
                test.bundle.save()
                let file = test.bundle.path + "/config.json"
                let plain = try String(contentsOfFile: file, encoding: .utf8)
                try Data(text(plain).utf8).write(to: URL(fileURLWithPath: file))
                let output = Command.shell(
                    "exec '\(Arena.adversaryProgram)' measure "
                        + test.words("run -b '\(test.bundle.path)' c"), limit: 120)
                test.runtime("delete", "-f", "c")
                let peak =
                    output.stdout.split(separator: "\n").last { $0.hasPrefix("peak ") }
                    .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
                arena.expect(output.status != 137, orGains: "\(what): it does not end")
                arena.expect(
                    !output.stdout.contains("ended by signal"), orGains: "\(what): \(output.stdout)"
                )
                arena.expect(
                    peak < 700 << 10, orGains: "\(what): \(peak / 1024) MiB of memory")
                output.status == 0 ? arena.succeed() : arena.refuse(output)
            }
        },
        Attack(
            "B36", "a label is asked for that this machine, or its policy, does not have",
            gain: "a process that is thought to be confined and is not",
            ours: .refuses("apply")
        ) { arena in
            for (key, label) in [
                ("process.apparmorProfile", "apus-attack-missing"),
                ("process.selinuxLabel", "system_u:system_r:apus_attack_t:s0"),
                ("linux.mountLabel", "system_u:object_r:apus_attack_t:s0"),
            ] {
                let test = arena.script("cat /proc/self/attr/current")
                test.bundle.edit(key, label)
                let output = test.run(limit: 15)
                arena.mustRefuse(output, orGains: "\(key) is ignored")
            }
        },
    ]

    private static let documents: [(String, @Sendable (String) -> String)] = [
        (
            "64 MiB",
            {
                String($0.dropLast()) + ",\"x\":\"" + String(repeating: "x", count: 64 << 20)
                    + "\"}"
            }
        ),
        (
            "100000 brackets",
            {
                String($0.dropLast()) + ",\"x\":" + String(repeating: "[", count: 100_000)
                    + String(repeating: "]", count: 100_000) + "}"
            }
        ),
        ("100000 brackets without an end", { _ in String(repeating: "[", count: 100_000) }),
        (
            "1 MiB of environment",
            {
                $0.replacingOccurrences(
                    of: "\"env\":[",
                    with: "\"env\":[\"X=" + String(repeating: "x", count: 1 << 20) + "\",")
            }
        ),
        (
            "50000 annotations",
            {
                String($0.dropLast()) + ",\"annotations\":{"
                    + (0..<50_000).map { "\"k\($0)\":\"v\"" }.joined(separator: ",") + "}}"
            }
        ),
        ("an empty file", { _ in "" }),
        (
            "bytes that are no text",
            { $0.replacingOccurrences(of: "rootfs", with: "\u{0}\u{fffd}") }
        ),
    ]
}
