import Foundation
import TestSupport
import Testing

/// Users and groups, and what a process inherits from whoever called the runtime.
@Suite(.needsRoot, .attacksOurs) struct UserAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // A073; CVE-2014-8989
        Attack(
            "A02", "a user who makes a container gives up groups that forbid them something",
            gain: "files that are closed to a group the user belongs to", ours: .either
        ) { arena in
            let user = 1000
            let test = arena.script("cat /proc/self/setgroups; id -G")
            test.bundle.namespace("user", "")
            test.bundle.namespace("network", nil)
            test.bundle.namespace("cgroup", nil)
            for kind in ["uidMappings", "gidMappings"] {
                test.bundle.edit(
                    "linux.\(kind)", [["containerID": 0, "hostID": user, "size": 1]])
            }
            test.unmount { $0.hasPrefix("/sys") || $0.hasPrefix("/dev/pts") }
            test.bundle.edit("linux.cgroupsPath", nil)
            test.bundle.edit("linux.resources", nil)
            func asUser(_ id: String) -> Output {
                test.bundle.save()
                let copy = arena.directory.file("runtime")
                let script = arena.directory.file("script")
                arena.directory.write(
                    "script",
                    "cd '\(test.bundle.path)' && exec '\(copy)' --root '\(test.file("mine"))' run \(id)\n"
                )
                _ = Command.shell(
                    "cp '\(arena.program.path)' '\(copy)'; chmod 777 '\(arena.directory.path)'; "
                        + "mkdir -p '\(test.file("mine"))'; "
                        + "chown -R \(user) '\(test.bundle.path)' '\(test.file("mine"))'")
                return arena.besideRuntime(
                    [
                        "unshare", "-m", "sh", "-c",
                        "XDG_RUNTIME_DIR='\(test.file("mine"))' exec setpriv --reuid \(user) "
                            + "--regid \(user) --groups 4242 sh '\(script)'",
                    ], limit: 20)
            }
            let output = arena.note(asUser("c"))
            arena.expect(
                output.status != 0 || output.stdout.hasPrefix("deny"),
                orGains: "setgroups is allowed: \(output.stdout)")
            test.bundle.edit("process.user", ["uid": 0, "gid": 0, "additionalGids": [5]])
            let granted = asUser("d")
            let groups = granted.stdout.split(separator: "\n").last?.split(separator: " ") ?? []
            if granted.status == 0, !groups.contains("5"), !arena.program.isOurs { return }
            arena.mustRefuse(granted, orGains: "groups were changed: \(granted.stdout)")
        },
        Attack(
            "B22", "the groups and the file mask of whoever called the runtime",
            gain: "files of the caller's groups"
        ) { arena in
            let test = arena.script("id -G; umask; grep Groups /proc/self/status")
            test.bundle.edit("process.user", ["uid": 1000, "gid": 1000, "additionalGids": [29]])
            test.bundle.save()
            let call = test.words("run -b '\(test.bundle.path)' c")
            let output = arena.note(
                Command.shell("umask 0; exec setpriv --groups 4242,4343 \(call)"))
            arena.expect(
                !output.stdout.contains("4242") && !output.stdout.contains("4343"),
                orGains: "the caller's groups: \(output.stdout)")
            let mask = output.stdout.split(separator: "\n").dropFirst().first ?? ""
            arena.expect(
                output.stdout.isEmpty || mask == "0022", orGains: "the caller's umask: \(mask)")
        },
        Attack(
            "B23", "limits, affinity and out-of-memory score of whoever called the runtime",
            gain: "a container that cannot be ended for its memory, or starves"
        ) { arena in
            let test = arena.script(
                "cat /proc/self/oom_score_adj; grep -i 'open files' /proc/self/limits; "
                    + "grep Cpus_allowed_list /proc/self/status")
            let sleeper = arena.container(["sleep", "1000"])
            test.bundle.edit("process.oomScoreAdj", 100)
            test.bundle.save()
            let call = test.words("run -b '\(test.bundle.path)' c")
            let all =
                try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                .split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list") } ?? ""
            let output = arena.note(
                Command.shell(
                    "ulimit -S -n 77; exec choom -n 300 -- taskset -c 0 nice -n 5 \(call)"))
            let lines = output.stdout.split(separator: "\n")
            guard lines.count == 3 else { return }
            arena.expect(lines[0] == "100", orGains: "the score of the caller: \(lines[0])")
            arena.expect(
                lines[1].contains("1024"), orGains: "the limits of the caller: \(lines[1])")
            arena.expect(lines[2] == all, orGains: "the affinity of the caller: \(lines[2])")
            guard arena.begin(sleeper) else { return }
            let joined = arena.note(
                Command.shell(
                    "exec taskset -c 0 "
                        + sleeper.words("exec c grep Cpus_allowed_list /proc/self/status")))
            arena.expect(
                joined.stdout == all + "\n",
                orGains: "the affinity of exec's caller: \(joined.stdout)")
        },
        Attack(
            "B24", "the environment of whoever called the runtime", gain: "the caller's secrets"
        ) { arena in
            let test = arena.container(["sh", "-c", "tr '\\0' '\\n' </proc/1/environ; sleep 1000"])
            test.bundle.save()
            let secret = "APUS_ATTACK_SECRET=1"
            let file = test.file("environment")
            let made = Command.shell(
                "export \(secret); "
                    + test.words("create -b '\(test.bundle.path)' c </dev/null >'\(file)' 2>&1"))
            guard made.status == 0 else { return arena.refuse(made) }
            defer { test.runtime("delete", "-f", "c") }
            let started = Command.shell("export \(secret); " + test.words("start c"))
            arena.note(started)
            _ = eventually(limit: 5) {
                (try? String(contentsOfFile: file, encoding: .utf8))?.contains("PATH=") == true
            }
            let first = try String(contentsOfFile: file, encoding: .utf8)
            arena.expect(!first.contains(secret), orGains: "the first process: \(first)")
            let joined = arena.note(Command.shell("export \(secret); " + test.words("exec c env")))
            arena.expect(
                !joined.stdout.contains(secret), orGains: "a process that joins: \(joined.stdout)")
        },
    ]
}
