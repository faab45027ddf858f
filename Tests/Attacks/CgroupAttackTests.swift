import Foundation
import TestSupport
import Testing

/// Cgroups and devices, and what annotations may say about them.
@Suite(.needsRoot, .attacksOurs) struct CgroupAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    private static let isSystemd = FileManager.default.fileExists(atPath: "/run/systemd/private")

    static let attacks: [Attack] = [
        // CVE-2022-0492
        Attack(
            "A17", "the release_agent of cgroup v1",
            gain: "a program of the container's choice, run by the kernel as root on the host"
        ) { arena in
            let test = arena.script(
                """
                try() {
                  for f in $(find $1 -name release_agent 2>/dev/null); do
                    (echo /apus-attack >$f) 2>/dev/null && echo "wrote $f"
                  done
                }
                try /sys/fs/cgroup
                unshare -UrmC sh -c '
                  for c in rdma memory pids cpu devices; do
                    mkdir -p /tmp/$c && mount -t cgroup -o $c cgroup /tmp/$c && echo mounted
                    (echo /apus-attack >/tmp/$c/release_agent) && echo "wrote release_agent of $c"
                  done' 2>/dev/null | grep wrote
                """)
            test.bundle.edit("root.readonly", false)
            let output = arena.run(test)
            arena.expect(output.stdout.isEmpty, orGains: output.stdout)
        },
        Attack(
            "B04", "an annotation that delegates a cgroup above the container's",
            gain: "the host's cgroups, writable"
        ) { arena in
            for path in ["..", "../..", "/..", "../../memory"] {
                let test = arena.script("cat /proc/self/cgroup")
                let cgroup = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
                test.bundle.edit("linux.cgroupsPath", "/" + cgroup)
                test.bundle.namespace("cgroup", nil)
                test.bundle.edit("annotations", ["run.oci.delegate-cgroup": path])
                let lines = arena.run(test).stdout.split(separator: "\n")
                arena.expect(
                    lines.allSatisfy {
                        $0.contains(cgroup) || $0.hasSuffix(":/") || $0.hasPrefix("0:")
                    },
                    orGains: "\(path): \(lines)")
            }
        },
        Attack(
            "B06", "an annotation that is a property of the container's unit",
            gain: "other units stopped, the machine rebooted, other processes taken along",
            ours: .refuses("org.systemd.property")
        ) { arena in
            guard isSystemd else { throw NotHere("systemd is not the first process") }
            for (name, value) in [
                ("ExecStartPre", "'/bin/true'"), ("Conflicts", "['dbus.service']"),
                ("FailureAction", "'reboot'"), ("PIDs", "[uint32 1]"), ("Slice", "'-.slice'"),
                ("DevicePolicy", "'auto'"), ("OnFailure", "['dbus.service']"),
            ] {
                let test = arena.script(":")
                test.bundle.edit("linux.cgroupsPath", "system.slice:apus:t\(getpid())")
                test.bundle.edit("annotations", ["org.systemd.property.\(name)": value])
                test.bundle.save()
                let output = arena.program.call(
                    ["--root", test.root, "--systemd-cgroup", "run", "-b", test.bundle.path, "c"],
                    limit: 30)
                arena.mustRefuse(output, orGains: "the unit has \(name) = \(value)")
            }
        },
        Attack(
            "B07", "annotations that only the runtime's caller should set",
            gain: "files written by root, another runtime's code, another bundle", ours: .either
        ) { arena in
            // Not run.oci.hooks.stdout, which is to name a file: `features` tells managers that it is
            // nothing to be taken from strangers.
            let created = arena.canary + "/created"
            for (name, value, runs) in [
                ("bundle", arena.canary, true), ("run.oci.systemd.subgroup", "../..", true),
                ("org.criu.config", created, true), ("run.oci.mount_context_type", "x", true),
                ("run.oci.handler", "nothing", false), ("run.oci.seccomp_bpf_data", "AAAA", false),
            ] {
                let test = arena.script("id -u")
                test.bundle.edit("annotations", [name: value])
                let output = arena.run(test)
                let isRefused = output.status != 0 && output.stderr.contains(name)
                arena.expect(
                    !arena.program.isOurs || isRefused != runs,
                    orGains: "\(name) is not treated as it should be: \(output)")
                arena.expect(
                    !FileManager.default.fileExists(atPath: created),
                    orGains: "\(name) made a file of root's")
                unsafe unlink(created)
            }
        },
        Attack(
            "B15", "devices are open again when systemd is reloaded",
            gain: "every device of the host's"
        ) { arena in
            guard isSystemd else { throw NotHere("systemd is not the first process") }
            // Which says by itself no to nobody who has these.
            let log = unsafe open("/dev/kmsg", O_RDONLY | O_NONBLOCK)
            guard log >= 0 else { throw NotHere("this machine has no device to be had") }
            close(log)
            let test = arena.container(["sleep", "1000"])
            let held = ["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SYSLOG"]
            test.bundle.edit(
                "process.capabilities", ["bounding": held, "effective": held, "permitted": held])
            test.bundle.edit("linux.resources.devices", [["allow": false, "access": "rwm"]])
            test.bundle.edit("linux.cgroupsPath", "system.slice:apus:t\(getpid())")
            test.bundle.save()
            let made = Command.shell(
                test.words("--systemd-cgroup create -b '\(test.bundle.path)' c")
                    + " </dev/null >'\(test.file("said"))' 2>&1 && "
                    + test.words("--systemd-cgroup start c"))
            defer { test.runtime("--systemd-cgroup", "delete", "-f", "c") }
            guard made.status == 0 else { return arena.refuse(made) }
            arena.succeed()
            for moment in ["before the reload", "after it"] {
                let seen = test.runtime(
                    "--systemd-cgroup", "exec", "c", "sh", "-c",
                    """
                    rm -f /dev/attack
                    mknod /dev/attack c 1 11 && (: </dev/attack) && echo open
                    (: >/dev/null) || echo shut
                    echo looked
                    """)
                arena.expect(
                    seen.stdout.hasSuffix("looked\n"), orGains: "nobody could look: \(seen)")
                arena.expect(
                    !seen.stdout.contains("open"), orGains: "the kernel's log, \(moment)")
                arena.expect(
                    !seen.stdout.contains("shut"), orGains: "\(moment) /dev/null is lost, too")
                let reloaded = Command.run("systemctl", ["daemon-reload"])
                guard reloaded.status == 0 else { throw NotHere("no reload: \(reloaded)") }
            }
        },
        // A067
        Attack(
            "B16", "a device node that the container makes itself",
            gain: "the host's disks, and its memory"
        ) { arena in
            // One that this machine has and that can be opened without doing anything. Not net/tun,
            // which every runtime's containers have: it reaches their own network alone.
            let nodes = [
                ("c", 10, 229, "/dev/fuse"), ("c", 1, 11, "/dev/kmsg"),
                ("b", 7, 0, "/dev/loop0"),
                ("b", 254, 0, "/dev/vda"),
            ]
            let present = nodes.filter { node in
                let file = unsafe open(node.3, O_RDONLY | O_NONBLOCK)
                if file >= 0 { close(file) }
                return file >= 0
            }
            guard !present.isEmpty else { throw NotHere("this machine has no device to be had") }
            let words = present.map { "try \($0.0) \($0.1) \($0.2)" }.joined(separator: "\n")
            let test = arena.script(
                """
                try() {
                  if mknod /dev/attack-$1-$2-$3 $1 $2 $3 2>/dev/null; then
                    (: </dev/attack-$1-$2-$3) 2>/dev/null && echo "opened $*"
                  fi
                }
                \(words)
                """)
            let all = ["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SYSLOG", "CAP_SYS_ADMIN"]
            test.bundle.edit(
                "process.capabilities", ["bounding": all, "effective": all, "permitted": all])
            test.bundle.edit("linux.resources.devices", [["allow": false, "access": "rwm"]])
            test.unmount { $0 == "/dev" || $0 == "/dev/shm" || $0 == "/dev/mqueue" }
            test.mount(
                "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"])
            // The order counts: /dev before what lies in it.
            let mounts = test.bundle.config["mounts"] as! [[String: Any]]
            test.bundle.config["mounts"] =
                mounts.filter { $0["destination"] as? String == "/dev" }
                + mounts.filter { $0["destination"] as? String != "/dev" }
            let output = arena.run(test)
            arena.expect(output.stdout.isEmpty, orGains: output.stdout)
        },
        // A076
        Attack(
            "B31", "a container that multiplies while it is deleted",
            gain: "processes that nobody owns any more"
        ) { arena in
            for hasPids in [true, false] {
                let test = arena.container(
                    ["sh", "-c", "bomb() { bomb | bomb & }; while :; do bomb; done"])
                let cgroup = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
                test.bundle.edit("linux.cgroupsPath", "/" + cgroup)
                test.bundle.edit("linux.resources.pids", ["limit": 100])
                if !hasPids { test.bundle.namespace("pid", nil) }
                guard arena.begin(test) else { continue }
                let isFull = eventually(limit: 10) { Self.refusals(of: cgroup) > 0 }
                arena.expect(isFull, orGains: "it has not multiplied: nothing was tried")
                let output = test.runtime(["delete", "-f", "c"], limit: 30)
                arena.expect(output.status == 0, orGains: "it cannot be deleted: \(output)")
                let isGone = eventually(limit: 3) { Self.members(of: cgroup).isEmpty }
                arena.expect(isGone, orGains: "\(Self.members(of: cgroup).count) processes live on")
                let left = Command.shell("find /sys/fs/cgroup -name '\(cgroup)'").stdout
                arena.expect(left.isEmpty, orGains: "the cgroups are left: \(left)")
            }
        },
    ]

    /// How often the limit of processes has kept one from being made.
    private static func refusals(of cgroup: String) -> Int {
        let files = ["pids/\(cgroup)", cgroup].map { "/sys/fs/cgroup/\($0)/pids.events" }
        return files.lazy.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
            .compactMap { $0.split { $0 == " " || $0 == "\n" }.last.flatMap { Int($0) } }.first ?? 0
    }

    /// The processes in cgroups of that name, as the processes themselves say.
    private static func members(of cgroup: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard name.allSatisfy(\.isNumber),
                let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                !status.contains(") Z"), !status.contains(") X")
            else { return false }
            let text = try? String(contentsOfFile: "/proc/\(name)/cgroup", encoding: .utf8)
            return text?.contains("/" + cgroup) == true
        }
    }
}
