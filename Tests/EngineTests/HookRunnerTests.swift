import Foundation
import Glibc
import Linux
import OCI
import TestSupport
import Testing

@testable import Engine

@Suite struct HookRunnerTests {
    private let directory = TemporaryDirectory("hooks")
    private let state = Array(#"{"id":"c1","status":"creating"}"#.utf8)

    private func script(_ name: String, _ text: String) -> String {
        directory.write(name, "#!/bin/sh\n" + text, mode: 0o755)
    }

    private func run(
        _ hooks: [Hook], state: [UInt8]? = nil, annotations: [String: String] = [:]
    ) throws {
        try HookRunner.run(
            hooks, at: .createRuntime, state: state ?? self.state, directory: directory.path,
            streams: HookStreams(annotations, bundle: directory.path))
    }

    private func read(_ name: String) -> String {
        (try? String(contentsOfFile: directory.file(name), encoding: .utf8)) ?? ""
    }

    @Test func aHookReadsTheStateAndStandsInTheBundle() throws {
        try run([Hook(path: script("a", "cat > state; pwd > here"))])
        #expect(read("state") == String(decoding: state, as: UTF8.self))
        #expect(read("here") == directory.path + "\n")
    }

    @Test func theyRunInOrderUntilOneFails() throws {
        let hooks = [
            Hook(path: script("a", "echo a >> order")),
            Hook(path: script("b", "echo b >> order; echo first >&2; echo last >&2; exit 3")),
            Hook(path: script("c", "echo c >> order")),
        ]
        let error = #expect(throws: EngineError.self) { try run(hooks) }
        #expect(read("order") == "a\nb\n")
        #expect(error?.stage == "run createRuntime hook #1 \(directory.file("b"))")
        #expect(error?.cause == "it ended with exit code 3: first; last")
    }

    // A23: nothing of the image's or the caller's environment.
    @Test func theEnvironmentIsExactlyTheHooksOwn() throws {
        unsafe setenv("APUS_TEST_LEAK", "1", 1)
        let env = "/usr/bin/env"
        let program = script("a", "exec \(env) > $OUT")
        try run([Hook(path: program, env: ["OUT=" + directory.file("env"), "X=y"])])
        let names = read("env").split(separator: "\n").map { $0.prefix { $0 != "=" } }
        #expect(Set(names).isSubset(of: ["OUT", "X", "PWD", "SHLVL", "_", "OLDPWD"]))
        #expect(names.contains("X"))
        try run([Hook(path: env, args: ["env"], env: nil)])
    }

    @Test func argumentsBeginWithTheProgramsName() throws {
        try run([Hook(path: "/bin/sh", args: ["hello", "-c", "echo $0 $1 > out", "me", "two"])])
        #expect(read("out") == "me two\n")
    }

    // B01
    @Test func noDescriptorBeyondTheThreeStreamsIsInherited() throws {
        let leak = try openFile("/dev/null")
        try leak.inheritOnExec()
        // ls itself, so that no shell's own descriptors are in the way; 3 is how it reads.
        let error = #expect(throws: EngineError.self) {
            try run([
                Hook(path: "/bin/sh", args: ["sh", "-c", "exec ls /proc/self/fd no-such >&2"])
            ])
        }
        #expect(error?.cause.contains("/proc/self/fd:; 0; 1; 2; 3") == true)
        #expect(error?.cause.hasSuffix("; 3") == true)
    }

    @Test func aHookThatDoesNotReadKillsNobody() throws {
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20)
        try run([Hook(path: "/bin/true")], state: large)
        try run([Hook(path: script("a", "exec 0<&-; sleep 0.05"))], state: large)
        try run([Hook(path: script("b", "wc -c > count"))], state: large)
        #expect(read("count").hasPrefix("\(4 << 20)"))
    }

    @Test func aHookThatTalksWithoutEndIsHeardOnlyAtItsLast() throws {
        let noisy =
            "i=0; while [ $i -lt 20000 ]; do echo noise; echo $i >&2; i=$((i+1)); done; exit 1"
        let error = #expect(throws: EngineError.self) { try run([Hook(path: script("a", noisy))]) }
        #expect(error?.cause.hasSuffix("19999") == true)
        #expect((error?.cause.utf8.count ?? 0) < 8192)
    }

    @Test func aTimeoutEndsTheHookAndWhatItStarted() throws {
        let program = script("a", "sleep 300 & echo $! > child; wait")
        let error = #expect(throws: EngineError.self) {
            try run([Hook(path: program, timeoutSeconds: 1)])
        }
        #expect(error?.cause.hasPrefix("it was killed after its timeout of 1 seconds") == true)
        let child = Int32(read("child").dropLast()) ?? 0
        #expect(child > 0)
        #expect(
            eventually {
                let stat = KernelFile.readIfPresent("/proc/\(child)/stat") ?? ""
                return stat.isEmpty || stat.contains(") Z ")
            })
    }

    @Test func aDaemonThatTheHookLeavesBehindHoldsNobodyUp() throws {
        try run([Hook(path: script("a", "sleep 300 & echo $! > child"))])
        let child = Int32(read("child").dropLast()) ?? 0
        #expect(child > 0 && kill(child, SIGKILL) == 0)
    }

    @Test func aDeathBySignalIsSaid() throws {
        let error = #expect(throws: EngineError.self) {
            try run([Hook(path: script("a", "kill -9 $$"))])
        }
        #expect(error?.cause == "it was ended by signal 9")
    }

    // A021
    @Test func annotationsSendWhatHooksSayToFiles() throws {
        let talking = Hook(path: script("a", "echo out; echo err >&2"))
        directory.write("here.out", "before\n")
        let annotations = [
            "run.oci.hooks.stdout": directory.file("here.out"), "run.oci.hooks.stderr": "new.err",
        ]
        try run([talking, talking], annotations: annotations)
        try run([talking], annotations: annotations)
        #expect(read("here.out") == "before\nout\nout\nout\n")
        #expect(read("new.err") == "err\nerr\nerr\n")
        let failing = Hook(path: script("b", "echo why >&2; exit 3"))
        let error = #expect(throws: EngineError.self) {
            try run([failing], annotations: annotations)
        }
        #expect(error?.cause == "it ended with exit code 3")
        #expect(error?.hint == "what it said is in new.err")
        #expect(read("new.err").hasSuffix("why\n"))
        // One of them alone: of the other the runtime hears.
        let half = #expect(throws: EngineError.self) {
            try run([failing], annotations: ["run.oci.hooks.stdout": "here.out"])
        }
        #expect(half?.cause == "it ended with exit code 3: why")
    }

    @Test func aFileThatHooksCannotWriteToIsNamed() throws {
        let made = unsafe mkfifo(directory.file("pipe"), 0o600)
        #expect(made == 0)
        for (file, hint) in [
            ("/no/such/file", "its directory does not exist"),
            (directory.path, "it names a directory, and has to name a file"),
            (directory.file("pipe"), "it is a socket, or a pipe that nobody reads"),
        ] {
            let error = #expect(throws: EngineError.self) {
                try run([], annotations: ["run.oci.hooks.stderr": file])
            }
            #expect(error?.stage == "open the file of annotation run.oci.hooks.stderr")
            #expect(error?.cause.contains(file) == true, "\(error?.cause ?? "")")
            #expect(error?.hint == hint)
        }
        // A hook does not see that the pipe was opened without waiting for its reader.
        let reader = try openFile(directory.file("pipe"), O_RDONLY | O_NONBLOCK)
        let flags = Hook(path: script("f", "grep flags /proc/self/fdinfo/1 >flags"))
        try run([flags], annotations: ["run.oci.hooks.stdout": "pipe"])
        #expect(reader.raw >= 0)
        let number = read("flags").split { " \t\n".contains($0) }.last.flatMap { Int($0, radix: 8) }
        #expect(number.map { Int32($0) & O_NONBLOCK } == 0)
    }

    @Test func whatCannotBeStartedIsSaidWithTheReason() throws {
        let missing = #expect(throws: EngineError.self) { try run([Hook(path: "/no/such/hook")]) }
        #expect(missing?.hint == "there is no such program")
        let plain = directory.write("plain", "text", mode: 0o644)
        let forbidden = #expect(throws: EngineError.self) { try run([Hook(path: plain)]) }
        #expect(forbidden?.code == EACCES)
        let orphan = directory.write("orphan", "#!/no/such/interpreter\n", mode: 0o755)
        let interpreter = #expect(throws: EngineError.self) { try run([Hook(path: orphan)]) }
        #expect(interpreter?.hint == "its interpreter does not exist")
        let relative = #expect(throws: EngineError.self) { try run([Hook(path: "true")]) }
        #expect(relative?.cause == "the path of a hook must be absolute")
    }

    @Test func signalsAreAsForAnyProgram() throws {
        signal(SIGPIPE, SIG_IGN)
        try run([Hook(path: script("a", "grep -E '^Sig(Ign|Blk)' /proc/self/status > signals"))])
        let lines = read("signals").split(separator: "\n")
        // glibc's posix_spawn leaves its two own signals, 32 and 33, ignored.
        let internals: UInt64 = 0x1_8000_0000
        #expect(lines.count == 2)
        for line in lines {
            #expect(UInt64(line.dropFirst(8), radix: 16).map { $0 & ~internals } == 0, "\(line)")
        }
    }
}
