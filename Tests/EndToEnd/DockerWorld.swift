import Foundation
import Synchronization
import TestSupport

/// A dockerd of its own, unpacked and not installed, with one runtime as its default.
///
/// It lives in network and mount namespaces of its own: its bridges, rules and mounts are nobody
/// else's, and go with it.
final class DockerWorld: CallerWorld {
    static let worlds = TaskLocal<Worlds<DockerWorld>?>(wrappedValue: nil)

    let directory = TemporaryDirectory("docker")
    let environment: [String: String]
    /// Keeps the namespaces while no dockerd is in them.
    private let holder: Child
    private let launch: String
    private let daemon: Mutex<Child>

    convenience init(runtime: String) {
        self.init(options: "--add-runtime tested='\(runtime)' --default-runtime tested")
    }

    /// `links` are names in front of PATH, and what they lead to.
    init(options: String, links: [String: String] = [:]) {
        let bin = directory.directory("bin")
        for (name, target) in links {
            try! FileManager.default.createSymbolicLink(
                atPath: "\(bin)/\(name)", withDestinationPath: target)
        }
        environment = [
            "PATH": Self.path(
                bin, Programs.peers + "/usr/bin", Programs.peers + "/usr/sbin"),
            "APUS_SOCKET_DIR": directory.file("s"),
            "HOME": directory.path, "WORLD": directory.path,
            "DOCKER_HOST": "unix://\(directory.file("sock"))",
            "DOCKER_CONFIG": directory.directory("client"),
        ]
        directory.write("daemon.json", "{}")
        directory.write(
            "no-mkdir.json",
            """
            {"defaultAction": "SCMP_ACT_ALLOW",
             "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}
            """)
        let namespaces = directory.write(
            "namespaces.sh",
            """
            ip link set lo up
            ip link add eth0 type bridge && ip addr add 198.51.100.1/24 dev eth0
            ip link set eth0 up
            : >"$WORLD/ready"
            exec sleep infinity
            """)
        holder = Child(
            "unshare", ["--net", "--mount", "--propagation", "private", "sh", namespaces],
            environment: environment)
        let ready = directory.file("ready")
        precondition(
            eventually { FileManager.default.fileExists(atPath: ready) },
            "no namespaces for dockerd: \(holder.output)")
        launch = directory.write(
            "launch.sh",
            """
            exec dockerd --config-file "$WORLD/daemon.json" --data-root "$WORLD/data" \
              --exec-root "$WORLD/exec" --pidfile "$WORLD/pid" --host "$DOCKER_HOST" \
              --cgroup-parent "/$(basename "$WORLD")" --init-path /usr/bin/catatonit \
              \(options)
            """)
        daemon = Mutex(Self.launch(launch, in: holder, environment))
        waitForAnswer()
        importImages()
    }

    private static func launch(
        _ script: String, in holder: Child, _ environment: [String: String]
    ) -> Child {
        let place = "/proc/\(holder.pid)/ns"
        return Child(
            "nsenter", ["--net=\(place)/net", "--mount=\(place)/mnt", "sh", script],
            environment: environment)
    }

    private func waitForAnswer() {
        let answered = eventually(limit: 60) { self.shell("docker version").status == 0 }
        precondition(answered, "dockerd does not answer: \(daemon.withLock { $0.output })")
    }

    private func endDaemon() {
        daemon.withLock {
            $0.send(signal: SIGTERM)
            _ = $0.finish(limit: 30)
        }
    }

    /// Ends dockerd as a service manager does, and starts it again where it was.
    func restart(meanwhile body: () -> Void) {
        endDaemon()
        body()
        daemon.withLock { $0 = Self.launch(launch, in: holder, environment) }
        waitForAnswer()
    }

    /// One image under the names that the stories use.
    private func importImages() {
        TestRootfs.make(at: directory.file("rootfs"))
        let made = shell(
            """
            set -e
            tar -C "$WORLD/rootfs" -c . | docker import -c 'CMD ["sh"]' \
              -c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' - busybox
            for name in alpine bash redis nginx contador ntpd oracleunix; do
              docker tag busybox "$name"
            done
            """)
        precondition(made.status == 0, "\(made)")
    }

    func clean() {
        shell(
            """
            docker ps -aq | xargs -r docker rm -fv
            docker volume ls -q | xargs -r docker volume rm -f
            docker network prune -f
            rm -rf "$WORLD/newhostdir"
            """)
    }

    func leftovers() -> [String] {
        // The runtime's cache of filters stays, beside the containers.
        let states = shell(
            "find exec/runtime-*/moby -mindepth 1 -maxdepth 1 ! -name @seccomp")
        return containerCgroups() + states.stdout.split(separator: "\n").map(String.init)
    }

    func stop() {
        clean()
        endDaemon()
        holder.send(signal: SIGKILL)
        _ = holder.finish(limit: 20)
        remove()
    }
}
