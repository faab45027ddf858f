import Foundation
import TestSupport

/// podman and buildah with storage, state, networks and locks of their own.
///
/// Every command runs in the network and mount namespaces of one sleeping process, where the places
/// that they share with the rest of the machine are empty.
final class PodmanWorld: CallerWorld {
    static let worlds = TaskLocal<Worlds<PodmanWorld>?>(wrappedValue: nil)

    let directory = TemporaryDirectory("podman")
    let environment: [String: String]
    private let holder: Child
    /// Of somebody without any privilege, with ranges of other users to give to containers; nil is
    /// root.
    private let user: Int?
    /// A group that is not to be had in a container by a number.
    private static let otherGroup = 4242
    /// Raising limits takes a right that not every machine gives.
    static let limits = ["nofile=1024:4096", "nproc=1000:1000"]

    convenience init(runtime: String) { self.init(runtime: runtime, user: nil) }

    init(runtime: String, user: Int?) {
        self.user = user
        let bin = directory.directory("bin")
        for (name, text) in Self.settings(directory.path) { directory.write(name, text) }
        environment = [
            "PATH": Self.path(bin), "HOME": directory.path, "WORLD": directory.path,
            "NAME": (directory.path as NSString).lastPathComponent, "RUNTIME": runtime,
            "TMPDIR": directory.directory("tmp"),
            "CONTAINERS_CONF": directory.file("containers.conf"),
            "CONTAINERS_STORAGE_CONF": directory.file("storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": directory.file("registries.conf"),
        ].merging(user == nil ? [:] : ["XDG_RUNTIME_DIR": directory.directory("session")]) { $1 }
        let launch = directory.write(
            "launch.sh",
            """
            ip link set lo up
            for place in /dev/shm /run /var/lib/cni; do
              [ -d $place ] && mount -t tmpfs -o mode=1777 tmpfs $place
            done
            \(user.map(Self.accounts) ?? "")
            echo ready
            exec sleep infinity
            """)
        holder = Child(
            "unshare", ["--net", "--mount", "--propagation", "private", "sh", launch],
            environment: environment)
        precondition(holder.waits { $0.stdout.contains("ready") }, "\(holder.output)")
        writeCommands()
        importImage()
    }

    /// Somebody whom the machine does not know, who may have a network of their own (slirp4netns).
    private static func accounts(_ user: Int) -> String {
        """
        mkdir "$WORLD/etc"
        for file in passwd group subuid subgid; do
          [ -e /etc/$file ] && cat /etc/$file >"$WORLD/etc/$file" || : >/etc/$file
        done
        echo "apus-test:x:\(user):\(user)::$WORLD:/bin/sh" >>"$WORLD/etc/passwd"
        echo "apus-test:x:\(user):" >>"$WORLD/etc/group"
        for file in subuid subgid; do echo "\(user):300000:65536" >"$WORLD/etc/$file"; done
        for file in passwd group subuid subgid; do
          mount --bind "$WORLD/etc/$file" /etc/$file
        done
        mkdir -p /dev/net
        mount -t tmpfs tmpfs /dev/net
        mknod -m 666 /dev/net/tun c 10 200
        chown -R \(user):\(user) "$WORLD"
        """
    }

    private static func settings(_ world: String) -> [(name: String, text: String)] {
        [
            (
                "containers.conf",
                """
                [containers]
                default_ulimits = [\(limits.map { "\"\($0)\"" }.joined(separator: ", "))]
                [engine]
                runtime_supports_json = ["apus-runtime", "crun", "runc"]
                lock_type = "file"
                """
            ),
            (
                "storage.conf",
                """
                [storage]
                driver = "overlay"
                graphroot = "\(world)/root"
                runroot = "\(world)/run"
                """
            ), ("registries.conf", "unqualified-search-registries = []\n"),
        ]
    }

    /// `podman` and `buildah` as the stories say them, and `inside` for what must be asked there.
    private func writeCommands() {
        let become =
            user.map {
                "setpriv --reuid \($0) --regid \($0) --groups \($0),\(Self.otherGroup) --"
            } ?? ""
        let enter = "exec nsenter -t \(holder.pid) --net --mount --wd=\"$PWD\" -- \(become)"
        let storage = "--root \"$WORLD/root\" --runroot \"$WORLD/run\""
        directory.write("bin/inside", "#!/bin/sh\n\(enter) \"$@\"\n", mode: 0o755)
        directory.write(
            "bin/podman",
            """
            #!/bin/sh
            \(enter) /usr/bin/podman \(storage) --tmpdir "$WORLD/podman" \
              --network-config-dir "$WORLD/networks" --cgroup-manager cgroupfs \
              --events-backend file --runtime "${RUNTIME_AS:-$RUNTIME}" "$@"
            """, mode: 0o755)
        directory.write(
            "bin/buildah",
            "#!/bin/sh\n\(enter) /usr/bin/buildah \(storage) \"$@\"\n", mode: 0o755)
        directory.write(
            "no-mkdir.json",
            """
            {"defaultAction": "SCMP_ACT_ALLOW",
             "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}
            """)
        directory.write(
            "Containerfile",
            """
            FROM localhost/busybox
            RUN echo built >/built && id && mkdir /d
            RUN --mount=type=tmpfs,target=/t df /t | grep -c /t
            ENV GREETING=hello
            WORKDIR /d
            RUN echo $GREETING >greeting && pwd
            USER user
            RUN id
            CMD cat /built greeting
            """)
    }

    private func importImage() {
        TestRootfs.make(at: directory.file("rootfs"))
        let made = shell("tar -C \"$WORLD/rootfs\" -c . | podman import -q - busybox")
        precondition(made.status == 0, "\(made)")
    }

    func clean() {
        shell(
            """
            podman pod rm -fa -t 0
            podman rm -fa -t 0
            podman volume rm -fa
            """)
    }

    func leftovers() -> [String] {
        let places = "/run/apus /run/runc $XDG_RUNTIME_DIR/apus $XDG_RUNTIME_DIR/runc"
        return containerCgroups().filter { !$0.hasSuffix("/conmon") }
            + shell("inside find \(places) -mindepth 2 ! -path '*/@*'").stdout
            .split(separator: "\n").map(String.init)
    }

    func stop() {
        clean()
        // What holds a user's namespaces for the next call.
        shell("read pid <\"$WORLD/podman/pause.pid\" && inside kill -9 $pid")
        holder.send(signal: SIGKILL)
        _ = holder.finish()
        remove()
    }
}
