import Foundation
import TestSupport
import Testing

/// Attackers that change what a path means while the runtime walks it: a process that exchanges two
/// names as fast as the kernel can, round after round until the time is over. `APUS_RACE_SECONDS`
/// gives each more of it.
@Suite(.needsRoot, .attacksOurs) struct RaceAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    /// A volume that two containers share, with a directory and a link that change places.
    private static func sharedVolume(_ arena: Arena, link target: String) throws -> String {
        let volume = arena.directory.directory("shared-\(UInt32.random(in: 0 ... .max))")
        _ = Command.shell("cd '\(volume)' && mkdir dir && ln -s '\(target)' link")
        try arena.unleash("swap", volume + "/dir", volume + "/link", until: "swapping")
        return volume
    }

    /// Each target gets its part of the time.
    private static func forEach(
        _ targets: [String], _ body: (_ target: String, _ seconds: Double) throws -> Void
    ) rethrows {
        for target in targets { try body(target, Arena.raceSeconds / Double(targets.count)) }
    }

    static let attacks: [Attack] = [
        // CVE-2016-9962
        Attack(
            "A09", "the container's first process lies in wait for those that join",
            gain: "the runtime's descriptors, its memory, its program file", isRace: true
        ) { arena in
            for hasUsers in [false, true] {
                let test = arena.container(["/adversary", "watch", "/bin/busybox", "/adversary"])
                arena.arm(test)
                let all = [
                    "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_KILL",
                    "CAP_SETUID",
                    "CAP_SETGID", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_AUDIT_WRITE",
                ]
                // In a user namespace of its own it may trace as it likes.
                let held = hasUsers ? all + ["CAP_SYS_PTRACE", "CAP_SYS_ADMIN"] : all
                test.bundle.edit(
                    "process.capabilities",
                    ["bounding": held, "effective": held, "permitted": held])
                if hasUsers {
                    MountAttackTests.divideUsers(test)
                    _ = Command.shell(": >'\(test.rootfs)/adversary'")
                }
                guard arena.begin(test) else { continue }
                arena.race(seconds: Arena.raceSeconds / 2) { _ in
                    arena.note(test.runtime("exec", "c", "/bin/true"))
                }
                let said = (try? String(contentsOfFile: test.file("c.out"), encoding: .utf8)) ?? ""
                arena.expect(
                    said.contains("watching"), orGains: "the attack has not begun: \(said)")
                arena.expect(!said.contains("found"), orGains: said)
            }
        },
        // A079; CVE-2021-30465
        Attack(
            "A15", "a mount's place in a shared volume is exchanged for a link",
            gain: "the host's file system, mounted in the container", ours: .either, isRace: true
        ) { arena in
            try forEach(["/", arena.canary, "../../canary"]) { target, seconds in
                let volume = try sharedVolume(arena, link: target)
                let test = arena.script(
                    "ls -d '\(arena.canary)/file' /../../canary/file 2>/dev/null")
                let source = arena.directory.directory("source")
                test.mount("/vol", type: "bind", source: volume, options: ["rbind"])
                test.mount("/vol/dir", type: "tmpfs", source: "tmpfs", options: [])
                test.mount("/vol/dir/in", type: "bind", source: source, options: ["rbind"])
                arena.race(seconds: seconds) { _ in
                    let output = arena.run(test)
                    arena.expect(output.stdout.isEmpty, orGains: "it sees \(output.stdout)")
                }
            }
        },
        // A079; CVE-2024-45310
        Attack(
            "A22", "directories that are made for a mount, while one of them becomes a link",
            gain: "directories and empty files of root's anywhere on the host", ours: .either,
            isRace: true
        ) { arena in
            let file = arena.directory.write("plain", "")
            try forEach([arena.canary, "../../../canary"]) { target, seconds in
                let volume = try sharedVolume(arena, link: target)
                let test = arena.script(":")
                let mounts = test.bundle.config["mounts"]
                arena.race(seconds: seconds) { round in
                    test.bundle.config["mounts"] = mounts
                    test.mount("/vol", type: "bind", source: volume, options: ["rbind"])
                    test.mount(
                        "/vol/dir/\(round)/a/b", type: "tmpfs", source: "tmpfs", options: [])
                    test.mount("/vol/dir/f\(round)", type: "bind", source: file, options: ["bind"])
                    arena.run(test)
                }
            }
        },
        // A078; CVE-2025-31133
        Attack(
            "A25 A29", "the image's /dev/null is exchanged while masks are made of it",
            gain: "any file of the host's, writable, in the place of what was to be hidden",
            ours: .either, isRace: true
        ) { arena in
            let devices = arena.directory.directory("devices")
            _ = Command.shell(
                "cd '\(devices)' && mknod null c 1 3 && ln -s /proc/sys/kernel/domainname evil")
            try arena.unleash("swap", devices + "/null", devices + "/evil", until: "swapping")
            let test = arena.script("stat -c '%t:%T' /proc/keys /proc/timer_list 2>/dev/null")
            test.unmount { $0.hasPrefix("/dev") }
            test.mount("/dev", type: "bind", source: devices, options: ["rbind"])
            arena.race { _ in
                let lines = arena.run(test).stdout.split(separator: "\n")
                arena.expect(
                    lines.allSatisfy { $0 == "1:3" }, orGains: "what was to be masked: \(lines)")
            }
        },
        // CVE-2025-52881
        Attack(
            "A27 A29", "parts of /proc are exchanged while the runtime writes there",
            gain: "root's writes into any file of /proc", ours: .either, isRace: true
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            ProcTrap.open(test)
            arena.arm(test)
            guard arena.begin(test), ProcTrap.close(test, arena) else { return }
            // The real directory of the process, and the trap.
            let made = test.runtime(
                "exec", "-d", "c", "sh", "-c",
                """
                cd /proc && mv self trap && ln -s /real/self self
                exec /adversary swap /proc/self /proc/trap
                """)
            guard made.status == 0 else { return arena.refuse(made) }
            let process = try ProcTrap.process(test, score: 77)
            arena.race { round in
                arena.note(test.runtime("exec", "-p", process, "c"))
                if round % 4 == 0 {
                    arena.note(test.runtime("exec", "--apparmor", "unconfined", "c", "/bin/true"))
                }
            }
        },
        // CVE-2026-88265, where the file comes after the look
        Attack(
            "A34", "/dev/null is exchanged while the streams of a process are made of it",
            gain: "a file that only root may write, open for writing", isRace: true
        ) { arena in
            let file = arena.directory.write("volume-file", "secret\n", mode: 0o600)
            let test = arena.container(["sleep", "1000"])
            test.bundle.edit("root.readonly", false)
            test.unmount { $0.hasPrefix("/dev") }
            test.mount("/vol/null", type: "bind", source: file, options: ["bind"])
            arena.arm(test)
            // Whoever owns /dev may exchange it for the volume's directory.
            _ = Command.shell(
                "rm -rf '\(test.rootfs)/dev'; mkdir -p '\(test.rootfs)/dev' && "
                    + "mknod -m 666 '\(test.rootfs)/dev/null' c 1 3 && ln -s vol '\(test.rootfs)/away'"
            )
            guard arena.begin(test),
                test.runtime("exec", "-d", "c", "/adversary", "swap", "/dev", "/away").status == 0
            else { return }
            arena.race { _ in
                let call = test.words("exec -u 1000 c sh -c 'echo written; echo written >&2; :'")
                arena.note(Command.shell("\(call) </dev/null >/dev/null 2>/dev/null"))
                let text = try? String(contentsOfFile: file, encoding: .utf8)
                arena.expect(text == "secret\n", orGains: "wrote \(text ?? "") into root's file")
            }
        },
        Attack(
            "B33", "the bundle's rootfs is exchanged for a link between the look and the pivot",
            gain: "another directory of the host's as the container's root", ours: .either,
            isRace: true
        ) { arena in
            let test = arena.script("ls -d /file /ptmx 2>/dev/null")
            test.bundle.edit("root.readonly", false)
            _ = Command.shell("ln -s '\(arena.canary)' '\(test.bundle.path)/evil'")
            try arena.unleash(
                "swap", test.rootfs, test.bundle.path + "/evil", until: "swapping")
            arena.race { _ in
                let output = arena.run(test)
                arena.expect(output.stdout.isEmpty, orGains: "its root is the canary")
            }
        },
    ]
}
