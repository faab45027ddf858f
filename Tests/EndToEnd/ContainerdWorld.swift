import Foundation
import TestSupport

/// containerd with its own shim, and root, state and socket of the test's.
final class ContainerdWorld: CallerWorld {
    static let worlds = TaskLocal<Worlds<ContainerdWorld>?>(wrappedValue: nil)

    let directory = TemporaryDirectory("containerd")
    let environment: [String: String]
    private let daemon: Containerd

    init(runtime: String) {
        let bin = directory.directory("bin")
        environment = [
            "PATH": Self.path(bin), "HOME": directory.path, "WORLD": directory.path,
            "NAME": (directory.path as NSString).lastPathComponent, "RUNTIME": runtime,
        ]
        directory.write(
            "bin/ctr", "#!/bin/sh\nexec /usr/bin/ctr -a \"$WORLD/sock\" \"$@\"\n", mode: 0o755)
        // `run ID WORDS` in the world's cgroup; OPTIONS are more options of `ctr run`.
        directory.write(
            "bin/run",
            """
            #!/bin/sh
            id=$1; shift
            exec ctr run --runc-binary "$RUNTIME" --env PATH=/bin --cgroup "/$NAME/$id" $OPTIONS \
              --rootfs "$WORLD/rootfs" "$id" "$@"
            """, mode: 0o755)
        TestRootfs.make(at: directory.file("rootfs"))
        // ctr gives up opening a stream when the task has ended before it came to that: on a busy
        // machine the output of a program that is fast enough is lost.
        directory.write(
            "rootfs/bin/slowly", "#!/bin/sh\n\"$@\"; status=$?; sleep 0.3; exit $status\n",
            mode: 0o755)
        daemon = Containerd(in: directory, environment: environment)
    }

    func clean() {
        shell(
            """
            ctr task ls -q | xargs -r ctr task rm -f
            ctr container ls -q | xargs -r ctr container rm
            """)
    }

    func leftovers() -> [String] {
        let states = shell("find /run/containerd/runc/default -mindepth 1 -name \"$NAME*\"")
        return containerCgroups() + states.stdout.split(separator: "\n").map(String.init)
    }

    func stop() {
        clean()
        daemon.stop()
        remove()
    }
}
