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

        private let counted: String

        /// `below`: a place in the container that shows the directory of that name in the bundle; without
        /// it in the rootfs, which is writable then.
        init(below place: String = "", _ change: (inout TestBundle) -> Void = { _ in }) {
            test = RuntimeCase(
                "sh", "-c",
                "n=0; while :; do n=$((n+1)); echo $n >\(place)/count; sleep 0.1; done")
            counted = (place.isEmpty ? test.rootfs : test.bundle.path + place) + "/count"
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

        var count: Int { numberWritten(in: counted) }

        /// Each mount with its options, in the order of places: `/data ro,relatime`.
        var mounts: String {
            let table = test.runtime("exec", "c", "cat", "/proc/self/mountinfo").stdout
            return table.split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                return fields.count > 5 ? "\(fields[4]) \(fields[5])" : String(line)
            }.sorted().joined(separator: "\n")
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
            for id in ["c", "d"] {
                Command.run(Programs.runtime, ["--root", test.root, "delete", "-f", id])
            }
            for holder in holders { holder.send(signal: SIGKILL) }
        }
    }

    @Test func aContainerComesBackWhereItWas() {
        let counter = Counter {
            $0.edit("linux.resources.pids", ["limit": 42])
            $0.mount("/host", type: "bind", source: "/etc", options: ["rbind", "ro"])
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

    /// criu takes mounts that show one filesystem for copies of the first of them, options and all.
    @Test func eachMountHasItsOptionsWhenItComesBack() {
        let counter = Counter(below: "/four") {
            $0.edit("root.readonly", true)
            let shown = $0.path + "/four"
            _ = Command.shell("mkdir '\(shown)' && echo x >'\(shown)/file'")
            let binds: [(String, String, [String])] = [
                ("/one", "", ["ro"]), ("/two", "", ["ro"]),
                ("/three", "", ["ro", "nosuid", "noexec", "nodev"]), ("/four", "", []),
                ("/five", "", ["ro", "noatime"]), ("/six", "", ["rro"]), ("/seven", "", []),
                ("/eight", "", ["ro", "nosymfollow"]),
                ("/file", "/file", ["ro"]),
            ]
            for (place, below, options) in binds {
                $0.mount(place, type: "bind", source: shown + below, options: ["rbind"] + options)
            }
            $0.mount("/seven", type: "", source: "", options: ["remount", "bind", "ro"])
        }
        counter.begin()
        let made = counter.mounts
        #expect(made.contains("/seven ro,"), "\(made)")
        let dumped = counter.test.runtime("checkpoint", "--image-path", counter.images, "c")
        #expect(dumped.status == 0, "\(dumped)")
        let before = counter.count
        let back = counter.restore()
        #expect(back.status == 0, "\(back)")
        #expect(counter.countsOn(from: before))
        #expect(counter.mounts == made)
    }

    /// The kernel, and so criu, knows a mount by where the link leads.
    @Test func aMountBehindALinkComesBack() {
        let counter = Counter {
            let shown = $0.path + "/shown"
            _ = Command.shell(
                "mkdir '\(shown)' && echo x >'\(shown)/file' && cd '\($0.rootfs)' && mkdir real "
                    + "&& ln -s real way && ln -s /way data")
            $0.mount("/data", type: "bind", source: shown, options: ["bind", "ro"])
        }
        counter.begin()
        let made = counter.mounts
        #expect(made.contains("/real ro,"), "\(made)")
        let dumped = counter.test.runtime("checkpoint", "--image-path", counter.images, "c")
        #expect(dumped.status == 0, "\(dumped)")
        // What the image does to the link no longer matters.
        _ = Command.shell("ln -sfn /dev '\(counter.test.rootfs)/way'")
        let back = counter.restore()
        #expect(back.status == 0, "\(back)")
        #expect(counter.mounts == made)
    }

    /// There is one cgroup2 filesystem on a machine, and criu mounts it once more.
    @Test func theHostsCgroupsKeepTheirOptions() throws {
        func options() throws -> Substring? {
            let table = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            return table.split(separator: "\n").first { $0.contains(" - cgroup2 ") }?
                .split(separator: " ").last
        }
        let changed = Command.run(
            "mount", ["-o", "remount,nsdelegate,memory_recursiveprot", "/sys/fs/cgroup"])
        try #require(changed.status == 0, "\(changed)")
        let before = try options()
        #expect(before?.contains("nsdelegate") == true, "\(before ?? "")")
        let counter = Counter()
        counter.begin()
        let dumped = counter.test.runtime("checkpoint", "--image-path", counter.images, "c")
        #expect(dumped.status == 0, "\(dumped)")
        #expect(try options() == before)
        let back = counter.restore()
        #expect(back.status == 0, "\(back)")
        #expect(try options() == before)
        #expect(counter.test.runtime("delete", "--force", "c").status == 0)
        _ = Command.shell("rm '\(counter.images)'/pages-*")
        let refused = counter.restore()
        #expect(refused.status == 1)
        #expect(refused.stderr.contains("criu failed"), "\(refused)")
        #expect(try options() == before)
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

    /// Whether somebody listens on a port of this machine.
    private static func isListening(_ port: Int) -> Bool {
        let place = ":" + String(port, radix: 16, uppercase: true) + " "
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").contains { line in
            // 0A is TCP_LISTEN.
            line.contains(place) && line.split(separator: " ").dropFirst(3).first == "0A"
        }
    }

    private static func pages(in directory: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return (names ?? []).filter { $0.hasPrefix("pages-") }
    }

    @Test func memoryGoesToAPageServer() throws {
        let counter = Counter()
        counter.begin()
        let elsewhere = counter.test.directory.directory("elsewhere")
        let port = 27_101
        let server = Child(
            "criu",
            [
                "page-server", "--images-dir", elsewhere, "--address", "127.0.0.1", "--port",
                "\(port)",
            ]
        )
        defer { server.send(signal: SIGKILL) }
        try #require(eventually { Self.isListening(port) }, "\(server.output)")
        let dumped = counter.test.runtime(
            "checkpoint", "--page-server", "127.0.0.1:\(port)", "--image-path", counter.images, "c")
        #expect(dumped.status == 0, "\(dumped)")
        #expect(server.finish().status == 0, "\(server.output)")
        #expect(Self.pages(in: counter.images).isEmpty)
        #expect(!Self.pages(in: elsewhere).isEmpty)
        let reached = counter.count
        let moved = Command.shell("mv '\(elsewhere)'/* '\(counter.images)'")
        #expect(moved.status == 0, "\(moved)")
        let back = counter.restore()
        #expect(back.status == 0, "\(back)")
        #expect(counter.countsOn(from: reached))
    }

    /// As it is moved from one machine to another: the source waits with the memory, the container
    /// runs already, and fetches what it touches.
    @Test func memoryFollowsWhenItIsTouched() throws {
        let counter = Counter()
        counter.begin()
        let (status, work) = (
            counter.test.directory.file("status"), counter.test.directory.directory("work")
        )
        let port = 27_102
        let source = Child(
            "/bin/sh",
            [
                "-c",
                """
                exec '\(Programs.runtime)' --root '\(counter.test.root)' checkpoint --lazy-pages \
                    --page-server 127.0.0.1:\(port) --status-fd 7 --image-path '\(counter.images)' \
                    c 7>'\(status)'
                """,
            ])
        defer { source.send(signal: SIGKILL) }
        // The NUL comes when somebody may fetch.
        let isReady = eventually {
            (try? Data(contentsOf: URL(fileURLWithPath: status)))?.count == 1
        }
        try #require(isReady, "\(source.output)")
        let reached = counter.count
        let fetcher = Child(
            "criu",
            [
                "lazy-pages", "--page-server", "--address", "127.0.0.1", "--port", "\(port)",
                "--images-dir", counter.images, "--work-dir", work,
            ])
        defer { fetcher.send(signal: SIGKILL) }
        try #require(
            eventually { FileManager.default.fileExists(atPath: work + "/lazy-pages.socket") },
            "\(fetcher.output)")
        // Another container on the same machine, which still has the first.
        let cgroup = "/apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        counter.test.bundle.edit("linux.cgroupsPath", cgroup)
        counter.test.bundle.save()
        let back = counter.restore("--lazy-pages --work-path '\(work)'", id: "d")
        #expect(back.status == 0, "\(back)\n\(counter.log("restore.log"))")
        let sourceEnd = source.finish()
        #expect(sourceEnd.status == 0, "\(sourceEnd)")
        #expect(fetcher.finish().status == 0, "\(fetcher.output)")
        #expect(counter.countsOn(from: reached))
        #expect(counter.test.state("c").isEmpty)
        #expect(counter.test.status("d") == "running")
        let inside = try String(
            contentsOfFile: "/proc/\(counter.test.pid("d"))/cgroup", encoding: .utf8)
        #expect(inside.contains(cgroup), "\(inside)")
    }

    @Test func whatCannotBeSentAnywhereIsRefused() {
        let counter = Counter()
        counter.begin()
        for (options, words) in [
            (["--lazy-pages"], "--lazy-pages needs --page-server"),
            (["--page-server", "127.0.0.1"], "use ADDRESS:PORT"),
            (["--page-server", "::1:70000"], "use ADDRESS:PORT"),
            (["--status-fd", "77"], "invalid --status-fd argument 77: bad file descriptor"),
            (["--status-fd", "0"], "invalid --status-fd argument 0: bad file descriptor"),
        ] {
            let refused = counter.test.runtime(
                ["checkpoint", "--image-path", counter.images] + options + ["c"])
            #expect(refused.status == 1)
            #expect(refused.stderr.contains(words), "\(refused)")
        }
        #expect(counter.test.status() == "running")
        #expect(!FileManager.default.fileExists(atPath: counter.images))
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
