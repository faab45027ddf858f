import Foundation
import Linux
import TestSupport
import Testing

/// A victim that is made, and made again, while its runtime is interfered with, and a bystander that
/// must not notice. Judges what is left of the victim on the machine.
final class KillWorld {
    /// What kind of container the victim is.
    enum Kind: String, CaseIterable {
        /// Namespaces, limits, a filter, mounts, a hook.
        case plain
        /// The same in a user namespace.
        case userNamespace
    }

    let test: RuntimeCase
    private let bystanderPid: Int32
    private let bystanderStart: UInt64
    /// The directory of cgroups above the victim's, which nobody else has.
    private let group: String
    /// Where that directory would be, in each hierarchy.
    private let groups: [String]
    private let files: Set<String>

    static let victim = "victim"

    init(_ kind: Kind = .plain) throws {
        test = RuntimeCase("sleep", "1000")
        let bystander = Self.addBystander(to: test)
        bystanderPid = Int32(test.pid("bystander"))
        bystanderStart = try #require(ProcessStatus(pid: bystanderPid)).startTime
        let beside = Command.shell("find /sys/fs/cgroup -type d -name '\(bystander)'").stdout
        let group = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        self.group = group
        groups = beside.split(separator: "\n").map {
            ($0 as NSString).deletingLastPathComponent + "/" + group
        }
        try #require(!groups.isEmpty)
        Self.configure(test, kind, group: group)
        // What the first run of all makes for all that follow: the compiled filter.
        test.begin(Self.victim)
        test.runtime("delete", "--force", Self.victim)
        files = Self.listing(test.directory.path)
    }

    private static func addBystander(to test: RuntimeCase) -> String {
        let name = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))-bystander"
        test.bundle.edit("linux.cgroupsPath", name)
        test.begin("bystander")
        return name
    }

    private static func configure(_ test: RuntimeCase, _ kind: Kind, group: String) {
        test.bundle.edit("linux.cgroupsPath", "\(group)/inner/c")
        test.bundle.edit("hostname", "victim")
        test.bundle.edit(
            "linux.resources", ["pids": ["limit": 20], "memory": ["limit": 64 << 20]])
        test.bundle.edit("linux.sysctl", ["net.ipv4.ip_unprivileged_port_start": "80"])
        test.bundle.edit("process.oomScoreAdj", 500)
        // Else it is looked up, and may be another where the image's list of users cannot be read.
        test.bundle.edit("process.env", ["PATH=/usr/bin:/bin", "HOME=/root"])
        test.bundle.edit("linux.seccomp", filter)
        test.mount("/scratch", type: "tmpfs", source: "tmpfs", options: ["size=1m", "nosuid"])
        test.mount(
            "/given", type: "bind", source: test.directory.directory("given"),
            options: ["bind", "ro"])
        // A user namespace may not make them.
        for name in ["scratch", "given"] { _ = test.directory.directory("bundle/rootfs/\(name)") }
        test.bundle.edit("hooks", ["createRuntime": [["path": "/bin/true"]]])
        if kind == .userNamespace {
            let mapping = [["containerID": 0, "hostID": 100_000, "size": 65536]]
            test.bundle.namespace("user", "")
            test.bundle.edit("linux.uidMappings", mapping)
            test.bundle.edit("linux.gidMappings", mapping)
        }
        test.bundle.save()
    }

    private static var filter: [String: Any] {
        [
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [["names": ["acct", "swapon"], "action": "SCMP_ACT_ERRNO"]],
        ]
    }

    // MARK: The runtime

    private func words(_ arguments: [String]) -> [String] { ["--root", test.root] + arguments }

    func traced(_ story: KillStory, _ target: TracedRun.Target?) -> TracedRun.Outcome {
        TracedRun.run(
            Programs.runtime, words(story.command(bundle: test.bundle.path, pidFile: pidFile)),
            target: target, watching: story.process, limit: 30)
    }

    /// Brings the victim to where a story begins.
    func prepare(_ story: KillStory) {
        for step in story.before {
            let output =
                switch step {
                case .create: test.create(Self.victim)
                case .kill: test.runtime("kill", Self.victim, "KILL")
                case .start, .pause: test.runtime(step.rawValue, Self.victim)
                }
            #expect(output.status == 0, "\(story), \(step): \(output)")
            if step == .kill {
                #expect(eventually { test.status(Self.victim) == "stopped" })
            }
        }
    }

    private var pidFile: String { test.directory.file("pid") }

    func deleteByForce() -> Output { test.runtime("delete", "--force", Self.victim) }

    // MARK: The judge

    /// Whether another story can begin here.
    var isClean: Bool { bystandersComplaint == nil && residue(of: TracedRun.Outcome()) == [] }

    /// What is left of the victim, in words.
    func residue(of outcome: TracedRun.Outcome) -> [String] {
        unsafe unlink(pidFile)
        var found: [String] = []
        // A process that was killed is gone only when the kernel has come to it.
        let isQuiet = eventually(limit: 5) {
            found = livingProcesses(outcome)
            return found.isEmpty
        }
        if isQuiet { found = [] }
        found += groups.filter { FileManager.default.fileExists(atPath: $0) }
        let present = Self.listing(test.directory.path)
        found += present.subtracting(files).sorted()
        found += files.subtracting(present).map { "missing: \($0)" }
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        found += mounts.split(separator: "\n").map(String.init)
            .filter { $0.contains(test.directory.path) || $0.contains(group) }
        return found
    }

    private func livingProcesses(_ outcome: TracedRun.Outcome) -> [String] {
        var found = outcome.pids.filter { Self.lives($0) }.map { "process \($0)" }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in entries.compactMap({ Int32($0) }) where pid != bystanderPid {
            let cgroup = (try? readFile("/proc/\(pid)/cgroup", limit: 1 << 16)) ?? []
            if String(decoding: cgroup, as: UTF8.self).contains(group), Self.lives(pid) {
                found.append("process \(pid) in the cgroup")
            }
            if holdsNamespaces(pid), Self.lives(pid) {
                found.append("process \(pid) in the victim's mount namespace")
            }
        }
        return found
    }

    /// The numbers of namespaces come again, so they do not tell; the rootfs does.
    private func holdsNamespaces(_ pid: Int32) -> Bool {
        let mounts = (try? readFile("/proc/\(pid)/mountinfo", limit: 1 << 20)) ?? []
        guard String(decoding: mounts, as: UTF8.self).contains(test.rootfs) else { return false }
        let own = TestSupport.Process.namespaces(of: getpid())
        return !TestSupport.Process.namespaces(of: pid).isSubset(of: own)
    }

    private static func lives(_ pid: Int32) -> Bool {
        guard let status = ProcessStatus(pid: pid) else { return false }
        return !status.hasEnded
    }

    private static func listing(_ path: String) -> Set<String> {
        Set((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? [])
    }

    /// Nil where the bystander goes on as it was.
    var bystandersComplaint: String? {
        guard let status = ProcessStatus(pid: bystanderPid), !status.hasEnded,
            status.startTime == bystanderStart
        else { return "the bystander is gone" }
        let state = test.status("bystander")
        return state == "running" ? nil : "the bystander is \(state ?? "nowhere")"
    }

    // MARK: Portrait

    /// What a running victim is made of, as the kernel sees it: whoever says that it runs must have
    /// made all of it.
    func portrait() -> [String] {
        let pid = Int32(test.pid(Self.victim))
        func lines(_ name: String) -> [String] {
            let bytes = (try? readFile("/proc/\(pid)/\(name)", limit: 1 << 20)) ?? []
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        let kept = [
            "Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp", "SigBlk", "SigIgn", "SigCgt",
            "Umask",
        ]
        let own = TestSupport.Process.namespaces(of: getpid())
        let shared = TestSupport.Process.namespaces(of: pid).intersection(own)
        return lines("status").filter { line in kept.contains { line.hasPrefix($0) } }
            + lines("mountinfo").map(Self.anonymous) + lines("limits") + lines("cgroup")
            + lines("oom_score_adj") + lines("cmdline") + lines("environ")
            + shared.sorted().map { "shares \($0)" } + limits()
            + lines("root/proc/sys/net/ipv4/ip_unprivileged_port_start")
    }

    /// Without the numbers that a mount gets anew each time.
    private static func anonymous(_ mount: String) -> String {
        let words = mount.split(separator: " ")
        let kinds = words[6...].map { $0.contains(":") ? $0.split(separator: ":")[0] : $0 }
        return (words[3..<6] + kinds).joined(separator: " ")
    }

    private func limits() -> [String] {
        groups.flatMap { group in
            ["pids.max", "memory.limit_in_bytes", "memory.max", "devices.list"].map { name in
                let path = "\(group)/inner/c/\(name)"
                let text = try? String(contentsOfFile: path, encoding: .utf8)
                return "\(name) \(text ?? "-")"
            }
        }
    }
}

/// One call of the runtime that is interfered with, and what comes before it.
struct KillStory: CustomStringConvertible {
    enum Step: String {
        case create, start, pause, kill
    }

    var verb: String
    var options: [String] = []
    var words: [String] = []
    var before: [Step] = []
    /// 0 is the runtime, 1 the process that becomes the container's.
    var process = 0
    var kind = KillWorld.Kind.plain

    /// Undisturbed, the runtime says no: whoever runs is deleted by force alone.
    var isRefused: Bool { verb == "delete" && options.isEmpty && before.last == .start }

    var description: String {
        let after = before.isEmpty ? "" : " after \(before.map(\.rawValue).joined(separator: ", "))"
        let who = process == 0 ? "" : ", its process \(process)"
        return "\(([verb] + options).joined(separator: " "))\(after)\(who) (\(kind.rawValue))"
    }

    func command(bundle: String, pidFile: String) -> [String] {
        let place = ["create", "run"].contains(verb) ? ["-b", bundle, "--pid-file", pidFile] : []
        return [verb] + place + options + [KillWorld.victim] + words
    }

    static let all: [KillStory] = [
        KillStory(verb: "create"),
        KillStory(verb: "create", kind: .userNamespace),
        KillStory(verb: "run", options: ["--detach"]),
        KillStory(verb: "run", options: ["--detach"], process: 1),
        KillStory(verb: "run", options: ["--detach"], process: 1, kind: .userNamespace),
        KillStory(verb: "start", before: [.create]),
        KillStory(
            verb: "exec", options: ["--detach"], words: ["sleep", "1000"],
            before: [.create, .start]),
        KillStory(
            verb: "exec", options: ["--detach"], words: ["sleep", "1000"],
            before: [.create, .start], process: 1),
        KillStory(
            verb: "exec", options: ["--detach"], words: ["sleep", "1000"],
            before: [.create, .start], kind: .userNamespace),
        KillStory(
            verb: "exec", options: ["--detach"], words: ["sleep", "1000"],
            before: [.create, .start], process: 1, kind: .userNamespace),
        KillStory(
            verb: "update", options: ["--memory", "32M", "--pids-limit", "10"],
            before: [.create, .start]),
        KillStory(
            verb: "update", options: ["--memory", "32M", "--pids-limit", "10"],
            before: [.create, .start], kind: .userNamespace),
        KillStory(verb: "pause", before: [.create, .start]),
        KillStory(verb: "resume", before: [.create, .start, .pause]),
        KillStory(verb: "kill", words: ["KILL"], before: [.create, .start]),
        KillStory(verb: "delete", before: [.create]),
        KillStory(verb: "delete", before: [.create, .start, .kill]),
        KillStory(verb: "delete", before: [.create, .start]),
        KillStory(verb: "delete", options: ["--force"], before: [.create, .start]),
        KillStory(verb: "delete", options: ["--force"], before: [.create, .start, .pause]),
    ]

    func expectEnd(of whole: TracedRun.Outcome) {
        #expect((whole.output.status == 0) != isRefused, "\(self): \(whole.output)")
    }

    /// All stories of a kind take place in one world, whose making costs as much as a story. One that
    /// leaves something behind spoils what follows, so that this begins in another.
    static func forEach(
        of kind: KillWorld.Kind, in stories: [KillStory],
        _ body: (KillStory, KillWorld) throws -> Void
    ) throws {
        var world = try KillWorld(kind)
        for story in stories where story.kind == kind && KillSample.includes(story) {
            do { try body(story, world) } catch { Issue.record(error, "\(story)") }
            #expect(world.bystandersComplaint == nil, "\(story)")
            if !world.isClean { world = try KillWorld(kind) }
        }
    }
}

/// Which of a story's calls a run of the tests interferes at: every k-th, beginning anywhere, so that
/// all are met over the runs. `APUS_KILL_EVERY=1` takes all of them, `APUS_KILL_STORIES=exec` those
/// stories whose description contains it.
enum KillSample {
    private static let environment = ProcessInfo.processInfo.environment
    static let stride = environment["APUS_KILL_EVERY"].flatMap { Int($0) } ?? 0

    static func includes(_ story: KillStory) -> Bool {
        environment["APUS_KILL_STORIES"].map { story.description.contains($0) } ?? true
    }

    static func calls(of count: Int, most: Int) -> [Int] {
        let step = stride > 0 ? stride : max(1, count / most)
        return Array(Swift.stride(from: Int.random(in: 0..<step), to: count, by: step))
    }
}
