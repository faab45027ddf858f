import Foundation
import TestSupport
import Testing

/// Containers that come back from files (criu).
@Suite(.needsRoot, .attacksOurs) struct RestoreAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // CVE-2026-115520
        Attack(
            "A35", "a directory of the image's that is named like criu's own syntax",
            gain: "any directory of the host's, mounted in the container when it comes back",
            ours: .either
        ) { arena in
            let frozen = try Frozen(arena) { test, volume in
                for name in ["a]:b", "mnt[x]:\(arena.canary)", "c,d", "e\\f"] {
                    let path = "/" + name.replacingOccurrences(of: "/", with: "_")
                    test.mount(path, type: "bind", source: volume, options: ["bind", "ro"])
                }
            }
            try frozen.comeBack()
            frozen.judge()
        },
        // CVE-2026-119101, CVE-2026-119614
        Attack(
            "A37", "links behind which the mounts lay, turned before the container comes back",
            gain: "any directory of the host's, writable in the container", ours: .either
        ) { arena in
            let frozen = try Frozen(arena) { test, volume in
                _ = Command.shell(
                    "cd '\(test.rootfs)' && mkdir real other && ln -s real way && ln -s way data")
                test.mount("/data", type: "bind", source: volume, options: ["bind", "ro"])
            }
            _ = Command.shell(
                "cd '\(frozen.test.rootfs)' && ln -sfn '\(arena.canary)' way && ln -sfn way data")
            try frozen.comeBack()
            frozen.judge()
        },
        Attack(
            "B30", "links in the directory of the images",
            gain: "files of the host's, read and written",
            ours: .either
        ) { arena in
            let frozen = try Frozen(arena) { test, volume in
                test.mount("/data", type: "bind", source: volume, options: ["bind", "ro"])
            }
            let images = frozen.images
            _ = Command.shell(
                "cd '\(images)' && for f in descriptors.json restore.log stats-restore; do "
                    + "rm -f $f; ln -s '\(arena.canary)/created' $f; done")
            try frozen.comeBack()
            frozen.judge()
        },
    ]
}

/// A container that was written into files.
private final class Frozen {
    let test: RuntimeCase
    let images: String
    private let arena: Arena
    private let volume: String
    private var holders: [Child] = []

    init(_ arena: Arena, _ change: (RuntimeCase, _ volume: String) -> Void) throws {
        guard Programs.find("criu") != nil, Command.run("criu", ["check"]).status == 0 else {
            throw NotHere("criu does not work with this kernel")
        }
        self.arena = arena
        test = arena.container(["sh", "-c", "while :; do sleep 1; done"])
        images = arena.directory.file("images")
        volume = arena.directory.directory("volume")
        arena.directory.write("volume/mine", "")
        change(test, volume)
        test.bundle.save()
        let begun = holding("run -d -b '\(test.bundle.path)' c")
        guard begun.status == 0 else { throw NotHere("it does not run: \(begun)") }
        let dumped = test.runtime("checkpoint", "--image-path", images, "c")
        guard dumped.status == 0 else { throw NotHere("it cannot be written: \(dumped)") }
    }

    /// The runtime ends; the container's streams live as long as their other ends.
    private func holding(_ arguments: String) -> Output {
        let said = test.file("said")
        try? FileManager.default.removeItem(atPath: said)
        let script = """
            exec 3>'\(said)'
            sleep 600 | {
                \(test.words("--log '\(said).log' \(arguments)")) 2>&1
                echo "status $?" >&3
            } | cat
            """
        holders.append(Child("/bin/sh", ["-c", script]))
        _ = eventually(limit: 60) {
            (try? String(contentsOfFile: said, encoding: .utf8))?.contains("status") == true
        }
        let status = (try? String(contentsOfFile: said, encoding: .utf8)) ?? "none"
        let log = (try? String(contentsOfFile: said + ".log", encoding: .utf8)) ?? ""
        return Output(
            status: Int32(status.dropFirst(7).trimmingCharacters(in: .newlines)) ?? -1,
            stderrBytes: Array(log.utf8))
    }

    func comeBack() throws {
        let back = holding("restore -d --image-path '\(images)' -b '\(test.bundle.path)' c")
        back.status == 0 ? arena.succeed() : arena.refuse(back)
    }

    /// Its mounts are those of the configuration, and what was read-only still is.
    func judge() {
        let seen = test.runtime(
            "exec", "c", "sh", "-c",
            "cat /proc/self/mountinfo; for d in /data /a* /mnt* /c* /e*; do "
                + "(: >$d/written) 2>/dev/null && echo \"wrote $d\"; ls $d; done")
        arena.expect(
            !seen.stdout.contains("ptmx") || !seen.stdout.contains("untouched"),
            orGains: "the host's directory: \(seen.stdout)")
        arena.expect(
            !FileManager.default.fileExists(atPath: volume + "/written"),
            orGains: "a read-only volume was written to")
    }

    deinit {
        test.end()
        for holder in holders { holder.send(signal: SIGKILL) }
    }
}
