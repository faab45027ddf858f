import FuzzTargets
import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

/// What the kernel would answer: a classic BPF machine for the instructions that filters have.
private func judge(
    _ program: [UInt64], _ number: UInt32, architecture: UInt32 = SeccompStub.amd64,
    _ arguments: [UInt64] = []
) -> UInt32 {
    let padding = [UInt64](repeating: 0, count: 6 - arguments.count)
    return FilterMachine.judge(
        program,
        SystemCall(number: number, architecture: architecture, arguments: arguments + padding))
}

private let allowed: UInt32 = 0x7fff_0000
private func refused(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }

/// Numbers of x86-64 (asm/unistd_64.h).
private let read: UInt32 = 0
private let clone: UInt32 = 56
private let mkdir: UInt32 = 83
private let personality: UInt32 = 135
private let setMempolicyHomeNode: UInt32 = 450

private func rule(
    _ names: [String], _ action: Seccomp.Action = .allow, errno: UInt32? = nil,
    _ arguments: [Seccomp.Argument] = []
) -> Seccomp.Rule {
    Seccomp.Rule(names: names, action: action, errnoReturn: errno, arguments: arguments)
}

// A124 A128
@Suite struct SeccompTests {
    @Test func theDefaultActionIsForWhatNoRuleNames() throws {
        let profile = Seccomp(
            defaultAction: .errno, defaultErrnoReturn: 95,
            syscalls: [rule(["read", "set_mempolicy_home_node"])])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, read) == allowed)
        #expect(judge(program, mkdir) == refused(95))
    }

    @Test func everyActionHasItsNumber() throws {
        let actions: [(Seccomp.Action, UInt32)] = [
            (.kill, 0), (.killThread, 0), (.killProcess, 0x8000_0000), (.trap, 0x0003_0000),
            (.errno, refused(7)), (.trace, 0x7ff0_0007), (.log, 0x7ffc_0000),
            (.notify, 0x7fc0_0000),
        ]
        for (action, number) in actions {
            let profile = Seccomp(
                defaultAction: .allow, syscalls: [rule(["mkdir"], action, errno: 7)])
            let program = try SeccompProgram(profile, cacheRoot: nil)
            #expect(judge(program.instructions, mkdir) == number, "\(action)")
            #expect(judge(program.instructions, read) == allowed)
            #expect(program.needsListener == (action == .notify))
        }
    }

    @Test func withoutAnErrnoItIsEPERM() throws {
        let profile = Seccomp(defaultAction: .allow, syscalls: [rule(["mkdir"], .errno)])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, mkdir) == refused(EPERM))
    }

    @Test(arguments: [
        (Seccomp.Argument.Operator.equal, [8]), (.notEqual, [0, 7, 9]), (.less, [0, 7]),
        (.lessOrEqual, [0, 7, 8]), (.greater, [9]), (.greaterOrEqual, [8, 9]),
    ])
    func argumentsAreCompared(by comparison: Seccomp.Argument.Operator, holds: [UInt64]) throws {
        let profile = Seccomp(
            defaultAction: .allow,
            syscalls: [
                rule(["personality"], .errno, [.init(index: 0, value: 8, comparison: comparison)])
            ])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        for value in [0, 7, 8, 9] as [UInt64] {
            let answer = judge(program, personality, [value])
            #expect(answer == (holds.contains(value) ? refused(EPERM) : allowed), "\(value)")
        }
    }

    @Test func aMaskedComparisonHasItsMaskFirst() throws {
        // Docker's rule for clone: no new namespaces.
        let profile = Seccomp(
            defaultAction: .errno,
            syscalls: [
                rule(
                    ["clone"], .allow,
                    [.init(index: 0, value: 0x7e02_0000, valueTwo: 0, comparison: .maskedEqual)])
            ])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, clone, [0x11]) == allowed)
        #expect(judge(program, clone, [0x1000_0011]) == refused(EPERM))
    }

    @Test func twoConditionsOnOneArgumentAreAlternatives() throws {
        let values = [0, 8] as [UInt64]
        let profile = Seccomp(
            defaultAction: .errno,
            syscalls: [
                rule(
                    ["personality"], .allow,
                    values.map { .init(index: 0, value: $0, comparison: .equal) })
            ])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        for value in values { #expect(judge(program, personality, [value]) == allowed) }
        #expect(judge(program, personality, [1]) == refused(EPERM))
    }

    @Test func namesThatNobodyKnowsAreIgnored() throws {
        let profile = Seccomp(
            defaultAction: .errno, syscalls: [rule(["read", "no_such_call", "breakpoint"])])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, read) == allowed)
        // For who wants to know (run.oci.seccomp_fail_unknown_syscall).
        #expect(SeccompCompiler.unknownName(in: profile) == "no_such_call")
        let known = Seccomp(defaultAction: .errno, syscalls: [rule(["read", "breakpoint"])])
        #expect(SeccompCompiler.unknownName(in: known) == nil)
    }

    @Test func aRuleThatDoesWhatTheDefaultDoesIsNone() throws {
        let profile = Seccomp(
            defaultAction: .errno, defaultErrnoReturn: 1, syscalls: [rule(["mkdir"], .errno)])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, mkdir) == refused(EPERM))
    }

    @Test func callsThatAreNewerThanTheProfileDoNotExist() throws {
        let profile = Seccomp(defaultAction: .errno, syscalls: [rule(["read", "personality"])])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, mkdir) == refused(EPERM))
        #expect(judge(program, personality + 1) == refused(ENOSYS))
        #expect(judge(program, setMempolicyHomeNode) == refused(ENOSYS))
        #expect(judge(program, 9999) == refused(ENOSYS))
    }

    @Test(arguments: [Seccomp.Action.allow, .log, .trace])
    func aDefaultThatAllowsLeavesNewCallsAlone(action: Seccomp.Action) throws {
        let profile = Seccomp(defaultAction: action, syscalls: [rule(["mkdir"], .errno)])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        #expect(judge(program, 9999) != refused(ENOSYS))
    }

    // B09
    @Test func anArchitectureThatTheProfileDoesNotNameIsKilled() throws {
        let profile = Seccomp(
            defaultAction: .errno, architectures: [.amd64], syscalls: [rule(["read"])])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        let i386: UInt32 = 0x4000_0003
        #expect(judge(program, 3, architecture: i386) == 0)
        #expect(judge(program, 0x4000_0000 | read) != allowed)
    }

    @Test func everyArchitectureHasItsOwnNumbers() throws {
        let profile = Seccomp(
            defaultAction: .errno, architectures: [.amd64, .x86, .x32],
            syscalls: [rule(["read", "mkdir"])])
        let program = try SeccompProgram(profile, cacheRoot: nil).instructions
        let i386: UInt32 = 0x4000_0003
        #expect(judge(program, 39, architecture: i386) == allowed)
        #expect(judge(program, 38, architecture: i386) == refused(EPERM))
        #expect(judge(program, 40, architecture: i386) == refused(ENOSYS))
        #expect(judge(program, 0x4000_0000 | read) == allowed)
        #expect(judge(program, 0x4000_0000 | mkdir) == allowed)
        #expect(judge(program, 0x4000_0000 | (mkdir - 1)) == refused(EPERM))
        #expect(judge(program, 0x4000_0000 | (mkdir + 1)) == refused(ENOSYS))
        #expect(judge(program, mkdir + 1) == refused(ENOSYS))
    }

    @Test func theStubPassesEveryArchitectureOn() {
        let end: UInt64 = 0x06 | 77 << 32
        let stub = SeccompStub([
            .init(token: 3, last: 10), .init(token: SeccompStub.amd64, last: 20, lastX32: nil),
            .init(token: 5, last: nil), .init(token: 7, last: 30),
        ])
        let program = stub.instructions + [end]
        for (token, last) in [(3, 10), (7, 30), (SeccompStub.amd64, 20)] as [(UInt32, UInt32)] {
            #expect(judge(program, last, architecture: token) == 77)
            #expect(judge(program, last + 1, architecture: token) == refused(ENOSYS))
        }
        #expect(judge(program, 99, architecture: 5) == 77)
        #expect(judge(program, 99, architecture: 9) == 77)
        #expect(judge(program, 0x4000_0000 | 99) == 77)
    }

    @Test func flagsAreTheKernels() {
        #expect(SeccompProgram.Flags([.threadSync], needsListener: false) == [])
        #expect(
            SeccompProgram.Flags([.log, .allowSpeculation], needsListener: false)
                == [.log, .allowSpeculation])
        #expect(SeccompProgram.Flags([.waitKillable], needsListener: false) == [])
        #expect(
            SeccompProgram.Flags([.waitKillable], needsListener: true)
                == [.newListener, .waitKillable])
    }

    // A125
    @Test(.needsRoot) func theKernelObeysTheProgram() async {
        await #expect(processExitsWith: .success) {
            let profile = Seccomp(
                defaultAction: .allow, flags: [.log],
                syscalls: [Seccomp.Rule(names: ["chdir"], action: .errno, errnoReturn: 42)])
            let listener = try SeccompProgram(profile, cacheRoot: nil).install()
            if listener != nil { throw EngineError("install", "answers a listener") }
            do {
                try ProcessControl.changeDirectory("/")
                throw EngineError("install", "chdir still works")
            } catch let error as SystemError {
                guard error.code == 42 else { throw error }
            }
            let status = try KernelFile.read("/proc/thread-self/status")
            guard status.contains("Seccomp:\t2") else { throw EngineError("status", status) }
        }
    }

    // A128
    @Test(.needsRoot) func anAgentGetsTheListenerWithTheState() throws {
        let directory = TemporaryDirectory("agent")
        let path = directory.file("agent.sock")
        let listening = try UnixSocket.listen(path)
        let profile = Seccomp(
            defaultAction: .allow, listenerPath: path, listenerMetadata: "say \"hello\"")
        let state = ContainerState(id: "c1", status: .creating, pid: 17, bundle: "/b")
        let file = try openFile("/dev/null")
        try SeccompListener.deliver(file, for: profile, pid: 17, state: state)
        let agent = try UnixSocket.accept(listening)
        var buffer = [UInt8](repeating: 0, count: 4096)
        let (count, descriptors) = try UnixSocket.receive(into: &buffer, on: agent)
        for descriptor in descriptors { close(descriptor) }
        #expect(descriptors.count == 1)
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"ociVersion":"\#(Spec.version)","fds":["seccompFd"],"pid":17,"metadata":"say \"hello\"","state":{"#
            ), "\(text)")
    }

    @Test func nobodyListeningIsSaidWithThePath() throws {
        let profile = Seccomp(defaultAction: .allow, listenerPath: "/nonexistent/agent.sock")
        let file = try openFile("/dev/null")
        let error = #expect(throws: EngineError.self) {
            try SeccompListener.deliver(
                file, for: profile, pid: 1,
                state: ContainerState(id: "c1", status: .creating, pid: 1, bundle: "/b"))
        }
        #expect(error?.description.contains("/nonexistent/agent.sock") == true)
    }
}
