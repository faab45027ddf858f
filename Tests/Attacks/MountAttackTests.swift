import Foundation
import TestSupport
import Testing

/// Mounts: what they are made of, what they keep, and to whom they are told.
@Suite(.needsRoot, .attacksOurs) struct MountAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    private static let everyID = [["containerID": 0, "hostID": 100_000, "size": 65536]]

    /// Users of its own, and a directory that they may enter.
    static func divideUsers(_ test: RuntimeCase) {
        test.bundle.namespace("user", "")
        test.bundle.edit("linux.uidMappings", everyID)
        test.bundle.edit("linux.gidMappings", everyID)
        _ = Command.shell(
            "chmod 755 '\(test.directory.path)'; chown -R 100000:100000 '\(test.rootfs)'")
    }

    static let attacks: [Attack] = [
        Attack(
            "A19", "without a cgroup namespace the host's cgroups come along with /sys",
            gain: "limits of the container's own choice, and of its neighbours"
        ) { arena in
            let test = arena.script(
                """
                find /sys/fs/cgroup -type d 2>/dev/null | while read d; do
                  mkdir "$d/apus-attack" 2>/dev/null || continue
                  # Else it is a directory of the container's own, beside the cgroups.
                  [ -e "$d/apus-attack/cgroup.procs" ] && echo "$d"
                  rmdir "$d/apus-attack"
                done
                """)
            divideUsers(test)
            test.unmount { $0.hasPrefix("/sys") }
            test.mount("/sys", type: "bind", source: "/sys", options: ["rbind", "ro", "nosuid"])
            test.mount(
                "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid"])
            test.bundle.namespace("cgroup", nil)
            let output = arena.run(test)
            arena.expect(output.stdout.isEmpty, orGains: "made a cgroup in \(output.stdout)")
        },
        Attack(
            "A36", "the rootfs is to be read-only, and /proc/self/fd is the image's",
            gain: "a writable image, shared by all its containers", ours: .either
        ) { arena in
            let descriptors = arena.directory.directory("descriptors")
            for number in 0..<32 {
                try? FileManager.default.createSymbolicLink(
                    atPath: "\(descriptors)/\(number)", withDestinationPath: "/tmp")
            }
            for isMounted in [true, false] {
                let test = arena.script("(: >/apus-attack) 2>/dev/null && echo wrote")
                test.bundle.edit("root.readonly", true)
                if isMounted {
                    test.mount(
                        "/proc/self/fd", type: "bind", source: descriptors, options: ["bind"])
                } else {
                    test.unmount { $0.hasPrefix("/proc") }
                    test.bundle.edit("linux.maskedPaths", nil)
                    test.bundle.edit("linux.readonlyPaths", nil)
                    _ = Command.shell(
                        "mkdir -p '\(test.rootfs)/proc/self' && "
                            + "cp -a '\(descriptors)' '\(test.rootfs)/proc/self/fd'")
                }
                arena.run(test)
                arena.expect(
                    !FileManager.default.fileExists(atPath: test.rootfs + "/apus-attack"),
                    orGains: "the rootfs can be written")
            }
        },
        // A070
        Attack(
            "B18", "terminals of the host in the container's /dev/pts",
            gain: "a look into, and a hand on, other users' terminals"
        ) { arena in
            for options in [["newinstance", "ptmxmode=0666", "mode=0620", "gid=5"], ["gid=5"], []] {
                let test = arena.script("ls /dev/pts; stat -c %a /dev/pts/ptmx")
                test.unmount { $0 == "/dev/pts" }
                test.mount("/dev/pts", type: "devpts", source: "devpts", options: options)
                let names = arena.run(test).stdout.split(separator: "\n").dropLast()
                arena.expect(
                    names.allSatisfy { $0 == "ptmx" }, orGains: "the terminals \(Array(names))")
            }
        },
        // A070
        Attack(
            "B19", "the propagation of the host's own mounts changes",
            gain: "mounts of containers on the host, and the host's in containers", ours: .either
        ) { arena in
            for propagation in [nil, "private", "rslave", "shared", "rshared", "unbindable"] {
                for hasMounts in [true, false] {
                    let test = arena.script(":")
                    test.bundle.edit("linux.rootfsPropagation", propagation)
                    if !hasMounts {
                        test.bundle.namespace("mount", nil)
                        test.bundle.edit("mounts", [])
                        test.bundle.edit("root.readonly", false)
                        test.bundle.edit("linux.maskedPaths", nil)
                        test.bundle.edit("linux.readonlyPaths", nil)
                    }
                    test.bundle.save()
                    // A machine whose mounts are shared, as systemd makes them.
                    let look = "cut -d' ' -f4- /proc/self/mountinfo | sort"
                    let call = test.words("run -b '\(test.bundle.path)' c")
                    let plain = call.replacingOccurrences(
                        of: "nsenter -t \(arena.program.viewer) -m ", with: "")
                    let before = test.file("before")
                    let after = test.file("after")
                    let output = arena.besideRuntime(
                        [
                            "unshare", "-m", "--propagation", "shared", "sh", "-c",
                            "\(look) >'\(before)'; \(plain); code=$?; "
                                + "\(look) >'\(after)'; exit $code",
                        ])
                    arena.note(output)
                    let changed = Command.run("diff", [before, after]).stdout
                    arena.expect(
                        changed.isEmpty,
                        orGains: "\(propagation ?? "no propagation"), "
                            + "mount namespace \(hasMounts): \(changed)")
                }
            }
        },
        // A079
        Attack(
            "B20", "a bind in a user namespace forgets nosuid, nodev, noexec",
            gain: "programs with set-user-ID, or devices, out of a volume that forbids them"
        ) { arena in
            let volume = arena.directory.directory("volume")
            // Where the runtime sees it.
            let view = "nsenter -t \(arena.program.viewer) -m"
            let mounted = Command.shell(
                "\(view) mount -t tmpfs -o nosuid,nodev,noexec tmpfs '\(volume)'")
            guard mounted.status == 0 else { throw NotHere("no tmpfs can be mounted") }
            defer { Command.shell("\(view) umount -l '\(volume)'") }
            Command.shell("\(view) cp \"$(command -v busybox)\" '\(volume)/busybox'")
            for options in [["bind"], ["rbind", "ro"], ["bind", "rw"]] {
                let test = arena.script(
                    "grep ' /vol ' /proc/self/mountinfo | cut -d' ' -f6; "
                        + "/vol/busybox echo ,ran 2>/dev/null")
                divideUsers(test)
                _ = Command.shell("mkdir -p '\(test.rootfs)/vol'")
                test.mount("/vol", type: "bind", source: volume, options: options)
                let flags = Set(
                    arena.run(test).stdout.split { $0 == "," || $0 == "\n" }.map(String.init))
                let lost = ["nosuid", "nodev", "noexec"].filter { !flags.contains($0) }
                arena.expect(
                    flags.isEmpty || lost.isEmpty, orGains: "a volume without \(lost): \(options)")
                arena.expect(!flags.contains("ran"), orGains: "a program ran out of the volume")
            }
        },
    ]
}
