import Foundation
import Linux
import TestSupport
import Testing

/// Ways around a system call filter.
@Suite(.needsRoot, .attacksOurs) struct SeccompAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        Attack(
            "B09", "a forbidden call by another way into the kernel",
            gain: "every call that the filter forbids"
        ) { arena in
            for way in ["i386", "x32"] {
                let words = ["/adversary", "foreign-mkdir", way]
                // Whether the kernel has that way at all.
                let place = arena.directory.file("unfiltered-\(way)")
                let plain = Command.run(Arena.adversaryProgram, words.dropFirst() + [place])
                let isThere = FileManager.default.fileExists(atPath: place)
                for action in ["SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS"] {
                    let test = arena.container(words + ["/tmp/made"])
                    arena.arm(test)
                    test.bundle.edit("root.readonly", false)
                    let rule: [String: Any] = ["names": ["mkdir", "mkdirat"], "action": action]
                    test.bundle.edit(
                        "linux.seccomp",
                        [
                            "defaultAction": "SCMP_ACT_ALLOW",
                            "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [rule],
                        ])
                    let output = test.run(limit: 15)
                    // Killed by the filter, or without the directory.
                    if output.status == 159 || output.stdout.contains(way) {
                        arena.succeed()
                    } else {
                        arena.refuse(output)
                    }
                    let isMade = FileManager.default.fileExists(atPath: test.rootfs + "/tmp/made")
                    arena.expect(!isMade, orGains: "\(way), \(action): the directory was made")
                }
                if !isThere { arena.remark("the kernel has no \(way): \(plain.stdout)") }
            }
        },
        Attack(
            "B10", "threads of the runtime's that have no filter",
            gain: "every call that the filter forbids"
        ) { arena in
            let test = arena.script("grep -E 'Threads|Seccomp:' /proc/1/status; ls /proc/1/task")
            test.bundle.edit(
                "linux.seccomp",
                [
                    "defaultAction": "SCMP_ACT_ALLOW",
                    "syscalls": [["names": ["swapon"], "action": "SCMP_ACT_ERRNO"]],
                ])
            let output = arena.run(test)
            guard !output.stdout.isEmpty else { return }
            arena.expect(
                output.stdout == "Threads:\t1\nSeccomp:\t2\n1\n", orGains: output.stdout)
        },
        // A128
        Attack(
            "B11", "the listener of a filter stays in the container",
            gain: "the right to answer for the kernel, to its own calls"
        ) { arena in
            let socket = arena.directory.file("agent")
            try arena.unleash("listen", socket, until: "listening")
            let test = arena.script("ls -l /proc/1/fd /proc/self/fd")
            test.bundle.edit(
                "linux.seccomp",
                [
                    "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": socket,
                    "syscalls": [["names": ["swapon"], "action": "SCMP_ACT_NOTIFY"]],
                ])
            let output = arena.run(test)
            arena.expect(!output.stdout.contains("anon_inode"), orGains: output.stdout)
        },
    ]
}
