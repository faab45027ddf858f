import ApusClient
import TestSupport
import Testing

/// Programs that embed the toolkit by its client library.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class EmbedderTests {
    private let daemon = Daemon()

    init() { daemon.importBusybox() }

    deinit { daemon.directory.remove() }

    /// README.md shows this program.
    private func embed(_ address: String) async throws -> (text: String, exit: UInt32, left: Int) {
        let apus = try await Apus.connect(to: address)
        var spec = Apus.ContainerSpec(image: "busybox", args: ["sh", "-c", "echo hello; exit 3"])
        spec.memoryLimitBytes = 64 << 20
        spec.autoRemove = true
        let process = try await apus.run(spec)
        var text = ""
        for try await chunk in process.output {
            text += String(decoding: chunk.data, as: UTF8.self)
        }
        let end = try await process.wait()
        return (text, end.exitStatus, try await apus.containers.list(all: true).count)
    }

    // A005
    @Test func fifteenLinesRunAContainer() async throws {
        let (text, exit, _) = try await embed(daemon.socket)
        #expect(text == "hello\n" && exit == 3)
    }

    // A005
    @Test func aFailureSaysWhatWhyAndWhatToTry() async throws {
        let apus = try await Apus.connect(to: daemon.socket)
        let error = await #expect(throws: ApusError.self) {
            _ = try await apus.run(Apus.ContainerSpec(image: "nowhere"))
        }
        #expect(error?.code == .notFound && error?.exitCode == 125)
        #expect(error?.stage.isEmpty == false && error?.hint.isEmpty == false)
        let missing = await #expect(throws: ApusError.self) {
            _ = try await apus.run(Apus.ContainerSpec(image: "busybox", args: ["no-such-program"]))
        }
        #expect(missing?.exitCode == 127)
        #expect(try await apus.containers.list(all: true).isEmpty)
    }

    // A005
    @Test func aProcessCanBeFedAndExecuted() async throws {
        let apus = try await Apus.connect(to: daemon.socket)
        var spec = Apus.ContainerSpec(image: "busybox", args: ["cat"])
        spec.stdinOpen = true
        let process = try await apus.run(spec)
        let exec = try await apus.execute(
            Apus.CreateExecRequest(id: process.id, args: ["id", "-u"]))
        var user: [UInt8] = []
        for try await chunk in exec.output { user += chunk.data }
        #expect(user == Array("0\n".utf8))
        #expect(try await exec.wait().exitStatus == 0)
        try await process.write(Array("through".utf8))
        try await process.closeInput()
        var echo: [UInt8] = []
        for try await chunk in process.output { echo += chunk.data }
        #expect(echo == Array("through".utf8))
        #expect(try await process.wait().exitStatus == 0)
        try await apus.containers.remove(process.id)
    }

    // A005
    @Test func eventsCanBeFollowedFromThePast() async throws {
        let apus = try await Apus.connect(to: daemon.socket)
        let container = try await apus.containers.create(Apus.ContainerSpec(image: "busybox"))
        try await apus.containers.remove(container.id)
        var actions: [String] = []
        for try await event in try await apus.events.subscribe(since: 1, subject: container.id) {
            actions.append(event.action)
            if event.action == "destroy" { break }
        }
        #expect(actions == ["create", "destroy"])
    }

    @Test func noManagerIsSaidAtOnce() async throws {
        let error = await #expect(throws: ApusError.self) {
            _ = try await Apus.connect(to: "/nowhere/apusd.sock")
        }
        #expect(error?.code == .unavailable && "\(error!)".contains("/nowhere/apusd.sock"))
    }
}
