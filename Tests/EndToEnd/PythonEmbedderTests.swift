import TestSupport
import Testing

/// Programs in other languages, which have nothing but spec/.
@Suite(
    .needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .needs("protoc"),
    .needs("python3"))
struct PythonEmbedderTests {
    private let daemon = Daemon()
    private let messages: String

    init() {
        daemon.importBusybox()
        messages = daemon.directory.directory("messages")
        let made = Command.shell(
            """
            cd '\(Programs.repository)/spec/proto'
            protoc -I . --python_out='\(messages)' apus/*.proto ttrpc/*.proto google/rpc/*.proto
            """)
        precondition(made.status == 0, "\(made)")
    }

    private func embed(_ arguments: String...) -> Output {
        Command.run(
            "/usr/bin/python3",
            [Programs.repository + "/Tests/EndToEnd/embedder.py", daemon.socket] + arguments,
            environment: ["PYTHONPATH": messages, "PATH": "/usr/bin:/bin"])
    }

    // A004 A014
    @Test func theProtoFilesAreEnoughToRunAContainer() {
        let ran = embed("busybox", "sh", "-c", "exit 7")
        #expect(ran.status == 7, "\(ran)")
        #expect(ran.stdout.contains("image docker.io/library/busybox:latest\n"))
        #expect(ran.stdout.contains("STOPPED\n"))
        #expect(daemon.ctl("ps", "-aq").stdout == "")
    }

    // A014
    @Test func anErrorReachesTheEmbedderInWords() {
        let ran = embed("no-such-image", "true")
        #expect(ran.status != 0 && ran.stderr.contains("no-such-image"), "\(ran)")
    }
}
