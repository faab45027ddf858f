import Foundation
import TestSupport
import Testing

/// What the runtime keeps about a container, and whom it finds by that.
@Suite(.needsRoot, .attacksOurs) struct StateAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        Attack(
            "B05", "an id that is a path, or looks like an option",
            gain: "state read and removed anywhere on the host",
            ours: .either
        ) { arena in
            let test = arena.script(":")
            test.bundle.save()
            // What the paths lead to from the runtime's root.
            _ = Command.shell(
                "mkdir -p '\(test.root)' && cp -a '\(arena.canary)' '\(test.file("x"))'")
            // Never "/" nor any path outside of this attack's own directory: crun 1.8.1 removes what an
            // absolute id names, recursively, with root's rights.
            let inside = test.file("x")
            precondition(inside.hasPrefix("/tmp/apus-test."))
            for id in [
                "../x", "../../canary", ".", "..", "a/b", inside, "", "a/../../x",
                String(repeating: "a", count: 300), "a\u{7f}", "a b", "a\nb", "ä", "$(id)", "-x",
                "--help=x",
            ] {
                for verb in [
                    ["run", "-b", test.bundle.path], ["create", "-b", test.bundle.path], ["state"],
                    ["delete", "-f"], ["kill"], ["exec"], ["pause"],
                ] {
                    let tail =
                        verb[0] == "exec" ? [id, "true"] : verb[0] == "kill" ? [id, "KILL"] : [id]
                    let output = test.runtime(verb + ["--"] + tail, limit: 15)
                    // To delete what cannot be there by force is no failure for some.
                    if verb[0] == "delete", output.status == 0 {
                        arena.expect(
                            FileManager.default.fileExists(atPath: test.file("x/file")),
                            orGains: "delete \(id) removed a directory")
                        continue
                    }
                    let isTaken = output.status == 0
                    if isTaken { test.runtime("delete", "-f", "--", id) }
                    // Which is no way out by itself; ours does without.
                    if isTaken, id == "-x", !arena.program.isOurs { continue }
                    arena.mustRefuse(output, orGains: "\(verb[0]) takes \(id.debugDescription)")
                }
            }
        },
        Attack(
            "B25", "another user's state under the name of a container",
            gain: "signals to any process and the removal of any cgroup, by root's hand",
            ours: .either
        ) { arena in
            // A container of root's, and a user's directory with a forged copy of its record.
            let victim = arena.container(["sleep", "1000"])
            guard arena.begin(victim) else { return }
            let mode = Command.run("stat", ["-c", "%a", victim.root + "/c"]).stdout
            arena.expect(
                ["700", "710", "711"].contains(mode.trimmingCharacters(in: .newlines)),
                orGains: "others may look into the state: \(mode)")
            let open = Command.shell(
                "find '\(victim.root)' -perm /022 ! -type l ! -type s ! -type p"
            ).stdout
            arena.expect(open.isEmpty, orGains: "others may write to \(open)")
            let test = arena.script(":")
            _ = Command.shell(
                """
                mkdir -p '\(test.root)' && cp -a '\(victim.root)/c' '\(test.root)/c'
                ln -s '\(victim.root)/c' '\(test.root)/linked'
                chown -R 1000:1000 '\(test.root)'
                """)
            for id in ["c", "linked"] {
                for words in [
                    ["state", id], ["kill", id, "USR1"], ["pause", id], ["delete", "-f", id],
                ] {
                    let output = test.runtime(words, limit: 15)
                    let isObeyed =
                        words[0] == "delete" ? victim.status() == "stopped" : output.status == 0
                    arena.expect(!isObeyed, orGains: "\(words[0]) follows a user's record")
                    if !isObeyed { arena.refuse(output) }
                }
            }
            arena.expect(victim.status() == "running", orGains: "the container was ended")
        },
        Attack(
            "B25", "a link in the place of the fifo that starts the container",
            gain: "a byte written into any file of the host's", ours: .either
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            let made = test.create()
            guard made.status == 0 else { return arena.refuse(made) }
            arena.succeed()
            let fifo = test.root + "/c/exec.fifo"
            guard FileManager.default.fileExists(atPath: fifo) else { return }
            unsafe unlink(fifo)
            try FileManager.default.createSymbolicLink(
                atPath: fifo, withDestinationPath: arena.canary + "/file")
            let output = test.runtime(["start", "c"], limit: 5)
            if output.status != 0 { arena.refuse(output) }
        },
        Attack(
            "B26", "a console socket with a name that does not fit, and a shorter one beside it",
            gain: "the terminal of another container", ours: .either
        ) { arena in
            let folder = arena.directory.directory(String(repeating: "d", count: 60))
            let long = folder + "/" + String(repeating: "s", count: 100)
            // What is left of the name where it is cut at 107 or 108 bytes.
            for length in [107, 108] {
                let cut = String(long.utf8.prefix(length)) ?? ""
                _ = try? arena.unleash("listen", cut, until: "listening")
            }
            let test = arena.container(["sleep", "1000"])
            test.bundle.edit("process.terminal", true)
            let output = test.create("c", "--console-socket", long)
            arena.mustRefuse(output, orGains: "somebody else has the terminal")
            arena.expect(
                !arena.adversariesSaid("got "),
                orGains: "the socket with a part of its name was used")
        },
        Attack(
            "B28", "the first process has ended, and another one has its number",
            gain: "a signal from root to any process of the host's", ours: .either
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            test.bundle.save()
            // In a pid namespace of its own the numbers are the test's.
            let call = "'\(arena.program.path)' --root '\(test.root)'"
            let script = """
                \(call) create -b '\(test.bundle.path)' c </dev/null >'\(test.file("said"))' 2>&1 || exit 3
                \(call) start c || exit 3
                p=$(\(call) state c | sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p')
                [ "$p" -gt 1 ] || exit 3
                kill -9 $p
                # A shell takes the dead whenever it waits for somebody.
                n=0; while [ -e /proc/$p ] && [ $n -lt 200 ]; do sleep 0.02; n=$((n+1)); done
                n=0
                while [ $n -lt 50 ]; do
                  echo $((p - 1)) >/proc/sys/kernel/ns_last_pid 2>/dev/null || exit 4
                  sleep 1000 & new=$!
                  [ $new = $p ] && break
                  kill -9 $new; n=$((n+1))
                done
                [ $new = $p ] || exit 4
                \(call) kill c KILL 2>/dev/null && echo "kill says yes"
                \(call) kill c TERM 2>/dev/null
                \(call) exec c true 2>/dev/null && echo "exec joined it"
                \(call) delete -f c 2>/dev/null
                sleep 0.2
                kill -0 $p 2>/dev/null && ! grep -q 'State:.Z' /proc/$p/status && echo alive
                exit 0
                """
            let output = arena.besideRuntime(
                ["unshare", "-m", "-p", "-f", "--mount-proc", "sh", "-c", script], limit: 30)
            test.runtime("delete", "-f", "c")
            if output.status == 4 || output.status == 137 {
                throw NotHere("the numbers of processes cannot be chosen: \(output)")
            }
            guard output.status == 0 else { return arena.refuse(output) }
            arena.succeed()
            arena.expect(output.stdout.contains("alive"), orGains: "the other process was killed")
            arena.expect(!output.stdout.contains("exec joined"), orGains: "exec joined another one")
        },
        Attack(
            "B29", "what is asked for between the kill and the end",
            gain: "a process in a container that is gone, or in another one", ours: .either
        ) { arena in
            for _ in 0..<5 {
                let test = arena.container(["sleep", "1000"])
                guard arena.begin(test) else { return }
                let pid = test.pid()
                test.runtime("kill", "c", "KILL")
                let output = test.runtime("exec", "c", "sh", "-c", "cat /proc/1/comm")
                arena.expect(
                    output.status != 0 || output.stdout == "sleep\n", orGains: output.stdout)
                arena.expect(
                    eventually(limit: 10) { test.status() == "stopped" },
                    orGains: "it is said to be \(test.status() ?? "nothing")")
                arena.expect(
                    test.pid() == 0 || test.pid() == pid, orGains: "another pid: \(test.pid())")
                arena.expect(
                    test.runtime("kill", "c", "TERM").status != 0,
                    orGains: "a signal to a container that has stopped")
                test.end()
            }
        },
    ]
}
