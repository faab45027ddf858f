import Foundation
import TestSupport
import Testing

/// A further process in a container: whose it is, where it stands, what it may.
@Suite(.needsRoot, .attacksOurs) struct ExecAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // CVE-2016-3697
        Attack(
            "A07", "the image calls root by the number of a user",
            gain: "root, for whoever may only be user 1000"
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            try Data("1000:x:0:0:root:/root:/bin/sh\nroot:x:0:0::/:/bin/sh\n".utf8).write(
                to: URL(fileURLWithPath: test.rootfs + "/etc/passwd"))
            guard arena.begin(test) else { return }
            for user in ["1000", "1000:1000"] {
                let output = arena.note(test.runtime("exec", "-u", user, "c", "id", "-u"))
                arena.expect(
                    output.status != 0 || output.stdout == "1000\n",
                    orGains: "-u \(user) is user \(output.stdout)")
            }
        },
        // CVE-2022-24769, CVE-2022-29162, CVE-2025-27612
        Attack(
            "A18", "capabilities that are inherited by programs with file capabilities",
            gain: "capabilities that the process itself was refused"
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            guard arena.begin(test) else { return }
            func inheritable(_ output: Output) -> String {
                let line = output.stdout.split(separator: "\n").first { $0.hasPrefix("CapInh:") }
                return String(line?.split(separator: "\t").last ?? "")
            }
            let words = ["c", "cat", "/proc/self/status"]
            for options in [[], ["--cap", "CAP_NET_RAW"], ["--cap", "CAP_NET_RAW", "-u", "1000"]] {
                let output = arena.note(test.runtime(["exec"] + options + words))
                guard output.status == 0 else { continue }
                let set = inheritable(output)
                arena.expect(
                    set == "0000000000000000", orGains: "exec \(options): CapInh \(set)")
            }
            let first = try String(contentsOfFile: "/proc/\(test.pid())/status", encoding: .utf8)
            let set = inheritable(Output(status: 0, stdoutBytes: Array(first.utf8)))
            arena.expect(set == "0000000000000000", orGains: "the first process: CapInh \(set)")
        },
        // CVE-2026-30892
        Attack(
            "A30", "a user's number that is read in another way than it was meant",
            gain: "another user than the caller named; root, in the worst case", ours: .either
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            guard arena.begin(test) else { return }
            let exact = ["1000": "1000:0", "1000:5": "1000:5", "0:0": "0:0"]
            for user in [
                "0x3e8", "1000:", ":5", "4294967295", "4294967296", "-1", " 1", "1000foo", "1e3",
                "", ":", "1000:5:6", "+5", "٣", "1000,0", "18446744073709552616",
                "1000", "1000:5", "0:0",
            ] {
                let output = test.runtime(
                    "exec", "-u", user, "c", "sh", "-c", "echo $(id -u):$(id -g)")
                let got = output.stdout.trimmingCharacters(in: .newlines)
                if let wanted = exact[user] {
                    arena.note(output)
                    arena.expect(
                        output.status != 0 || got == wanted, orGains: "-u \(user) is \(got)")
                } else {
                    arena.mustRefuse(output, orGains: "-u \"\(user)\" is \(got)")
                }
            }
        },
        Attack(
            "B03", "a cgroup of exec's that is not below the container's",
            gain: "a process outside of the container's limits, or in a neighbour's",
            ours: .either
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            let neighbour = arena.container(["sleep", "1000"])
            let path = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
            test.bundle.edit("linux.cgroupsPath", "/" + path)
            neighbour.bundle.edit("linux.cgroupsPath", "/" + path + "0")
            guard arena.begin(test), arena.begin(neighbour) else { return }
            for cgroup in [
                "..", "../..", "../\(path)0", "/../\(path)0", "x/../../\(path)0", "0",
                "pids:../\(path)0", "memory,pids:..",
            ] {
                let output = test.runtime(
                    "exec", "--cgroup", cgroup, "c", "cat", "/proc/self/cgroup")
                arena.mustRefuse(output, orGains: "--cgroup \(cgroup): \(output.stdout)")
            }
        },
    ]
}
