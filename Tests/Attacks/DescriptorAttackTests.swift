import Foundation
import Linux
import TestSupport
import Testing

/// Descriptors, environments and sockets that a container, or a hook, was not given.
@Suite(.needsRoot, .attacksOurs) struct DescriptorAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    private static let numbers = 3..<31

    static let attacks: [Attack] = [
        // CVE-2020-15257
        Attack(
            "A14", "a socket of the host's that a container in the host's network can reach",
            gain: "the supervisor's commands: any program as root on the host"
        ) { arena in
            let test = arena.container(["cat", "/proc/net/unix"])
            test.bundle.namespace("network", nil)
            test.unmount { $0 == "/sys" }
            func foreign(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter { line in
                    ["@/apus", "@apus", "@/containerd-shim", "@runc", "@crun"].contains {
                        line.contains($0)
                    }
                }
            }
            guard arena.program.isOurs else {
                let before = Set(
                    foreign(try String(contentsOfFile: "/proc/net/unix", encoding: .utf8)))
                let sockets = foreign(arena.run(test).stdout).filter { !before.contains($0) }
                arena.expect(sockets.isEmpty, orGains: "\(sockets)")
                return
            }
            // Ours stands below a shim and a manager, which have sockets.
            let daemon = Daemon()
            daemon.importBusybox()
            let made = daemon.ctl("run", "-d", "--name", "attacker", "busybox", "sleep", "1000")
            guard made.status == 0 else { throw NotHere("the manager runs nothing: \(made)") }
            defer {
                daemon.ctl("rm", "-f", "attacker")
                daemon.stop()
            }
            let seen = foreign(arena.run(test).stdout)
            arena.expect(seen.isEmpty, orGains: "\(seen)")
        },
        Attack(
            "A20", "a hook that is led astray by what changes between its look and its act",
            gain: "what the hook's author wanted to prevent"
        ) { _ in throw NotHere("hooks are programs of others; the runtime brings none") },
        // A065; CVE-2024-21626
        Attack(
            "A21", "a working directory that is a descriptor of the runtime's",
            gain: "the host's file system, as root", ours: .refuses("change to the directory")
        ) { arena in
            for number in numbers {
                let test = arena.script(
                    "stat -c %i /; stat -c %i ..; ls -d ../../../..\(arena.canary)")
                if number % 2 == 0 {
                    test.bundle.edit("process.cwd", "/proc/self/fd/\(number)")
                } else {
                    test.link("w", to: "/proc/self/fd/\(number)")
                    test.bundle.edit("process.cwd", "/w")
                }
                let output = arena.run(test)
                arena.expect(
                    !output.stdout.contains(arena.canary),
                    orGains: "descriptor \(number) leads to the host")
            }
        },
        // A065
        Attack(
            "A21", "the same for a process that joins",
            gain: "the host's file system, as root", ours: .either
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            guard arena.begin(test) else { return }
            for number in numbers {
                let output = test.runtime(
                    "exec", "--cwd", "/proc/self/fd/\(number)", "c", "sh", "-c",
                    "pwd; ls -d ../../../..\(arena.canary)")
                arena.expect(
                    !output.stdout.contains(arena.canary),
                    orGains: "descriptor \(number) leads to the host")
                if arena.program.isOurs {
                    arena.mustRefuse(output, orGains: "descriptor \(number): \(output.stdout)")
                }
            }
        },
        // A065; CVE-2025-23266
        Attack(
            "A23 B01", "a hook that has the image's environment, or the runtime's descriptors",
            gain: "code of the image's in a process of the host's"
        ) { arena in
            let test = arena.script(":")
            let seen = arena.directory.file("seen")
            let hook = arena.directory.write(
                "hook",
                "#!/bin/sh\nls -l /proc/self/fd | grep -v /proc/ >'\(seen)'\n"
                    + "env >'\(seen).env'\npwd >'\(seen).pwd'\n", mode: 0o755)
            test.bundle.edit("process.env", ["EVIL=1", "LD_PRELOAD=./x.so", "PATH=/bin"])
            for point in ["prestart", "createRuntime", "createContainer", "poststop"] {
                for file in [seen, seen + ".env", seen + ".pwd"] { unsafe unlink(file) }
                test.bundle.edit("hooks", [point: [["path": hook]]])
                arena.run(test)
                test.runtime("delete", "-f", "c")
                guard let table = try? String(contentsOfFile: seen, encoding: .utf8),
                    let variables = try? String(contentsOfFile: seen + ".env", encoding: .utf8),
                    let place = try? String(contentsOfFile: seen + ".pwd", encoding: .utf8)
                else { continue }
                let extra = table.split(separator: "\n").filter { line in
                    guard let arrow = line.range(of: " -> ") else { return false }
                    let number = line[..<arrow.lowerBound].split(separator: " ").last
                    return !["0", "1", "2"].contains(number)
                }
                arena.expect(extra.isEmpty, orGains: "\(point): descriptors \(extra)")
                arena.expect(
                    !variables.contains("EVIL"), orGains: "\(point): the image's environment")
                arena.expect(
                    !place.contains("/rootfs"), orGains: "\(point): begins in the image: \(place)")
            }
        },
        Attack(
            "A32", "helpers of the runtime's are looked for where the image says",
            gain: "a program of the image's run by root on the host"
        ) { arena in
            // PATH of the image names a directory of the host's, with everything a runtime might call.
            let folder = arena.directory.directory("evil")
            for name in [
                "newuidmap", "newgidmap", "criu", "apparmor_parser", "mount", "passt", "modprobe",
                "sh", "true", "runc", "crun", "apus-runtime", "systemctl", "ip",
            ] {
                arena.directory.write(
                    "evil/\(name)", "#!/bin/busybox sh\necho $0 >>'\(arena.canary)/called'\n",
                    mode: 0o755)
            }
            let test = arena.script(":")
            MountAttackTests.divideUsers(test)
            let path = ["PATH=\(folder):\(test.rootfs)/evil:/bin"]
            test.bundle.edit("process.env", path)
            arena.run(test)
        },
        // A065
        Attack(
            "B02", "descriptors that the runtime's caller forgot to close",
            gain: "the caller's files and directories"
        ) { arena in
            let test = arena.script("ls -l /proc/self/fd")
            test.bundle.save()
            let output = arena.note(
                Command.shell(
                    "exec 8</etc/passwd 9</etc 7<'\(arena.canary)'; exec "
                        + test.words("run -b '\(test.bundle.path)' c")))
            let foreign = output.stdout.split(separator: "\n").filter {
                $0.contains("/etc") || $0.contains(arena.canary)
            }
            arena.expect(foreign.isEmpty, orGains: "\(foreign)")
        },
        // A065
        Attack(
            "B02", "the same for a process that joins", gain: "the caller's files and directories"
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            guard arena.begin(test) else { return }
            let output = Command.shell(
                "exec 8</etc/passwd 9</etc 7<'\(arena.canary)'; exec "
                    + test.words("exec c ls -l /proc/self/fd"))
            arena.note(output)
            let foreign = output.stdout.split(separator: "\n").filter {
                $0.contains("/etc") || $0.contains(arena.canary)
            }
            arena.expect(foreign.isEmpty, orGains: "\(foreign)")
        },
        Attack(
            "B27", "the container's processes reach into its first one before that has begun",
            gain: "a start that nobody asked for; the runtime's own descriptors"
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            let made = test.create()
            guard made.status == 0 else { return arena.refuse(made) }
            arena.succeed()
            let output = test.runtime(
                "exec", "c", "sh", "-c",
                """
                for f in /proc/1/fd/*; do
                  readlink $f; (echo x >$f) 2>/dev/null && echo "wrote $f"
                done
                readlink /proc/1/exe; readlink /proc/1/root
                cat /proc/1/environ 2>/dev/null; head -c 1 /proc/1/mem 2>/dev/null; :
                """)
            guard output.status == 0 else { return }
            arena.expect(
                output.stdout.split(separator: "\n").allSatisfy { $0.hasPrefix("/proc/1/fd") },
                orGains: output.stdout)
            arena.expect(
                test.status() == "created", orGains: "the container was started from inside")
        },
    ]
}
