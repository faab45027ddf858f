import Foundation
import TestSupport
import Testing

/// What a container may do to its files, and images with next to nothing in them.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class CtlImagesTests {
    private let daemon = Daemon()

    deinit { daemon.directory.remove() }

    // A066
    @Test func whatOneContainerDestroysNoOtherMisses() {
        daemon.importBusybox()
        let listing = ["sh", "-c", "busybox find / -xdev -type f -exec busybox sha256sum {} +"]
        let before = daemon.ctl(["run", "--rm", "busybox"] + listing)
        #expect(before.status == 0 && before.stdout.contains("/bin/busybox"), "\(before)")
        _ = daemon.ctl("run", "-d", "--name", "bystander", "busybox", "sleep", "1000")
        let vandal = daemon.ctl(
            "run", "--name", "vandal", "busybox", "/bin/busybox", "sh", "-c",
            "/bin/busybox rm -rf /bin /etc /*; echo done")
        #expect(vandal.stdout == "done\n", "\(vandal)")
        // Its own files are gone, for it alone.
        #expect(daemon.ctl("start", "vandal").status != 0)
        let other = daemon.ctl(["exec", "bystander"] + listing)
        #expect(sameFiles(other.stdout, before.stdout), "\(other)")
        #expect(daemon.ctl("rm", "-f", "vandal").status == 0)
        let after = daemon.ctl(["run", "--rm", "busybox"] + listing)
        #expect(sameFiles(after.stdout, before.stdout), "\(after)")
    }

    /// Apart from those that are made for each container.
    private func sameFiles(_ one: String, _ other: String) -> Bool {
        let made = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]
        func rest(_ text: String) -> Set<Substring> {
            Set(
                text.split(separator: "\n").filter { line in !made.contains(where: line.hasSuffix) }
            )
        }
        return !rest(one).isEmpty && rest(one) == rest(other)
    }

    /// One static program, and nothing else: no shell, no user database, no directory.
    // A169
    @Test func anImageOfOneProgramNeedsNothingElse() throws {
        let layout = daemon.directory.file("scratch")
        let made = Command.shell(
            """
            set -e
            umoci init --layout \(layout)
            umoci new --image \(layout):t
            umoci insert --image \(layout):t "$(command -v busybox)" /busybox
            umoci config --image \(layout):t --config.entrypoint /busybox --config.cmd id
            """)
        try #require(made.status == 0, "\(made)")
        let imported = daemon.ctl("import", "--name", "scratch", layout)
        #expect(imported.status == 0, "\(imported)")
        let run = daemon.ctl("run", "--rm", "scratch")
        #expect(run.stdout.hasPrefix("uid=0 gid=0") && run.status == 0, "\(run)")
        #expect(daemon.ctl("run", "-d", "--name", "s", "scratch", "sleep", "1000").status == 0)
        #expect(daemon.ctl("exec", "s", "/busybox", "echo", "inside").stdout == "inside\n")
        #expect(daemon.ctl("exec", "-u", "1234:5", "s", "/busybox", "id", "-u").stdout == "1234\n")
        let ill = daemon.ctl("exec", "s", "sh")
        #expect(ill.status == 127 && ill.stderr.contains("sh"), "\(ill)")
        #expect(daemon.ctl("stop", "-t", "1", "s").status == 0)
        #expect(daemon.ctl("logs", "s").status == 0)
        #expect(daemon.ctl("rm", "s").status == 0)
    }
}
