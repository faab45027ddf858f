import AsyncRPC
import Foundation
import Linux
import TestSupport
import Testing
import Wire

/// `start` of the shim, and what it answers to each containerd.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimStartTests {
    // A024
    @Test func startAnswersAnAddressAndLeavesADaemon() async throws {
        let harness = try await ShimHarness(["sleep", "1000"])
        defer { harness.remove() }
        #expect(harness.started.status == 0)
        #expect(harness.started.stderr == "")
        #expect(harness.started.stdout.hasPrefix("unix://" + harness.directory.file("s") + "/"))
        let recorded = try String(contentsOfFile: harness.bundle + "/address", encoding: .utf8)
        #expect(recorded == harness.started.stdout)
        #expect(try FileStatus(path: harness.socket).mode == 0o600)
        #expect(try FileStatus(path: harness.directory.file("s")).mode == 0o700)
        let pid = try await harness.shimPid()
        #expect(Process.parent(of: pid) == 1)
        #expect(getsid(pid) != getsid(0))
        for stream in 0...2 {
            let target = try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(pid)/fd/\(stream)")
            #expect(target == "/dev/null")
        }
    }

    @Test func aSecondStartJoinsALivingShimAndReplacesADeadSocket() async throws {
        let harness = try await ShimHarness(["true"])
        defer { harness.remove() }
        let again = ShimHarness.start(
            id: harness.id, bundle: harness.bundle, directory: harness.directory)
        #expect(again.stdout == harness.started.stdout)
        let first = try await harness.shimPid()
        Foundation.kill(first, SIGKILL)
        // Its name goes before its socket is closed.
        #expect(await comesTrue { ProcessStatus(pid: first)?.hasEnded != false })
        let third = ShimHarness.start(
            id: harness.id, bundle: harness.bundle, directory: harness.directory)
        #expect(third.stdout == harness.started.stdout)
        let client = try await RPCClient.connect(to: harness.socket)
        let answer = try await client.call(
            TaskAPI.TaskService.connect, .init(id: harness.id), timeout: .seconds(10))
        #expect(answer.shimPid != UInt32(first))
    }

    @Test func containersOfOneGroupShareAShim() async throws {
        let harness = try await ShimHarness(["true"]) {
            $0.edit("annotations", ["io.kubernetes.cri.sandbox-id": "pod"])
        }
        defer { harness.remove() }
        var second = TestBundle(in: harness.directory, "c2", args: ["true"])
        second.edit("annotations", ["io.containerd.runc.v2.group": "pod"])
        second.save()
        let joined = ShimHarness.start(
            id: "c2", bundle: second.path, directory: harness.directory)
        #expect(joined.stdout == harness.started.stdout)
    }

    /// What containerd sends and reads, by version.
    @Test func everyContainerdGetsTheAnswerThatItUnderstands() async throws {
        let harness = try await ShimHarness(["true"])
        defer { harness.remove() }
        let directory = harness.directory
        func start(_ id: String, _ input: [UInt8]) throws -> Output {
            let bundle = TestBundle(in: directory, id, args: ["true"])
            return Command.run(
                Programs.shim,
                [
                    "-namespace", "test", "-address", "/x", "-publish-binary", "/b", "-id", id,
                    "start",
                ],
                environment: ShimHarness.environment(directory), directory: bundle.path,
                input: input)
        }
        // 1.6 to 2.2: nothing, or options.
        let options = try AnyMessage(RuncAPI.Options(binaryName: "runc"))
        for (id, input) in [("b1", []), ("b2", try options.serialized())] as [(String, [UInt8])] {
            let output = try start(id, input)
            #expect(output.stdout.hasPrefix("unix://" + directory.file("s/")))
            #expect(output.stderr == "" && output.status == 0)
        }
        // 2.3: parameters that name this shim.
        var params = BootstrapAPI.BootstrapParams(
            instanceID: "b3", namespace: "test", extensions: [.init(value: options)])
        params.socketDir = directory.directory("other")
        let third = try start("b3", try params.serialized())
        let result = try BootstrapAPI.BootstrapResult(serialized: third.stdoutBytes)
        #expect(result.version == 3 && result.protocol == "ttrpc")
        #expect(result.address.hasPrefix("unix://" + directory.file("other/")))
        let address = try String(
            contentsOfFile: directory.file("b3/address"), encoding: .utf8)
        #expect(address == result.address)
        // Parameters of another one are options of a type that we do not know.
        params.instanceID = "b5"
        let fourth = try start("b4", try params.serialized())
        #expect(fourth.stdout.hasPrefix("unix://" + directory.file("s/")))
    }
}
