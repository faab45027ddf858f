import Foundation
import TestSupport
import Testing

/// Containers of somebody without privileges whose cgroups their own systemd manages.
@Suite(
    .needsRoot, .needs("busybox"), .needs("newuidmap"), .needs("setpriv"), .needsCgroupV2,
    .needsSystemd, .needsThrowawayMachine, .serialized)
struct GuestRootlessTests {
    private static let user = 1717
    private let directory = TemporaryDirectory("user")
    private let number = UInt32.random(in: 0 ... .max)

    /// A user with a session that nobody has to log in for.
    private static let session: Output = {
        let made = Command.shell(
            """
            set -e
            echo 'apus-test:x:\(user):\(user)::/tmp:/bin/sh' >>/etc/passwd
            echo 'apus-test:x:\(user):' >>/etc/group
            echo 'apus-test:*:19000::::::' >>/etc/shadow
            for file in subuid subgid; do echo '\(user):300000:65536' >>/etc/$file; done
            systemctl start user@\(user).service
            """)
        _ = eventually { FileManager.default.fileExists(atPath: "/run/user/\(user)/bus") }
        return made
    }()

    init() throws {
        try #require(Self.session.status == 0, "\(Self.session)")
        unsafe chmod(directory.path, 0o777)
    }

    /// A script of the user's, in which `runtime` is ours. It begins in a cgroup of the user's own, out
    /// of which they may go into another.
    private func asUser(_ script: String) -> Output {
        directory.write(
            "script",
            """
            export HOME='\(directory.path)'
            runtime() { '\(Programs.runtime)' --systemd-cgroup "$@"; }
            cd "$HOME"
            \(script)
            """)
        _ = Command.shell("chown -R \(Self.user) '\(directory.path)'")
        let identity = "--reuid \(Self.user) --regid \(Self.user) --clear-groups"
        let session = "XDG_RUNTIME_DIR=/run/user/\(Self.user)"
        return Command.shell(
            """
            exec env \(session) DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/\(Self.user)/bus \
                setpriv \(identity) systemd-run --user --scope --quiet \
                sh '\(directory.file("script"))'
            """, limit: 180)
    }

    private func bundle() -> TestBundle {
        var bundle = TestBundle(in: directory, args: ["sleep", "1000"])
        let spec = directory.directory("spec")
        #expect(Command.run(Programs.runtime, ["spec", "--rootless", "-b", spec]).status == 0)
        let rootfs = bundle.config["root"]
        bundle.config = TestBundle.read(spec + "/config.json")
        bundle.config["root"] = rootfs
        bundle.edit("process.terminal", false)
        bundle.edit("process.args", ["sleep", "1000"])
        let mapping = [
            ["containerID": 0, "hostID": Self.user, "size": 1],
            ["containerID": 1, "hostID": 300_000, "size": 65536],
        ]
        bundle.edit("linux.uidMappings", mapping)
        bundle.edit("linux.gidMappings", mapping)
        bundle.edit("linux.cgroupsPath", "user.slice:apustest:\(number)")
        bundle.edit(
            "linux.resources", ["memory": ["limit": 64 << 20], "pids": ["limit": 42]])
        bundle.save()
        return bundle
    }

    // A073 A080 A107
    @Test func aUsersOwnSystemdKeepsTheLimits() {
        let bundle = bundle()
        let output = asUser(
            """
            runtime run -d -b '\(bundle.path)' c </dev/null >said 2>&1 || cat said
            group=/sys/fs/cgroup$(systemctl --user show -p ControlGroup --value apustest-\(number).scope)
            echo $group
            cat $group/memory.max $group/pids.max
            runtime update --pids-limit 55 c
            systemctl --user daemon-reload
            cat $group/pids.max
            systemctl --user show -p MemoryMax -p TasksMax -p Delegate apustest-\(number).scope
            runtime exec c sh -c 'echo inside; exit 3'; echo $?
            runtime pause c && runtime state c | grep status; runtime resume c
            runtime delete -f c
            for try in $(seq 100); do
                systemctl --user show -p LoadState apustest-\(number).scope >state
                grep -q not-found state && break; sleep 0.1
            done
            cat state; [ -e $group ] || echo gone
            """)
        let lines = output.stdout.split(separator: "\n").map(String.init)
        let base = "/sys/fs/cgroup/user.slice/user-\(Self.user).slice/user@\(Self.user).service"
        #expect(lines.first == "\(base)/user.slice/apustest-\(number).scope", "\(output)")
        #expect(Array(lines.dropFirst().prefix(3)) == ["67108864", "42", "55"], "\(output)")
        for line in ["MemoryMax=67108864", "TasksMax=55", "Delegate=yes", "inside", "3"] {
            #expect(lines.contains(line), "\(line): \(output)")
        }
        #expect(lines.contains { $0.contains("\"paused\"") }, "\(output)")
        #expect(Array(lines.suffix(2)) == ["LoadState=not-found", "gone"], "\(output)")
    }

    // A021 A073 A080
    @Test(.needs("podman"), .needs("conmon")) func podmansLimitsHoldWithoutPrivileges() {
        TestRootfs.make(at: directory.directory("image"))
        let output = asUser(
            """
            mkdir -p tmp storage run
            cat >storage.conf <<END
            [storage]
            driver = "vfs"
            graphroot = "$HOME/storage"
            runroot = "$HOME/run"
            END
            printf '[engine]\\nlock_type = "file"\\n' >containers.conf
            export TMPDIR=$HOME/tmp CONTAINERS_STORAGE_CONF=$HOME/storage.conf
            export CONTAINERS_CONF=$HOME/containers.conf
            podman() {
                /usr/bin/podman --cgroup-manager systemd --runtime '\(Programs.runtime)' \
                    --events-backend file "$@"
            }
            podman run --rm --network none --memory 64m --pids-limit 44 --rootfs "$HOME/image" \
                sh -c 'id -u; cat /proc/self/cgroup; cd /sys/fs/cgroup; cat memory.max pids.max'
            podman run -d --name c --network none --rootfs "$HOME/image" sleep 1000 >/dev/null
            podman pause c && podman unpause c >/dev/null
            podman exec c sh -c 'exit 4'; echo $?
            podman rm -f -t 0 c
            podman ps -aq
            """)
        let lines = output.stdout.split(separator: "\n").map(String.init)
        #expect(Array(lines.prefix(4)) == ["0", "0::/", "67108864", "44"], "\(output)")
        #expect(Array(lines.suffix(2)) == ["4", "c"], "\(output)")
    }
}
