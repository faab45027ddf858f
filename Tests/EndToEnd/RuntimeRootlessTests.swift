import Foundation
import TestSupport
import Testing

/// Containers of somebody without any privilege.
@Suite(.needsRoot, .needs("busybox"), .needs("newuidmap"), .needs("setpriv"))
struct RuntimeRootlessTests {
    /// A user of every machine that has neither a shell nor containers.
    private static let nobody = 65534
    private static let range = 200_000

    private let directory = TemporaryDirectory("rootless")
    private var bundle: TestBundle

    init() {
        unsafe chmod(directory.path, 0o777)
        bundle = TestBundle(in: directory, args: ["true"])
        let spec = directory.directory("spec")
        #expect(Command.run(Programs.runtime, ["spec", "--rootless", "-b", spec]).status == 0)
        let rootfs = bundle.config["root"]
        bundle.config = TestBundle.read(spec + "/config.json")
        bundle.config["root"] = rootfs
        bundle.edit("process.terminal", false)
        map([["containerID": 0, "hostID": Self.nobody, "size": 1]])
        // The build may lie where others cannot look.
        _ = Command.shell("cp '\(Programs.runtime)' '\(directory.file("runtime"))'")
        _ = Command.shell("chown -R \(Self.nobody) '\(directory.path)'")
    }

    private mutating func map(_ mappings: [[String: Int]]) {
        bundle.edit("linux.uidMappings", mappings)
        bundle.edit("linux.gidMappings", mappings)
    }

    private static let whole = [
        ["containerID": 0, "hostID": nobody, "size": 1],
        ["containerID": 1, "hostID": range, "size": 65536],
    ]

    /// A script of the user's, in which `runtime` is ours with a state of their own. /etc/subuid is
    /// the test's, and gives them a range only where they are to have one.
    private func asNobody(_ script: String, hasRange: Bool = true) -> Output {
        bundle.save()
        directory.write("subid", hasRange ? "\(Self.nobody):\(Self.range):65536\n" : "")
        directory.write(
            "script",
            "runtime() { '\(directory.file("runtime"))' --root '\(directory.file("state"))' \"$@\"; }\n"
                + "cd '\(bundle.path)'\n" + script)
        let user = "--reuid \(Self.nobody) --regid \(Self.nobody) --clear-groups"
        return Command.shell(
            """
            exec unshare -m sh -c 'for f in subuid subgid; do [ -e /etc/$f ] || : >/etc/$f
              mount --bind "\(directory.file("subid"))" /etc/$f; done
              exec setpriv \(user) sh "\(directory.file("script"))"'
            """)
    }

    private mutating func run(_ arguments: String...) { bundle.edit("process.args", arguments) }

    // A073
    @Test mutating func aUserRunsAContainerWithTheirOwnIdAlone() {
        run("sh", "-c", "id -u; cat /proc/self/uid_map /proc/self/setgroups; touch /made; echo $$")
        bundle.edit("root.readonly", false)
        let output = asNobody("runtime run c; ls -ln rootfs/made", hasRange: false)
        let words = output.stdout.split { $0 == " " || $0 == "\n" }.map(String.init)
        #expect(
            Array(words.prefix(6)) == ["0", "0", "\(Self.nobody)", "1", "deny", "1"], "\(output)")
        #expect(words.contains("\(Self.nobody)"))
    }

    // A073
    @Test mutating func rangesOfSubuidAreHandedOutByNewuidmap() {
        map(Self.whole)
        bundle.edit("process.user", ["uid": 7, "gid": 8, "additionalGids": [5]])
        bundle.edit("process.capabilities", nil)
        run("sh", "-c", "id; cat /proc/self/uid_map /proc/self/setgroups")
        let output = asNobody("runtime run c")
        #expect(output.stdout.contains("uid=7 gid=8 groups=5"), "\(output)")
        #expect(output.stdout.contains("allow"))
        #expect(output.stdout.contains("\(Self.range)"))
    }

    // A047 A073
    @Test mutating func execKillAndDeleteWorkAsWell() {
        map(Self.whole)
        run("sleep", "1000")
        let output = asNobody(
            """
            runtime create c </dev/null >/dev/null 2>error || cat error
            runtime start c && runtime exec c sh -c 'echo exec $(readlink /proc/self/ns/pid)'
            runtime exec c readlink /proc/1/ns/pid
            runtime exec --user 1000:1000 c id -u
            runtime kill c KILL
            runtime delete -f c; runtime list -q; echo end
            """)
        let lines = output.stdout.split(separator: "\n").map(String.init)
        #expect(lines.count == 4, "\(output)")
        #expect(lines.first == "exec " + (lines.dropFirst().first ?? ""))
        #expect(Array(lines.suffix(2)) == ["1000", "end"])
    }

    // A058 A073
    @Test mutating func aRangeThatNobodyHasGivenIsSaid() {
        map(Self.whole)
        let output = asNobody("runtime run c; runtime list -q", hasRange: false)
        #expect(output.stdout.isEmpty)
        #expect(output.stderr.contains("newgidmap refused: "), "\(output)")
        #expect(output.stderr.contains("/etc/subgid has to give user \(Self.nobody)"))
    }

    // A058
    @Test func aBundleBehindAClosedDirectoryNamesIt() {
        let closed = directory.directory("closed/inner")
        unsafe chmod(directory.file("closed"), 0o700)
        unsafe chown(directory.file("closed"), 0, 0)
        let output = asNobody("runtime run -b '\(closed)' c")
        #expect(output.stderr.contains("permission denied"), "\(output)")
        #expect(
            output.stderr.contains(
                "user \(Self.nobody) may not search \(directory.file("closed"))"))
    }
}
