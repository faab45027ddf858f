import Foundation
import Linux
import TestSupport
import Testing

/// Containers that use up what they can get: their limits hold, others go on, and `delete --force`
/// leaves nothing. How long that takes is printed.
@Suite(.needsRoot, .serialized) struct RuntimeResourceAttackTests {
    // A064 A076
    @Test(arguments: [true, false]) func aForkBombEndsWithItsContainer(ownPids: Bool) throws {
        let attack = Attack("sh", "-c", "b() { b | b & }; while :; do b; done")
        attack.test.bundle.edit("linux.resources.pids", ["limit": 200])
        if !ownPids {
            attack.test.bundle.namespace("pid", nil)
            // Without its own processes' numbers it gets the host's, read-only.
            attack.test.unmount { $0 == "/proc" }
            attack.test.bundle.edit("linux.maskedPaths", [String]())
            attack.test.bundle.edit("linux.readonlyPaths", [String]())
        }
        try attack.begin()
        let refusals = { attack.table("pids", "pids.events", "max") ?? 0 }
        #expect(eventually { refusals() > 0 })
        #expect(attack.number("pids", "pids.current") ?? .max <= 200)
        attack.end()
    }

    // A064 A085
    @Test func aMemoryHogMeetsItsLimitAlone() throws {
        let attack = Attack(
            "sh", "-c",
            "while :; do dd if=/dev/zero of=/dev/shm/hog bs=1M; dd if=/dev/zero of=/dev/null bs=1G; done"
        )
        attack.test.bundle.edit("linux.resources.memory", ["limit": 24 << 20, "swap": 24 << 20])
        try attack.begin()
        let deaths = {
            attack.table("memory", "memory.oom_control", "oom_kill")
                ?? attack.table("memory", "memory.events", "oom_kill") ?? 0
        }
        #expect(eventually { deaths() > 3 })
        let peak =
            attack.number("memory", "memory.max_usage_in_bytes")
            ?? attack.number("memory", "memory.peak") ?? 0
        #expect(peak <= 24 << 20)
        #expect(attack.test.status() == "running")
        attack.end()
    }

    // A064: nobody reads, so the container waits, and the runtime holds nothing of it.
    @Test func aFloodOfOutputThatNobodyReadsStands() throws {
        let attack = Attack("sh", "-c", "yes flood")
        attack.test.bundle.save()
        let (reader, writer) = try Linux.Pipe().release()
        defer { close(reader) }
        let made = Command.shell(
            "exec '\(Programs.runtime)' --root '\(attack.test.root)' run -d -b '\(attack.test.bundle.path)' c </dev/null >/proc/self/fd/\(attack.inherit(writer)) 2>&1"
        )
        close(writer)
        try #require(made.status == 0, "\(made)")
        attack.expectHostIsUsable()
        attack.end()
    }

    // A064 A070
    @Test func aMountStormStaysInItsNamespace() throws {
        // Each round doubles the mounts, until the kernel's limit of a namespace is met.
        let attack = Attack(
            "sh", "-c",
            "mount -t tmpfs t /tmp; mkdir /tmp/a; mount -o bind /tmp/a /tmp/a; i=0; while [ $i -lt 14 ]; do mkdir -p /tmp/a/$i; mount -o rbind /tmp/a /tmp/a/$i || break; i=$((i+1)); done; echo $i >/tmp/done; sleep 1000"
        )
        attack.allow("CAP_SYS_ADMIN")
        let before = Self.hostMounts
        try attack.begin()
        let pid = attack.test.pid()
        let mounts = {
            (try? readFile("/proc/\(pid)/mountinfo", limit: 64 << 20))?.count { $0 == 10 } ?? 0
        }
        #expect(eventually(limit: 60) { mounts() > 8000 }, "\(mounts()) mounts")
        #expect(Self.hostMounts == before)
        attack.end()
        #expect(Self.hostMounts == before)
    }

    // A064 A073: keys are the mapped user's, watches are limited by the user namespace. Without that
    // limit the kernel counts them as the host's root's too, whose namespace it is.
    @Test(.needs("gcc")) func watchesAndKeysAreUsedUpForNobodyElse() throws {
        let attack = Attack("/hog", "watches", "keys", "wait")
        try attack.addHog()
        attack.mapUsers(from: 3_000_000)
        attack.test.bundle.edit("linux.sysctl", ["user.max_inotify_instances": "20"])
        try attack.begin()
        #expect(eventually { attack.said.contains("waiting") }, "\(attack.said)")
        #expect(attack.said.contains("inotify: Too many open files after 20"), "\(attack.said)")
        #expect(attack.said.contains("add_key: Disk quota exceeded"), "\(attack.said)")
        #expect(throws: Never.self) { _ = try FileWatch(of: "/tmp") }
        attack.end()
    }

    // A064: deeper than any path is long.
    @Test(.needs("gcc")) func deepDirectoriesAreNoObstacle() throws {
        let attack = Attack("/hog", "deep", "/dev/shm", "5000", "wait")
        try attack.addHog()
        try attack.begin()
        #expect(eventually { attack.said.contains("waiting") }, "\(attack.said)")
        #expect(attack.said.contains("5000 deep"), "\(attack.said)")
        attack.end()
    }

    // A064 A081: in a cgroup that it may write to, a container hides processes far below.
    @Test(.needs("gcc"), .needsCgroupV1, arguments: [true, false])
    func deepCgroupsHideNobody(ownPids: Bool) throws {
        let attack = Attack("/hog", "enter", "/sys/fs/cgroup/pids", "120", "wait")
        try attack.addHog()
        attack.giveCgroups()
        if !ownPids { attack.test.bundle.namespace("pid", nil) }
        try attack.begin()
        #expect(eventually { attack.said.contains("waiting") }, "\(attack.said)")
        #expect(attack.said.contains("120 deep"), "\(attack.said)")
        attack.end()
    }

    // A050: a process that the container has frozen itself would never die.
    @Test(.needs("gcc"), .needsCgroupV1, arguments: [true, false])
    func whatAContainerHasFrozenItselfIsKilled(ownPids: Bool) throws {
        let attack = Attack("/hog", "freeze", "/sys/fs/cgroup/freezer", "wait")
        try attack.addHog()
        attack.giveCgroups()
        if !ownPids { attack.test.bundle.namespace("pid", nil) }
        try attack.begin()
        #expect(eventually { attack.said.contains("waiting") }, "\(attack.said)")
        #expect(attack.said.contains("frozen"), "\(attack.said)")
        attack.end()
    }

    private static var hostMounts: Int {
        (try? readFile("/proc/self/mountinfo", limit: 64 << 20))?.count { $0 == 10 } ?? 0
    }
}

/// A container that attacks, and what the host sees of it.
private final class Attack {
    let test: RuntimeCase
    private let group = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init(_ args: String...) {
        test = RuntimeCase()
        test.bundle.edit("process.args", args)
        test.bundle.edit("root.readonly", false)
        test.bundle.edit("linux.cgroupsPath", "/\(group)")
        test.bundle.edit("linux.resources.pids", ["limit": 500])
    }

    func allow(_ capability: String) {
        for set in ["bounding", "effective", "permitted"] {
            let key = "process.capabilities.\(set)"
            let capabilities = test.bundle.config["process"] as! [String: Any]
            let sets = capabilities["capabilities"] as! [String: Any]
            test.bundle.edit(key, (sets[set] as? [String] ?? []) + [capability])
        }
    }

    func mapUsers(from first: Int) {
        let mapping = [["containerID": 0, "hostID": first, "size": 65536]]
        test.bundle.namespace("user", "")
        test.bundle.edit("linux.uidMappings", mapping)
        test.bundle.edit("linux.gidMappings", mapping)
    }

    func begin() throws {
        let made = test.create()
        try #require(made.status == 0, "\(made)")
        let started = test.runtime("start", "c")
        try #require(started.status == 0, "\(started)")
    }

    /// What its program has written so far.
    var said: String {
        (try? String(contentsOfFile: test.directory.file("c.out"), encoding: .utf8)) ?? ""
    }

    /// Removes it, says how long that took, and looks for what is left.
    func end() {
        expectHostIsUsable()
        let clock = ContinuousClock()
        let begin = clock.now
        let output = test.runtime("delete", "--force", "c")
        let milliseconds = (clock.now - begin) / .milliseconds(1)
        print("delete --force of \(Test.current?.name ?? ""): \(Int(milliseconds)) ms")
        #expect(output.status == 0, "\(output)")
        let left = Command.shell("find /sys/fs/cgroup -type d -name '\(group)' 2>/dev/null").stdout
        #expect(left == "")
        #expect(!FileManager.default.fileExists(atPath: test.root + "/c"))
    }

    /// Another container comes and goes.
    func expectHostIsUsable() {
        let other = RuntimeCase("true")
        let output = other.run()
        #expect(output.status == 0, "\(output)")
    }

    func number(_ controller: String, _ file: String) -> Int? {
        let places = ["/sys/fs/cgroup/\(controller)/\(group)", "/sys/fs/cgroup/\(group)"]
        return places.lazy.compactMap { place in
            let text = try? String(contentsOfFile: "\(place)/\(file)", encoding: .utf8)
            return (text?.trimmingCharacters(in: .whitespacesAndNewlines)).flatMap { Int($0) }
        }.first
    }

    /// Of a file of lines `key value`.
    func table(_ controller: String, _ file: String, _ key: String) -> Int? {
        let places = ["/sys/fs/cgroup/\(controller)/\(group)", "/sys/fs/cgroup/\(group)"]
        let text = places.lazy.compactMap { place in
            try? String(contentsOfFile: "\(place)/\(file)", encoding: .utf8)
        }.first
        return text?.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
            .flatMap { Int($0.dropFirst(key.count + 1)) }
    }

    /// The cgroups, which it may write to.
    func giveCgroups() {
        allow("CAP_SYS_ADMIN")
        test.unmount { $0 == "/sys/fs/cgroup" }
        test.mount("/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid"])
    }

    /// The number that a shell started now has the descriptor under.
    func inherit(_ descriptor: Int32) -> Int32 {
        _ = fcntl(descriptor, F_SETFD, 0)
        return descriptor
    }

    /// A program of the image that does what no shell can.
    func addHog() throws {
        let source = test.directory.write("hog.c", Self.hog)
        let made = Command.run(
            "gcc", ["-static", "-O1", "-o", test.rootfs + "/hog", source])
        try #require(made.status == 0, "\(made)")
    }

    private static let hog = #"""
        #include <errno.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/inotify.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static void put(const char *path, const char *text) {
            int file = open(path, O_WRONLY);
            if (file < 0 || write(file, text, strlen(text)) < 0) printf("%s: %s\n", path, strerror(errno));
            close(file);
        }

        static int deep(const char *top, int count) {
            int depth = 0;
            if (chdir(top)) return -1;
            while (depth < count && !mkdir("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0755)
                   && !chdir("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")) depth++;
            printf("%d deep\n", depth);
            if (depth < count) perror(top);
            return depth;
        }

        int main(int count, char **words) {
            setvbuf(stdout, NULL, _IONBF, 0);
            for (int i = 1; i < count; i++) {
                if (!strcmp(words[i], "watches")) {
                    int made = 0;
                    while (inotify_init() >= 0) made++;
                    printf("inotify: %s after %d\n", strerror(errno), made);
                } else if (!strcmp(words[i], "keys")) {
                    char name[32];
                    for (long n = 0;; n++) {
                        snprintf(name, sizeof name, "key%ld", n);
                        if (syscall(SYS_add_key, "user", name, "x", 1, -3) < 0) break;
                    }
                    printf("add_key: %s\n", strerror(errno));
                } else if (!strcmp(words[i], "deep")) {
                    deep(words[i + 1], atoi(words[i + 2]));
                    i += 2;
                } else if (!strcmp(words[i], "enter")) {
                    deep(words[i + 1], atoi(words[i + 2]));
                    i += 2;
                    if (!fork()) {
                        put("cgroup.procs", "0");
                        setsid();
                        for (;;) pause();
                    }
                    sleep(1);
                } else if (!strcmp(words[i], "freeze")) {
                    if (chdir(words[++i]) || mkdir("ice", 0755) || chdir("ice")) {
                        perror("ice");
                        return 1;
                    }
                    if (!fork()) {
                        put("cgroup.procs", "0");
                        setsid();
                        for (;;) pause();
                    }
                    sleep(1);
                    put("freezer.state", "FROZEN");
                    puts("frozen");
                } else if (!strcmp(words[i], "wait")) {
                    puts("waiting");
                    for (;;) pause();
                }
            }
        }
        """#
}
