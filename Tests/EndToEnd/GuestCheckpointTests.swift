import Foundation
import TestSupport
import Testing

/// Containers that go into files and come back (criu).
@Suite(.needsRoot, .needs("busybox"), .needsCheckpoint, .serialized)
struct GuestCheckpointTests {
    /// A container that counts in a file, with pipes for streams as every caller gives it.
    private final class Counter {
        let test: RuntimeCase
        private var holders: [Child] = []
        var images: String { test.directory.file("images") }

        init(_ change: (inout TestBundle) -> Void = { _ in }) {
            test = RuntimeCase(
                "sh", "-c", "n=0; while :; do n=$((n+1)); echo $n >/count; sleep 0.1; done")
            test.bundle.edit("root.readonly", false)
            change(&test.bundle)
            test.bundle.save()
        }

        /// The runtime ends; its streams live as long as their other ends.
        private func holding(_ arguments: String) -> Output {
            let said = test.directory.file("said")
            try? FileManager.default.removeItem(atPath: said)
            // The other ends: nobody reads or writes there, and they end with the test or soon.
            let script = """
                exec 3>'\(said)'
                sleep 600 | {
                    '\(Programs.runtime)' --root '\(test.root)' --log '\(said).log' \(arguments) 2>&1
                    echo "status $?" >&3
                } | cat
                """
            let holder = Child("/bin/sh", ["-c", script])
            holders.append(holder)
            _ = eventually(limit: 60) {
                (try? String(contentsOfFile: said, encoding: .utf8))?.contains("status") == true
            }
            let status = (try? String(contentsOfFile: said, encoding: .utf8)) ?? "none"
            let log = (try? String(contentsOfFile: said + ".log", encoding: .utf8)) ?? ""
            return Output(
                status: Int32(status.dropFirst(7).trimmingCharacters(in: .newlines)) ?? -1,
                stderrBytes: Array(log.utf8))
        }

        func begin() {
            let made = holding("run -d -b '\(test.bundle.path)' c")
            #expect(made.status == 0, "\(made)")
            #expect(eventually { self.count > 2 })
        }

        func restore(_ options: String = "", id: String = "c") -> Output {
            holding("restore -d --image-path '\(images)' -b '\(test.bundle.path)' \(options) \(id)")
        }

        var count: Int {
            let text = try? String(contentsOfFile: test.rootfs + "/count", encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
        }

        /// It counts on from there, and not from one.
        func countsOn(from before: Int) -> Bool {
            eventually { self.count > before + 1 } && count >= before
        }

        func log(_ name: String) -> String {
            let path = test.directory.file("work/" + name)
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").suffix(25).joined(separator: "\n")
        }

        deinit {
            Command.run(Programs.runtime, ["--root", test.root, "delete", "-f", "c"])
            for holder in holders { holder.send(signal: SIGKILL) }
        }
    }

    @Test func aContainerComesBackWhereItWas() {
        let counter = Counter {
            $0.edit("linux.resources.pids", ["limit": 42])
            var mounts = $0.config["mounts"] as! [[String: Any]]
            mounts.append([
                "destination": "/host", "type": "bind", "source": "/etc",
                "options": ["rbind", "ro"],
            ])
            $0.config["mounts"] = mounts
        }
        counter.begin()
        let work = counter.test.directory.file("work")
        let dumped = counter.test.runtime(
            "checkpoint", "--image-path", counter.images, "--work-path", work, "c")
        #expect(dumped.status == 0, "\(dumped)\n\(counter.log("dump.log"))")
        let before = counter.count
        // The container is gone, as its callers expect.
        #expect(counter.test.state().isEmpty)
        #expect(
            FileManager.default.fileExists(atPath: counter.images + "/descriptors.json"))
        let back = counter.restore("--work-path '\(work)'")
        #expect(back.status == 0, "\(back)\n\(counter.log("restore.log"))")
        #expect(counter.test.status() == "running")
        #expect(counter.countsOn(from: before))
        let inside = counter.test.runtime("exec", "c", "cat", "/host/hostname")
        #expect(inside.status == 0, "\(inside)")
        let cgroup = (counter.test.bundle.config["linux"] as! [String: Any])["cgroupsPath"]
        let files = Command.shell(
            "cat $(find /sys/fs/cgroup -type d -name '\(cgroup ?? "")')/pids.max")
        #expect(files.stdout == "42\n", "\(files)")
        #expect(counter.test.runtime("delete", "--force", "c").status == 0)
        #expect(counter.test.state().isEmpty)
    }

    @Test func aContainerThatIsLeftRunningRunsOn() {
        let counter = Counter()
        counter.begin()
        let dumped = counter.test.runtime(
            "checkpoint", "--image-path", counter.images, "--leave-running", "c")
        #expect(dumped.status == 0, "\(dumped)")
        #expect(counter.test.status() == "running")
        #expect(counter.countsOn(from: counter.count))
    }

    @Test func aDumpBeforeTheDumpIsItsParent() {
        let counter = Counter()
        counter.begin()
        let first = counter.test.directory.file("first")
        let before = counter.test.runtime(
            "checkpoint", "--pre-dump", "--image-path", first, "c")
        #expect(before.status == 0, "\(before)")
        #expect(counter.test.status() == "running")
        let dumped = counter.test.runtime(
            "checkpoint", "--parent-path", "../first", "--image-path", counter.images, "c")
        #expect(dumped.status == 0, "\(dumped)")
        #expect(
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: counter.images + "/parent")) == "../first")
        let reached = counter.count
        let back = counter.restore()
        #expect(back.status == 0, "\(back)")
        #expect(counter.countsOn(from: reached))
    }

    @Test func whatCriuSaysIsTold() {
        let counter = Counter()
        counter.begin()
        #expect(FileManager.default.createFile(atPath: counter.images, contents: nil))
        let dumped = counter.test.runtime("checkpoint", "--image-path", counter.images, "c")
        #expect(dumped.status == 1)
        #expect(dumped.stderr.contains("open the directory \(counter.images)"), "\(dumped)")
        #expect(counter.test.status() == "running")
        let absent = counter.test.directory.file("nothing")
        let back = counter.restore("--image-path '\(absent)'", id: "d")
        #expect(back.status == 1)
        #expect(back.stderr.contains("descriptors.json"), "\(back)")
        #expect(counter.test.state("d").isEmpty)
    }

    @Test func aContainerThatHasNotStartedIsNotDumped() {
        let test = RuntimeCase("sleep", "1000")
        test.create()
        let dumped = test.runtime("checkpoint", "--image-path", test.directory.file("images"), "c")
        #expect(dumped.status == 1)
        #expect(
            dumped.stderr.contains("Container cannot be checkpointed in created state"), "\(dumped)"
        )
    }
}
