import Foundation
import TestSupport
import Testing

/// Capabilities, keys, signals and switches of the first process.
@Suite(.needsRoot, .attacksOurs) struct PrivilegeAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // A065; the "shocker" of 2014
        Attack(
            "A01", "a directory of the host's opened by its handle",
            gain: "every file of the file system that the rootfs lies on"
        ) { arena in
            let test = arena.script("grep CapBnd /proc/self/status; /adversary open-by-handle /")
            arena.useDefaults(test)
            arena.arm(test)
            let lines = arena.run(test).stdout.split(separator: "\n")
            guard let bounding = lines.first?.split(separator: "\t").last else { return }
            let set = UInt64(bounding, radix: 16) ?? .max
            arena.expect(set & 4 == 0, orGains: "CAP_DAC_READ_SEARCH: \(bounding)")
            let answer = String(lines.last ?? "")
            if answer.hasPrefix("no handle") { throw NotHere("the file system has no handles") }
            arena.expect(answer == "forbidden", orGains: "open_by_handle_at(2) \(answer)")
        },
        // CVE-2016-8867
        Attack(
            "A08", "capabilities of a user that nobody gave it",
            gain: "root's rights for the programs of an ordinary user"
        ) { arena in
            let test = arena.script("grep Cap /proc/self/status")
            test.bundle.edit("process.user", ["uid": 1000, "gid": 1000])
            let lines = arena.run(test).stdout.split(separator: "\n")
            for line in lines where !line.hasPrefix("CapBnd") {
                arena.expect(line.hasSuffix("\t0000000000000000"), orGains: "\(line)")
            }
        },
        Attack(
            "B12", "a key of the caller's session",
            gain: "the caller's keys: of encrypted disks, of network file systems"
        ) { arena in
            let name = "apus-attack-\(UInt32.random(in: 0 ... .max))"
            let test = arena.script("/adversary find-key \(name)")
            arena.arm(test)
            test.bundle.save()
            let output = Command.shell(
                "exec '\(Arena.adversaryProgram)' with-key \(name) "
                    + test.words("run -b '\(test.bundle.path)' c"))
            if output.status == 3 { throw NotHere(output.stdout) }
            let found = arena.note(output).stdout
            arena.expect(!found.contains("found"), orGains: found)
        },
        Attack(
            "B13", "switches of the process that are lost with its identity",
            gain: "programs that gain privileges, or die with the runtime"
        ) { arena in
            for user in [0, 1000] {
                let test = arena.script("/adversary switches")
                arena.arm(test)
                test.bundle.edit("process.user", ["uid": user, "gid": user])
                test.bundle.edit("process.noNewPrivileges", true)
                let output = arena.run(test)
                guard !output.stdout.isEmpty else { continue }
                for line in ["no_new_privs 1", "pdeathsig 0", "keepcaps 0", "subreaper 0"] {
                    arena.expect(
                        output.stdout.contains(line + "\n"),
                        orGains: "user \(user): not \(line): \(output.stdout)")
                }
            }
        },
        // B014 of the signals: dispositions and masks are not inherited
        Attack(
            "B14", "signals that the caller ignores or blocks",
            gain: "a program that cannot be ended as its supervisor thinks it can"
        ) { arena in
            // Not a shell, which ignores some itself.
            let test = arena.container(["grep", "Sig[BI]", "/proc/self/status"])
            test.bundle.save()
            let call = test.words("run -b '\(test.bundle.path)' c")
            let output = arena.note(Command.shell("trap '' PIPE HUP INT USR1; exec \(call)"))
            for line in output.stdout.split(separator: "\n") {
                arena.expect(line.hasSuffix("\t0000000000000000"), orGains: "\(line)")
            }
        },
        Attack(
            "B17", "a device node that root of a user namespace makes, or is given",
            gain: "the machine's memory"
        ) { arena in
            for isGiven in [false, true] {
                let test = arena.script(
                    """
                    mknod /dev/shm/mem c 1 1 2>/dev/null && head -c 1 /dev/shm/mem 2>/dev/null && echo read
                    (head -c 1 /dev/given && echo read) 2>/dev/null; ls /dev >/dev/null
                    """)
                MountAttackTests.divideUsers(test)
                let all = ["CAP_MKNOD", "CAP_SYS_ADMIN", "CAP_SYS_RAWIO", "CAP_DAC_OVERRIDE"]
                test.bundle.edit(
                    "process.capabilities", ["bounding": all, "effective": all, "permitted": all])
                if isGiven {
                    let node =
                        ["path": "/dev/given", "type": "c", "major": 1, "minor": 1] as [String: Any]
                    test.bundle.edit("linux.devices", [node])
                }
                let output = isGiven ? test.run(limit: 15) : arena.run(test)
                arena.expect(!output.stdout.contains("read"), orGains: "it can be read")
            }
        },
    ]
}
