import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

// A100
@Suite struct RlimitsTests {
    private func limits(of pid: Int32) -> [String] {
        let text = KernelFile.readIfPresent("/proc/\(pid)/limits") ?? ""
        return text.split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }
    }

    @Test func limitsAreThoseOfTheList() throws {
        let child = Child("sleep", ["60"])
        defer { stop(child) }
        try Rlimits.apply(
            [
                Rlimit(.openFiles, soft: 100, hard: 200), Rlimit(.core, soft: 0, hard: 0),
                Rlimit(.stack, soft: 1 << 20, hard: 2 << 20),
                Rlimit(.messageQueue, soft: 1000, hard: 2000),
            ], to: child.pid)
        let lines = limits(of: child.pid)
        #expect(lines.contains("Max open files 100 200 files"))
        #expect(lines.contains("Max core file size 0 0 bytes"))
        #expect(lines.contains("Max stack size 1048576 2097152 bytes"))
        #expect(lines.contains("Max msgqueue size 1000 2000 bytes"))
    }

    @Test func everyKindIsTheKernelsOwn() throws {
        let child = Child("sleep", ["60"])
        defer { stop(child) }
        for kind in Rlimit.Kind.allCases {
            try Rlimits.apply([Rlimit(kind, soft: 0, hard: 0)], to: child.pid)
        }
        let zeros = limits(of: child.pid).filter { $0.contains(" 0 0") }
        #expect(zeros.count == Rlimit.Kind.allCases.count)
    }

    @Test func aHardLimitThatMayNotBeRaisedIsAnErrorThatSaysWhichAndWhy() throws {
        let mayRaise = try CapabilityHoldings.ofThisProcess().permitted
            .isSuperset(of: CapabilityMask([.sysResource]))
        guard !mayRaise else { return }
        let child = Child("sleep", ["60"])
        defer { stop(child) }
        try Rlimits.apply([Rlimit(.openFiles, soft: 100, hard: 100)], to: child.pid)
        let error = try #require(throws: EngineError.self) {
            try Rlimits.apply([Rlimit(.openFiles, soft: 50, hard: 1000)], to: child.pid)
        }
        #expect(error.stage == "set RLIMIT_NOFILE to soft 50 and hard 1000")
        #expect(error.cause.contains("above 100 needs CAP_SYS_RESOURCE"))
        #expect(error.hint.contains("ask for at most 100"))
        #expect(limits(of: child.pid).contains("Max open files 100 100 files"))
    }

    @Test func aSoftLimitAboveTheHardOneIsRefused() {
        let error = #expect(throws: EngineError.self) {
            try Rlimits.apply([Rlimit(.core, soft: 2, hard: 1)])
        }
        #expect(error?.cause == "the soft limit is above the hard one")
    }
}

/// A child that nobody waits for would keep the tests that watch for exits from seeing theirs.
private func stop(_ child: Child) {
    child.send(signal: SIGKILL)
    _ = child.finish()
}
