import Foundation
import TestSupport
import Testing

/// Images whose names lead elsewhere: links in the places that a runtime makes, opens and mounts on.
@Suite(.needsRoot, .attacksOurs) struct LinkAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    /// The canary as a link of the image may name it: by the host's path, and by climbing.
    private static func ways(_ arena: Arena) -> [String] {
        [arena.canary, "../../canary", "../../../canary"]
    }

    static let attacks: [Attack] = [
        // A079
        Attack(
            "A03", "the image's /proc and /dev are links to the host",
            gain: "files of the host's opened in the place of the container's streams"
        ) { arena in
            for target in ways(arena) {
                let test = arena.script(":")
                test.unmount { $0.hasPrefix("/proc") || $0.hasPrefix("/dev") }
                test.bundle.edit("linux.maskedPaths", nil)
                test.bundle.edit("linux.readonlyPaths", nil)
                test.link("proc", to: target)
                test.link("dev", to: target)
                arena.run(test)
            }
        },
        // A079
        Attack(
            "A04", "a mount's place becomes a link before the container comes back",
            gain: "a mount over any directory of the host's"
        ) { arena in
            let volume = arena.directory.directory("volume")
            for target in ways(arena) {
                let test = arena.script(":")
                test.mount("/data", type: "bind", source: volume, options: ["rbind"])
                arena.run(test)
                test.runtime("delete", "-f", "c")
                test.link("data", to: target)
                arena.run(test)
            }
        },
        // A079; CVE-2019-18837
        Attack(
            "A12", "a mount's place is a link, or lies behind one",
            gain: "files and mounts made anywhere on the host by root"
        ) { arena in
            let file = arena.directory.write("plain", "x")
            let source = arena.directory.directory("source")
            for target in ways(arena) {
                for destination in ["/m", "/m/sub", "/m/deep/er", "/m/file"] {
                    let test = arena.script("cat /proc/self/mountinfo")
                    test.link("m", to: target)
                    if destination == "/m/file" {
                        test.mount(destination, type: "bind", source: file, options: ["bind"])
                    } else {
                        test.mount(destination, type: "bind", source: source, options: ["rbind"])
                        test.mount(destination, type: "tmpfs", source: "tmpfs", options: [])
                    }
                    arena.run(test)
                }
            }
        },
        // A079; CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867
        Attack(
            "A13 A28", "the image's /proc or /sys is a link",
            gain: "a container without masks and labels, whose real /proc stands elsewhere",
            ours: .refuses("must be mounted on ordinary directory")
        ) { arena in
            for name in ["proc", "sys"] {
                for target in ways(arena) + ["evil"] {
                    let test = arena.script("stat -c '%t:%T' /proc/keys; ls /\(name)")
                    try FileManager.default.createDirectory(
                        atPath: test.rootfs + "/evil", withIntermediateDirectories: true)
                    test.link(name, to: target)
                    let output = arena.run(test)
                    arena.expect(
                        output.status != 0 || output.stdout.hasPrefix("1:3"),
                        orGains: "a /proc that is not masked: \(output.stdout)")
                    arena.expect(
                        !FileManager.default.fileExists(atPath: test.root + "/c"),
                        orGains: "what was refused is left behind")
                }
            }
        },
        Attack(
            "A24", "the image has a configuration for the runtime's extensions, which is a link",
            gain: "a file written outside of the rootfs by root",
            ours: .refuses("run.oci.handler")
        ) { arena in
            for name in [".krun_config.json", ".krun_vm.json", ".wasm_config.json"] {
                let test = arena.script(":")
                test.link(name, to: "../../canary/created")
                test.bundle.edit("annotations", ["run.oci.handler": "krun"])
                arena.run(test)
            }
        },
        // A079; CVE-2026-41579, CVE-2026-47766
        Attack(
            "A31", "the image's /dev is a link",
            gain: "files and device nodes made and removed by root anywhere on the host"
        ) { arena in
            for target in ways(arena) {
                let test = arena.script(":")
                test.unmount { $0.hasPrefix("/dev") }
                test.link("dev", to: target)
                arena.run(test)
            }
        },
        // A079; CVE-2026-88264
        Attack(
            "A33", "the image's /dev/console is a link",
            gain: "a file of root's at any place of the host", ours: .refuses("/dev/console")
        ) { arena in
            for target in [arena.canary, "../../../canary"] {
                let test = arena.script(":")
                test.unmount { $0 == "/dev" }
                test.bundle.edit("process.terminal", true)
                test.link("dev/console", to: target + "/created")
                arena.run(test)
            }
        },
        // A079; CVE-2026-88265
        Attack(
            "A34", "the image's /dev/null is a file of a volume",
            gain: "a file that only root may write, filled with the container's output, or its own",
            ours: .either
        ) { arena in
            for hasPipes in [true, false] {
                let file = arena.directory.write("hostfile", "secret\n", mode: 0o600)
                let test = arena.container(["sh", "-c", "echo out; echo err >&2; :"])
                test.unmount { $0.hasPrefix("/dev") }
                test.mount("/vol/hostfile", type: "bind", source: file, options: ["bind"])
                test.clear("dev")
                try FileManager.default.createDirectory(
                    atPath: test.rootfs + "/dev", withIntermediateDirectories: true)
                test.link("dev/null", to: "/vol/hostfile")
                test.bundle.edit("process.user", ["uid": 1000, "gid": 1000])
                if hasPipes {
                    arena.run(test)
                } else {
                    test.bundle.save()
                    let call = test.words("run -b '\(test.bundle.path)' c")
                    arena.note(Command.shell("\(call) </dev/null >/dev/null 2>/dev/null"))
                }
                let text = try String(contentsOfFile: file, encoding: .utf8)
                arena.expect(
                    text == "secret\n", orGains: "wrote \(text.debugDescription) into root's file")
                let attributes = try FileManager.default.attributesOfItem(atPath: file)
                let owner = attributes[.ownerAccountID] as? Int
                arena.expect(owner == 0, orGains: "root's file belongs to user \(owner ?? -1)")
            }
        },
        Attack(
            "A34", "a process whose streams are the host's /dev/null",
            gain: "the host's /dev/null, with the right to change who may use it"
        ) { arena in
            let user = 54_321
            let test = arena.script(":")
            test.bundle.edit("process.user", ["uid": user, "gid": user])
            test.bundle.save()
            let call = test.words("run -b '\(test.bundle.path)' c")
            arena.note(Command.shell("\(call) </dev/null >'\(test.file("said"))'"))
            let owner = Command.run("stat", ["-c", "%u", "/dev/null"]).stdout
            if owner == "\(user)\n" {
                _ = Command.run("chown", ["0:0", "/dev/null"])
                arena.lose("the host's /dev/null belongs to the container's user")
            }
        },
        Attack(
            "B32", "what a volume's path means changes once the container's mounts are there",
            gain: "another directory of the host's in the place of the volume"
        ) { arena in
            // In the container the path of the second source leads to the first mount.
            let volume = arena.directory.directory("host/volume")
            arena.directory.write("host/volume/marker", "right\n")
            arena.directory.write("decoy-marker", "wrong\n")
            let decoy = arena.directory.directory("decoy/volume")
            arena.directory.write("decoy/volume/marker", "wrong\n")
            let test = arena.script("cat /data/marker")
            let parent = (volume as NSString).deletingLastPathComponent
            test.mount(
                parent, type: "bind", source: (decoy as NSString).deletingLastPathComponent,
                options: ["rbind"])
            test.mount("/data", type: "bind", source: volume, options: ["rbind"])
            let output = arena.run(test)
            arena.expect(output.stdout == "right\n", orGains: "the container has \(output.stdout)")
        },
        Attack(
            "B34", "the image has fifos, sockets and files where directories belong",
            gain: "a runtime that waits for ever, and with it its caller", ours: .either
        ) { arena in
            let prepared = [
                "rm -rf dev && mkfifo dev", "rm -rf proc && mkfifo proc", "rm -rf sys && : >sys",
                "rm -f etc/passwd && mkfifo etc/passwd", "mkfifo .pivot_root123 && mkdir -p run",
                "rm -rf tmp && mkfifo tmp", "mkdir -p proc/self/fd proc/1 && mkfifo proc/self/fd/3",
                "mkdir -p dev/pts && mkfifo dev/null dev/console dev/ptmx dev/pts/ptmx",
                "mkdir -p run && mkfifo run/notify exec.fifo",
                "mkfifo etc/group.x && rm etc/group && ln -s group.x etc/group",
            ]
            for preparation in prepared {
                let test = arena.script(":")
                test.unmount { $0 == "/dev/shm" }
                test.mount("/tmp/in", type: "tmpfs", source: "tmpfs", options: [])
                let made = Command.shell("cd '\(test.rootfs)' && \(preparation)")
                guard made.status == 0 else { throw NotHere("\(preparation): \(made.stderr)") }
                let output = arena.run(test)
                arena.expect(output.status != 137, orGains: "it hangs after: \(preparation)")
            }
        },
    ]
}
