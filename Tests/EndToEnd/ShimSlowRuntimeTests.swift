import AsyncRPC
import Foundation
import Linux
import RPC
import TestSupport
import Testing
import Wire

/// The shim beside a runtime that takes its time.
@Suite(.needsRoot, .needs("runc"), .needs("busybox"), .serialized)
struct ShimSlowRuntimeTests {
    /// A stranger's end that came while the runtime worked is not a later process's that got its number.
    // A044
    @Test func aNumberThatIsUsedAgainIsNotItsFirstOwners() async throws {
        let scripts = TemporaryDirectory("numbers")
        let used = scripts.file("used")
        // Leaves the shim a process that ends at once, and goes on for long; others try to get its number.
        let runtime = scripts.write(
            "runtime",
            """
            #!/bin/sh
            case "$*" in
            *" create "*" c1") (sh -c 'echo $$ >\(used).new; exit 7' &)
                sleep 0.3; mv \(used).new \(used); sleep 8 ;;
            *" create "*) echo $(($(cat \(used)) - 1)) >/proc/sys/kernel/ns_last_pid ;;
            esac
            exec '\(Programs.runtime)' "$@"

            """, mode: 0o755)
        let harness = try await ShimHarness(["sleep", "1000"], runtime: runtime)
        defer { harness.remove() }
        async let first = harness.create()
        #expect(await comesTrue { FileManager.default.fileExists(atPath: used) })
        let number = try String(contentsOfFile: used, encoding: .utf8).split(separator: "\n")
        let wanted = try #require(number.first.flatMap { UInt32($0) })
        var hit = false
        // Somebody else on the machine may get it.
        for attempt in 0..<40 where !hit {
            let id = "n\(attempt)"
            var bundle = TestBundle(in: harness.directory, id, args: ["sleep", "1000"])
            bundle.edit("linux.cgroupsPath", "/apus-test-\(getpid())-\(id)")
            bundle.save()
            let options = RuncAPI.Options(
                binaryName: runtime, root: harness.directory.file("runtime"))
            let made = try await harness.shim.call(
                TaskAPI.TaskService.create,
                .init(id: id, bundle: bundle.path, options: try AnyMessage(options)),
                timeout: .seconds(60))
            let state = try await harness.shim.call(
                TaskAPI.TaskService.state, .init(id: id), timeout: .seconds(10))
            hit = made.pid == wanted
            #expect(state.status == .created, "\(made.pid), attempt \(attempt)")
            _ = try await harness.shim.call(
                TaskAPI.TaskService.delete, .init(id: id), timeout: .seconds(10))
        }
        #expect(hit, "nobody got number \(wanted) again")
        _ = try await first
        try await harness.delete()
    }

    // A026
    @Test func aDeleteDuringCreateComesAfterIt() async throws {
        let scripts = TemporaryDirectory("slow")
        let slow = scripts.slowRuntime(over: "runc")
        let harness = try await ShimHarness(["sleep", "1000"], runtime: slow)
        defer { harness.remove() }
        async let created = harness.create()
        #expect(
            await comesTrue {
                FileManager.default.fileExists(atPath: harness.bundle + "/shim.json")
            })
        let deleted = try await harness.delete()
        #expect(Int32(deleted.pid) == (try await created))
        await #expect(throws: RPCError.self) { try await harness.state() }
        await #expect(throws: RPCError.self) { try await harness.delete() }
        _ = try await harness.create()
        try await harness.delete()
    }

    // A018
    @Test func aRuntimeThatHasPostedThatAllWentWellIsNotWaitedFor() async throws {
        let scripts = TemporaryDirectory("late")
        defer { scripts.remove() }
        let go = scripts.file("go")
        let late = scripts.write(
            "apus-runtime",
            """
            #!/bin/sh
            '\(Programs.runtime)' "$@"
            status=$?
            case "$*" in *" create "*|*" start "*)
                while [ ! -e '\(go)' ]; do sleep 0.05; done ;;
            esac
            exit $status

            """, mode: 0o755)
        let harness = try await ShimHarness(["sleep", "1000"], runtime: late)
        defer { harness.remove() }
        let pid = try await harness.create()
        try await harness.start()
        #expect(try await harness.state().status == .running)
        #expect(!Process.all(under: scripts.path).isEmpty)
        try await harness.kill(9)
        #expect(try await harness.wait() == 137)
        scripts.write("go", "")
        #expect(Int32(try await harness.delete().pid) == pid)
    }
}
