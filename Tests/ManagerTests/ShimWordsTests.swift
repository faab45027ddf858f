import RPC
import Store
import Testing
import Wire

@testable import Manager

/// What shims and runtimes say, and what the manager makes of it.
@Suite struct ShimWordsTests {
    private let shim = ShimProgram(
        path: "/x/apus-shim", managerAddress: "/run/a.sock", managerProgram: "/x/apusd",
        socketDirectory: "/run/s")

    @Test(arguments: [
        "/run/s/1", "unix:///run/s/1", "  unix:///run/s/1\n",
        #"{"version":2,"address":"unix:///run/s/1","protocol":"ttrpc"}"#,
    ])
    func addressesComeInSeveralForms(text: String) throws {
        #expect(try shim.address(text) == "/run/s/1")
    }

    @Test(arguments: [
        "", "relative", "{", #"{"address":"unix:///x","protocol":"grpc"}"#, "vsock://1:2",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: Failure.self) { try shim.address(text) }
    }

    // A058
    @Test(
        arguments: [
            (
                "OCI runtime create failed: runc create failed: unable to start container process: "
                    + "exec: \"nope\": executable file not found in $PATH: unknown",
                "exec: \"nope\": executable file not found in $PATH", 127
            ),
            (
                "runc create failed: unable to start container process: exec: \"/x\": stat /x: "
                    + "no such file or directory: unknown",
                "exec: \"/x\": stat /x: no such file or directory", 127
            ),
            (
                "exec: \"/etc/passwd\": permission denied",
                "exec: \"/etc/passwd\": permission denied",
                126
            ),
            ("mount /a to /b: permission denied", "mount /a to /b: permission denied", 125),
            ("", "the runtime failed and said nothing", 125),
        ] as [(String, String, Int32)])
    func foreignSentencesAreTrimmed(sentence: String, cause: String, code: Int32) {
        let complaint = RuntimeComplaint(RPCError(code: .unknown, message: sentence))
        #expect(complaint.cause == cause)
        #expect(complaint.exitCode == code)
    }

    @Test func aStructureIsPreferredToItsSentence() throws {
        let problem = RuntimeAPI.Problem(
            stage: "mount proc on /proc", cause: "operation not permitted", errorNumber: 1,
            hint: "try this", message: "mount proc on /proc: operation not permitted (try this)")
        let complaint = RuntimeComplaint(
            RPCError(code: .unknown, message: "other", details: [try AnyMessage(problem)]))
        #expect(complaint.cause == "mount proc on /proc: operation not permitted")
        #expect(complaint.hint == "try this")
        #expect(complaint.exitCode == 125)
    }

    @Test func exitRecordsAreRead() throws {
        let text =
            #"{"id":"x","pid":7,"exit_status":137,"exited_at":"2026-11-21T08:00:00.5Z","oom":true}"#
        let record = try #require(ExitRecord(json: Array(text.utf8)))
        #expect(record.pid == 7)
        #expect(record.exit.status == 137)
        #expect(record.exit.oomKilled)
        #expect(record.at.nanoseconds == 500_000_000)
        #expect(ExitRecord(json: Array("{}".utf8)) == nil)
        #expect(ExitRecord(json: Array("{\"exit_st".utf8)) == nil)
    }

    // A028
    @Test(
        arguments: [
            ("apus-shim version 0.1.0\ncommit: abc\nbuilt: now\n", "0.1.0", "abc"),
            (
                "runc version 1.1.5+ds1\ncommit: 1.1.5\nspec: 1.0.2\ngo: go1.19\n", "1.1.5+ds1",
                "1.1.5"
            ),
            (
                "containerd-shim:\n  Version:  1.6.20\n  Revision: deb\n  Go version: 1\n",
                "1.6.20", "deb"
            ),
            ("nothing\n", "", ""),
        ] as [(String, String, String)])
    func versionsAreReadFromWhatProgramsPrint(text: String, version: String, commit: String) {
        let parsed = ComponentVersions.parse(text)
        #expect(parsed.version == version)
        #expect(parsed.commit == commit)
    }

    @Test func failuresTravelWithTheirParts() throws {
        let failure = Failure(
            .notFound, "start container", "we\0b", "it is gone", hint: "look", exitCode: 127)
        let error = failure.rpcError
        #expect(error.code == .notFound)
        #expect(error.message == "start container we\u{FFFD}b: it is gone (look)")
        let detail = try #require(error.detail(Apus.Failure.self))
        #expect(detail.stage == "start container")
        #expect(detail.cause == "it is gone")
        #expect(detail.hint == "look")
        #expect(detail.exitCode == 127)
    }
}
