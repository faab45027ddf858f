import AsyncRPC
import Foundation
import RPC
import TestSupport
import Testing
import Wire

/// A pod in one shim: the calls that containerd 1.7 and later make of one that keeps sandboxes. No
/// such containerd is among the test's parts, so they are made as its controller makes them.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimSandboxTests {
    private typealias Methods = SandboxAPI.SandboxService

    /// A shim that was started as for a sandbox, in a bundle that has no configuration yet.
    private final class Pod: Sendable {
        let harness: ShimHarness
        let cgroup = "apus-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let id = "pod"

        init(_ runtime: OCIRuntime, hasConfig: Bool = false) async throws {
            harness = try await ShimHarness(
                ["sleep", "1000"], id: id, runtime: runtime.program, tellsOptions: true)
            guard !hasConfig else { return }
            try FileManager.default.removeItem(atPath: harness.bundle + "/config.json")
            try FileManager.default.removeItem(atPath: harness.rootfs)
        }

        func call<Request, Response>(
            _ method: UnaryMethod<Request, Response>, _ request: Request
        ) async throws -> Response {
            try await harness.shim.call(method, request, timeout: .seconds(60))
        }

        func create(_ pod: CRIAPI.PodSandboxConfig? = nil) async throws {
            let options = try pod.map { try AnyMessage($0) }
            _ = try await call(
                Methods.createSandbox,
                .init(
                    sandboxID: id, bundlePath: harness.bundle, options: options,
                    annotations: ["made.by": "test"]))
        }

        /// What a kubelet says of a plain pod.
        var plain: CRIAPI.PodSandboxConfig {
            CRIAPI.PodSandboxConfig(
                hostname: "pod-1",
                linuxConfig: .init(
                    cgroupParent: "/" + cgroup, sysctls: ["net.ipv4.ip_default_ttl": "77"]))
        }

        func status(verbose: Bool = false) async throws -> SandboxAPI.SandboxStatusResponse {
            try await call(Methods.sandboxStatus, .init(sandboxID: id, verbose: verbose))
        }

        /// A container that joins the process of the sandbox, as CRI writes them.
        func addContainer(_ name: String, joining pid: UInt32, _ args: [String]) async throws {
            var made = TestBundle(in: harness.directory, name, args: args)
            made.edit("linux.cgroupsPath", "/\(cgroup)/\(name)")
            made.edit("hostname", nil)
            for (type, file) in [("network", "net"), ("ipc", "ipc"), ("uts", "uts")] {
                made.namespace(type, "/proc/\(pid)/ns/\(file)")
            }
            made.save()
            let options = RuncAPI.Options(
                binaryName: harness.runtime, root: harness.directory.file("runtime"))
            _ = try await call(
                TaskAPIv3.TaskService.create,
                .init(
                    id: name, bundle: made.path,
                    stdout: "file://" + harness.directory.file(name + ".log"),
                    options: try AnyMessage(options)))
            _ = try await call(TaskAPIv3.TaskService.start, .init(id: name))
        }

        func output(_ name: String) -> String {
            (try? String(contentsOfFile: harness.directory.file(name + ".log"), encoding: .utf8))
                ?? ""
        }

        /// Kills the shim; another one is started in its place.
        func replaceShim() async throws -> RPCClient {
            let old = try await harness.shimPid()
            kill(old, SIGKILL)
            #expect(await comesTrue { Process.name(of: old) == nil })
            let started = ShimHarness.start(
                id: id, bundle: harness.bundle, directory: harness.directory)
            #expect(started.stdout == harness.started.stdout, "\(started)")
            return try await RPCClient.connect(to: harness.socket)
        }

        /// The cgroups that a kubelet would remove.
        func remove() {
            harness.remove()
            _ = Command.shell("find /sys/fs/cgroup -depth -type d -path '*\(cgroup)*' -delete")
        }
    }

    // A024
    @Test(arguments: OCIRuntime.allCases) func aSandboxAndItsContainersLiveInOneShim(
        _ runtime: OCIRuntime
    ) async throws {
        let pod = try await Pod(runtime)
        defer { pod.remove() }
        let shim = try await pod.harness.shimPid()
        try await pod.create(pod.plain)
        #expect(try await pod.status().state == "SANDBOX_NOTREADY")
        let started = try await pod.call(Methods.startSandbox, .init(sandboxID: pod.id))
        #expect(Process.parent(of: Int32(started.pid)) == shim)
        #expect(abs((started.createdAt?.seconds ?? 0) - Int64(time(nil))) < 300)
        // runc says that it has started when the program is about to be executed.
        let file = "/proc/\(started.pid)/cmdline"
        #expect(
            await comesTrue {
                (try? String(contentsOfFile: file, encoding: .utf8))
                    == "/dev/apus-init\0--pause\0"
            })
        let script = "hostname; cat /proc/sys/net/ipv4/ip_default_ttl; exec sleep 1000"
        for name in ["c1", "c2"] {
            try await pod.addContainer(name, joining: started.pid, ["sh", "-c", script])
            #expect(await comesTrue { pod.output(name) == "pod-1\n77\n" })
            let connected = try await pod.call(TaskAPIv3.TaskService.connect, .init(id: name))
            #expect(connected.shimPid == UInt32(shim))
        }
        let status = try await pod.status(verbose: true)
        #expect(status.state == "SANDBOX_READY" && status.pid == started.pid)
        #expect(status.info["containers"] == "c1,c2")
        #expect(status.exitedAt?.seconds == -62_135_596_800)
        let platform = try await pod.call(Methods.platform, .init(sandboxID: pod.id)).platform
        #expect(platform?.os == "linux" && platform?.architecture.isEmpty == false)
        _ = try await pod.call(Methods.pingSandbox, .init(sandboxID: pod.id))
        let metrics = try await pod.call(Methods.sandboxMetrics, .init(sandboxID: pod.id)).metrics
        #expect(metrics?.id == pod.id && metrics?.data?.typeURL.hasSuffix(".Metrics") == true)

        // One container goes, the pod stays; then it goes with the other.
        let wait = Task { try await pod.call(Methods.waitSandbox, .init(sandboxID: pod.id)) }
        _ = try await pod.call(TaskAPIv3.TaskService.kill, .init(id: "c1", signal: 9))
        _ = try await pod.call(TaskAPIv3.TaskService.wait, .init(id: "c1"))
        _ = try await pod.call(TaskAPIv3.TaskService.delete, .init(id: "c1"))
        _ = try await pod.call(TaskAPIv3.TaskService.shutdown, .init(id: "c1"))
        #expect(try await pod.status().state == "SANDBOX_READY")
        _ = try await pod.call(Methods.stopSandbox, .init(sandboxID: pod.id, timeoutSecs: 30))
        #expect(try await wait.value.exitStatus == 0)
        #expect(try await pod.status().state == "SANDBOX_NOTREADY")
        #expect(try await pod.call(TaskAPIv3.TaskService.wait, .init(id: "c2")).exitStatus == 137)
        // Twice is once.
        _ = try await pod.call(Methods.stopSandbox, .init(sandboxID: pod.id))
        _ = try await pod.call(Methods.shutdownSandbox, .init(sandboxID: pod.id))
        #expect(await comesTrue { Process.name(of: shim) == nil })
        #expect(!FileManager.default.fileExists(atPath: pod.harness.socket))
        let left = try FileManager.default.contentsOfDirectory(
            atPath: pod.harness.directory.file("runtime/test"))
        #expect(left.filter { !$0.hasPrefix(".") } == [])
        #expect(
            !(try String(contentsOfFile: "/proc/mounts", encoding: .utf8))
                .contains(pod.harness.directory.path))
        // Of its containers the manager was told, of the sandbox it knows.
        let events = pod.harness.receiver.envelopes.compactMap { envelope in
            (try? envelope.event?.unwrap(TaskEvents.TaskExit.self)) ?? nil
        }
        #expect(events.map(\.containerID).sorted() == ["c1", "c2"])
    }

    // A024
    @Test func aSandboxThatIsShutDownTakesEverythingWithIt() async throws {
        let pod = try await Pod(.apus)
        defer { pod.remove() }
        let shim = try await pod.harness.shimPid()
        try await pod.create(pod.plain)
        let pid = try await pod.call(Methods.startSandbox, .init(sandboxID: pod.id)).pid
        try await pod.addContainer("c1", joining: pid, ["sleep", "1000"])
        _ = try await pod.call(TaskAPIv3.TaskService.pause, .init(id: "c1"))
        _ = try await pod.call(Methods.shutdownSandbox, .init(sandboxID: pod.id))
        #expect(await comesTrue { Process.name(of: shim) == nil })
        #expect(Process.name(of: Int32(pid)) == nil)
        let left = Command.shell("find /sys/fs/cgroup -type d -path '*\(pod.cgroup)/*'")
        #expect(left.stdout == "", "\(left)")
    }

    /// As `ctr sandboxes run` has it: the caller says what the sandbox runs.
    @Test func aSandboxMayRunWhatItsConfigurationSays() async throws {
        let pod = try await Pod(.apus, hasConfig: true)
        defer { pod.remove() }
        try await pod.create()
        await #expect(throws: (any Error).self) { try await pod.create() }
        let pid = try await pod.call(Methods.startSandbox, .init(sandboxID: pod.id)).pid
        #expect(await comesTrue { Process.name(of: Int32(pid)) == "sleep" })
        _ = try await pod.call(Methods.stopSandbox, .init(sandboxID: pod.id))
        let ended = try await pod.call(Methods.waitSandbox, .init(sandboxID: pod.id))
        #expect(ended.exitStatus == 137)
        _ = try await pod.call(Methods.shutdownSandbox, .init(sandboxID: pod.id))
    }

    /// containerd shuts down what it could not create.
    @Test func aSandboxThatCannotBeMadeIsRefusedWithItsReasonAndShutDown() async throws {
        let pod = try await Pod(.apus)
        defer { pod.remove() }
        let shim = try await pod.harness.shimPid()
        do {
            try await pod.create()
            Issue.record("a sandbox was made of nothing")
        } catch let error as RPCError {
            #expect(error.code == .invalidArgument, "\(error)")
            #expect(error.message.contains("neither a config.json"), "\(error)")
        }
        var bad = pod.plain
        bad.linuxConfig?.sysctls = ["net.no.such.name": "1"]
        await #expect(throws: RPCError.self) { try await pod.create(bad) }
        #expect(!FileManager.default.fileExists(atPath: pod.harness.bundle + "/config.json"))
        do {
            _ = try await pod.status()
            Issue.record("there is a sandbox")
        } catch let error as RPCError {
            #expect(error.code == .notFound, "\(error)")
        }
        _ = try await pod.call(Methods.shutdownSandbox, .init(sandboxID: pod.id))
        #expect(await comesTrue { Process.name(of: shim) == nil })
    }

    /// Which namespaces a pod's options make, and where its cgroup is.
    @Test func thePodsOptionsBecomeTheSandboxsConfiguration() async throws {
        let pod = try await Pod(.apus)
        defer { pod.remove() }
        var options = pod.plain
        options.linuxConfig?.sysctls = [:]
        options.linuxConfig?.securityContext = .init(
            namespaceOptions: .init(network: .node, pid: .node, ipc: .pod),
            runAsUser: Int64Value(value: 1234), runAsGroup: Int64Value(value: 5678))
        try await pod.create(options)
        let config = TestBundle.read(pod.harness.bundle + "/config.json")
        let linux = config["linux"] as! [String: Any]
        let kinds = (linux["namespaces"] as! [[String: String]]).compactMap { $0["type"] }
        #expect(kinds.sorted() == ["ipc", "mount"])
        #expect(config["hostname"] == nil)
        #expect(linux["cgroupsPath"] as? String == "/\(pod.cgroup)/pod")
        let notes = config["annotations"] as! [String: String]
        #expect(notes["made.by"] == "test" && notes["io.kubernetes.cri.sandbox-id"] == "pod")
        let pid = try await pod.call(Methods.startSandbox, .init(sandboxID: pod.id)).pid
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        #expect(status.contains("Uid:\t1234\t1234") && status.contains("Gid:\t5678\t5678"))
        #expect(status.contains("CapBnd:\t0000000000000000"))
        let cgroup = try String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8)
        #expect(cgroup.contains("/\(pod.cgroup)/pod"))
        _ = try await pod.call(Methods.shutdownSandbox, .init(sandboxID: pod.id))
    }

    // A025
    @Test(arguments: OCIRuntime.allCases) func aPodGoesOnUnderAnotherShim(
        _ runtime: OCIRuntime
    ) async throws {
        let pod = try await Pod(runtime)
        defer { pod.remove() }
        try await pod.create(pod.plain)
        let started = try await pod.call(Methods.startSandbox, .init(sandboxID: pod.id))
        let script = "echo one; while [ ! -e /go ]; do sleep 0.02; done; echo two; exec sleep 1000"
        for name in ["c1", "c2"] {
            try await pod.addContainer(name, joining: started.pid, ["sh", "-c", script])
            #expect(await comesTrue { pod.output(name) == "one\n" })
        }
        let shim = try await pod.replaceShim()
        let limit = Duration.seconds(60)
        for name in [pod.id, "c1", "c2"] {
            let bundle = pod.harness.directory.file(name)
            _ = try await shim.call(
                ShimAPI.LifeService.adopt, .init(id: name, bundle: bundle), timeout: limit)
        }
        let status = try await shim.call(
            Methods.sandboxStatus, .init(sandboxID: pod.id, verbose: true), timeout: limit)
        #expect(status.state == "SANDBOX_READY" && status.pid == started.pid)
        #expect(status.createdAt == started.createdAt && status.info["containers"] == "c1,c2")
        for name in ["c1", "c2"] {
            let go = pod.harness.directory.file("\(name)/rootfs/go")
            #expect(FileManager.default.createFile(atPath: go, contents: nil))
            #expect(await comesTrue { pod.output(name) == "one\ntwo\n" })
        }
        _ = try await shim.call(Methods.stopSandbox, .init(sandboxID: pod.id), timeout: limit)
        for name in ["c1", "c2"] {
            let ended = try await shim.call(
                TaskAPI.TaskService.wait, .init(id: name), timeout: limit)
            #expect(ended.exitStatus == 137)
        }
        let last = try await shim.call(
            TaskAPI.TaskService.connect, .init(id: pod.id), timeout: limit)
        _ = try await shim.call(Methods.shutdownSandbox, .init(sandboxID: pod.id), timeout: limit)
        #expect(await comesTrue { Process.name(of: Int32(last.shimPid)) == nil })
    }

    /// As containerd does, which calls `delete` for each of a group whose shim is dead.
    @Test(arguments: OCIRuntime.allCases) func aPodWhoseShimIsDeadIsClearedAwayOneByOne(
        _ runtime: OCIRuntime
    ) async throws {
        let pod = try await Pod(runtime)
        defer { pod.remove() }
        try await pod.create(pod.plain)
        let pid = try await pod.call(Methods.startSandbox, .init(sandboxID: pod.id)).pid
        try await pod.addContainer("c1", joining: pid, ["sleep", "1000"])
        let shim = try await pod.harness.shimPid()
        kill(shim, SIGKILL)
        #expect(await comesTrue { Process.name(of: shim) == nil })
        for name in ["c1", pod.id] {
            let cleared = Command.run(
                Programs.shim,
                [
                    "-namespace", "test", "-address", "", "-publish-binary", "", "-id", name,
                    "-bundle", pod.harness.directory.file(name), "delete",
                ], environment: ShimHarness.environment(pod.harness.directory))
            let answer = try TaskAPI.DeleteResponse(serialized: cleared.stdoutBytes)
            #expect(answer.exitStatus == 137, "\(cleared)")
            #expect((Process.name(of: Int32(pid)) == nil) == (name == pod.id))
        }
        let left = Command.shell("find /sys/fs/cgroup -type d -path '*\(pod.cgroup)/*'")
        #expect(left.stdout == "", "\(left)")
    }
}
