import Foundation
import Linux
import TestSupport
import Testing

/// One system call of the runtime, or of the process that becomes the container's, answers an error
/// that it did not expect. The runtime then says so and takes back what it has begun, or does all
/// that it was asked for; what it says is true.
@Suite(.needsRoot, .needsFaultInjection) struct RuntimeFaultTests {
    private static let faults = [ENOMEM, ENOSPC, EIO, EINTR]
    private static let stories = KillStory.all.filter {
        !["pause", "resume", "kill"].contains($0.verb)
    }

    // A042 A067
    @Test(arguments: KillWorld.Kind.allCases)
    func aCallThatFailsLeavesNothingHalf(kind: KillWorld.Kind) throws {
        try KillStory.forEach(of: kind, in: Self.stories) { story, world in
            world.prepare(story)
            let whole = world.traced(story, nil)
            story.expectEnd(of: whole)
            let portrait = world.portraitOfStarted(story)
            try #require(world.deleteByForce().status == 0)
            let faults =
                KillSample.stride > 0 ? Self.faults : [try #require(Self.faults.randomElement())]
            for call in KillSample.calls(of: whole.calls.count, most: 5) {
                for fault in faults where Self.mayFail(whole.calls[call]) {
                    let target = TracedRun.Target(process: story.process, call: call, .fail(fault))
                    judge(story, target, in: world, portrait, of: whole.calls.count)
                }
            }
        }
    }

    private func judge(
        _ story: KillStory, _ target: TracedRun.Target, in world: KillWorld, _ portrait: [String],
        of count: Int
    ) {
        world.prepare(story)
        let outcome = world.traced(story, target)
        let call = outcome.calls.last ?? -1
        guard Self.mayFail(call) else {
            // No two runs make quite the same calls: at that number one came that cannot fail.
            #expect(world.deleteByForce().status == 0)
            return
        }
        let place: Comment =
            """
            \(story): \(target) of \(count), \(SystemCallNames.name(call)): \(outcome.output)
            """
        #expect(!outcome.hasTimedOut, place)
        // Swift has no allocation that can fail, and begins with what must not fail: the process ends
        // on the spot, and what it has begun is found by its record.
        // A program that executes itself again begins twice; Swift's beginning says what it lacks.
        let mayEnd =
            Self.isOfMemory(call) || target.call < Self.callsOfStart
            || outcome.output.stdout.contains("Unable to obtain Swift runtime path")
        let crashes = outcome.deaths.values.filter { $0 != SIGKILL }
        if crashes.isEmpty || !mayEnd {
            #expect(crashes.isEmpty, place)
            if (outcome.output.status == 0) != story.isRefused {
                world.expectSuccess(story, portrait, place)
            } else {
                #expect(!outcome.output.stdout.isEmpty, place)
                world.expectFailure(story, outcome, place)
            }
        }
        let deleted = world.deleteByForce()
        #expect(deleted.status == 0, "\(place): \(deleted)")
        #expect(world.residue(of: outcome) == [], place)
    }

    /// Not those that only tell, or that no kernel lets fail; close(2) has closed even when it fails.
    private static func mayFail(_ call: Int) -> Bool {
        ![
            "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "umask",
            "exit", "exit_group", "rt_sigreturn", "arch_prctl", "set_tid_address",
            "set_robust_list", "rseq", "sched_yield", "rt_sigaction", "rt_sigprocmask", "close",
            // So few bytes there always are (getrandom(2)).
            "getrandom",
        ].contains(SystemCallNames.name(call))
    }

    /// What C and Swift do before the program's first line; it ends with a write and its end.
    private static let callsOfStart: Int =
        TracedRun.run(Programs.runtime, ["--version"]).calls.count - 2

    private static func isOfMemory(_ call: Int) -> Bool {
        ["mmap", "brk", "mremap", "mprotect", "munmap", "madvise"]
            .contains(SystemCallNames.name(call))
    }
}

extension KillWorld {
    /// Of the victim once it runs; nothing of one that a story deletes.
    func portraitOfStarted(_ story: KillStory) -> [String] {
        guard story.verb != "delete" || story.isRefused else { return [] }
        if story.verb == "create" { test.runtime("start", Self.victim) }
        let pid = test.pid(Self.victim)
        let hasBegun = eventually(limit: 5) {
            let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
            return line?.hasPrefix("sleep") == true
        }
        return portrait() + [hasBegun ? "" : "its program has not begun"]
    }

    func expectSuccess(_ story: KillStory, _ expected: [String], _ place: Comment) {
        if story.verb == "delete", !story.isRefused {
            #expect(residue(of: TracedRun.Outcome()) == [], place)
            return
        }
        let seen = portraitOfStarted(story)
        let differences =
            Set(expected).subtracting(seen).map { "- \($0)" }
            + Set(seen).subtracting(expected).map { "+ \($0)" }
        #expect(differences.sorted() == [], place)
        #expect(seen.count == expected.count, place)
        if story.verb == "exec" { #expect(population == 2, place) }
    }

    func expectFailure(_ story: KillStory, _ outcome: TracedRun.Outcome, _ place: Comment) {
        switch story.verb {
        case "create", "run": #expect(residue(of: outcome) == [], place)
        case "exec", "update":
            #expect(test.status(Self.victim) == "running", place)
            #expect(eventually(limit: 5) { population == 1 }, place)
        case "delete" where story.isRefused:
            Issue.record("a running container was deleted: \(place)")
        case "delete" where story.options.isEmpty:
            // It is still there, or gone; and what is still there can be deleted as before.
            guard let status = test.status(Self.victim) else { break }
            #expect(["created", "stopped"].contains(status), place)
            let again = test.runtime("delete", Self.victim)
            #expect(again.status == 0, "\(place), then: \(again)")
            #expect(residue(of: outcome) == [], place)
        default: break
        }
    }

    /// How many processes the victim has.
    private var population: Int {
        let listed = test.runtime("ps", "--format", "json", Self.victim).stdout
        let pids = try? JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [Int]
        return pids?.count ?? 0
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs ptrace(2)'s PTRACE_SET_SYSCALL_INFO.
    static var needsFaultInjection: Self {
        .enabled("needs PTRACE_SET_SYSCALL_INFO, which is new in Linux 6.16") {
            let version = Command.run("uname", ["-r"]).stdout
            let numbers = version.split { $0 == "." || $0 == "-" }.prefix(2).compactMap { Int($0) }
            return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 16)
        }
    }
}
