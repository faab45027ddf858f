import Foundation
import TestSupport
import Testing

/// /proc: what it shows, what hides it, and what the runtime itself writes there.
@Suite(.needsRoot, .attacksOurs) struct ProcAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // A078; CVE-2015-3630
        Attack(
            "A05", "the host's switches and tables in a container of the default configuration",
            gain: "the machine switched off, its keys and memory read"
        ) { arena in
            let script = """
                for f in /proc/sysrq-trigger /proc/sys/kernel/hostname /sys/kernel/uevent_helper \
                    /proc/fs/x /proc/irq/0/smp_affinity /proc/bus/x /x; do
                  (echo x >$f) 2>/dev/null && echo "wrote $f"
                done
                for f in /proc/kcore /proc/keys /proc/timer_list /proc/latency_stats \
                    /proc/timer_stats /proc/sched_debug; do
                  [ -e $f ] && [ "$(stat -c %t:%T $f)" != 1:3 ] && echo "sees $f"
                done
                ls /proc/acpi /proc/asound /proc/scsi /sys/firmware 2>/dev/null | grep -v : | grep . &&
                  echo "sees a directory"
                """
            let test = arena.script(script)
            arena.useDefaults(test)
            let output = arena.run(test)
            arena.expect(output.stdout.isEmpty, orGains: output.stdout)
        },
        // A078, A079; CVE-2015-3631, CVE-2019-16884
        Attack(
            "A06", "a volume over parts of /proc",
            gain: "labels and filters that are written where nobody reads them",
            ours: .refuses("cannot be covered")
        ) { arena in
            let file = arena.directory.write("cover", "")
            let directory = arena.directory.directory("covers")
            for destination in [
                "/proc", "/proc/self/attr", "/proc/self/attr/exec", "/proc/self/fd", "/proc/sys",
                "/x/exec", "/proc/1/../self/attr/exec",
            ] {
                let test = arena.script(":")
                test.link("x", to: "/proc/self/attr")
                test.mount(
                    destination, type: "bind",
                    source: destination.hasSuffix("exec") ? file : directory, options: ["bind"])
                let output = test.run(limit: 15)
                arena.mustRefuse(output, orGains: "\(destination) is covered by a volume")
            }
        },
        // A078; CVE-2025-31133, CVE-2025-62161
        Attack(
            "A25 A29", "masks made of a /dev/null that is the image's",
            gain: "any file of the host's, writable, in the place of what was to be hidden",
            ours: .holds
        ) { arena in
            for target in ["/proc/sys/kernel/domainname", "/etc/passwd"] {
                let test = arena.script("stat -c '%t:%T' /proc/keys; cat /proc/keys")
                let devices = arena.directory.directory("devices-\(target.count)")
                try FileManager.default.createSymbolicLink(
                    atPath: devices + "/null", withDestinationPath: target)
                test.unmount { $0.hasPrefix("/dev") }
                test.mount("/dev", type: "bind", source: devices, options: ["rbind"])
                let output = arena.run(test)
                arena.expect(
                    output.stdout.isEmpty || output.stdout == "1:3\n",
                    orGains: "/proc/keys is \(target): \(output.stdout)")
            }
        },
        // CVE-2025-52881, CVE-2025-62596
        Attack(
            "A27 A29",
            "what the runtime writes into /proc is led elsewhere by a container's mounts",
            gain: "root's writes into any file of /proc: core_pattern, sysrq-trigger"
        ) { arena in
            let test = arena.container(["sleep", "1000"])
            ProcTrap.open(test)
            guard arena.begin(test), ProcTrap.close(test, arena) else { return }
            let process = try ProcTrap.process(test, score: 77)
            arena.note(test.runtime("exec", "-p", process, "c"))
            arena.note(test.runtime("exec", "--apparmor", "unconfined", "c", "/bin/true"))
            arena.note(test.runtime("exec", "c", "/bin/true"))
            test.runtime("pause", "c")
            test.runtime("resume", "c")
        },
        // A073
        Attack(
            "B21", "a fresh procfs inside of the container, without the masks",
            gain: "what the masks hide"
        ) { arena in
            let test = arena.script(
                """
                unshare -U true 2>/dev/null && echo "may make users"
                unshare -Urpmf sh -c 'mount -t proc proc /proc && stat -c %t:%T /proc/keys' 2>/dev/null
                """)
            test.bundle.edit("process.user", ["uid": 1000, "gid": 1000])
            let lines = arena.run(test).stdout.split(separator: "\n")
            guard lines.first == "may make users" else {
                if arena.runs == 0 { return }
                throw NotHere("nobody may make user namespaces here")
            }
            arena.expect(lines.count == 1, orGains: "a procfs without masks: \(lines)")
        },
    ]
}

/// A container whose first process has put a trap in the place of /proc: every file that a runtime
/// would write there is a link to a switch of the host's.
enum ProcTrap {
    static let switches = "kernel/domainname"

    /// It shares the host's name space, so that the switch is the host's, and may mount.
    static func open(_ test: RuntimeCase) {
        let all = ["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_MKNOD"]
        test.bundle.edit(
            "process.capabilities", ["bounding": all, "effective": all, "permitted": all])
        test.bundle.namespace("uts", nil)
        test.bundle.edit("hostname", nil)
        test.bundle.edit("linux.readonlyPaths", nil)
        test.bundle.edit("linux.maskedPaths", nil)
        test.bundle.edit("root.readonly", false)
        _ = Command.shell("mkdir -p '\(test.rootfs)/real'")
    }

    static func close(_ test: RuntimeCase, _ arena: Arena) -> Bool {
        let script = """
            set -e
            mount --bind /proc /real
            mount -t tmpfs tmpfs /proc
            trap=/real/sys/\(switches)
            for d in self thread-self 1; do
              mkdir -p /proc/$d/attr/apparmor /proc/$d/task/1/attr/apparmor
              for f in exec current keycreate apparmor/exec apparmor/current; do
                ln -s $trap /proc/$d/attr/$f
              done
              for f in oom_score_adj oom_adj timens_offsets uid_map gid_map setgroups loginuid; do
                ln -s $trap /proc/$d/$f
              done
              ln -s /real/self/fd /proc/$d/fd
            done
            mkdir -p /proc/sys/net/ipv4 /proc/sys/kernel
            ln -s $trap /proc/sys/net/ipv4/ip_forward
            """
        let made = test.runtime("exec", "c", "sh", "-c", script)
        if made.status != 0 { arena.refuse(made) }
        return made.status == 0
    }

    /// A process with something for the runtime to write.
    static func process(_ test: RuntimeCase, score: Int) throws -> String {
        var process = test.bundle.config["process"] as? [String: Any] ?? [:]
        process["args"] = ["/bin/true"]
        process["oomScoreAdj"] = score
        process["terminal"] = false
        let file = test.file("process.json")
        try JSONSerialization.data(withJSONObject: process).write(
            to: URL(fileURLWithPath: file))
        return file
    }
}
