import Foundation
import TestSupport
import Testing

/// The runtime's own program file, which a container's first process is until it becomes another.
@Suite(.needsRoot, .attacksOurs) struct ProgramFileAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // A019; CVE-2019-5736. The file becomes writable the moment that nobody executes it.
        Attack(
            "A10", "the image's program is /proc/self/exe, and writes to what it finds there",
            gain: "the runtime's program on the host, run by root the next time"
        ) { arena in
            let attack = try ProgramFileAttack(arena)
            guard attack.begin() else { return }
            let why = attack.write()
            arena.succeed()
            arena.expect(
                attack.isIntact, orGains: "the runtime's program was written to (\(why))")
            if arena.program.isOurs {
                arena.expect(
                    why.contains("Read-only file system"), orGains: "another refusal: \(why)")
            }
        },
        Attack(
            "A11", "the page cache that a protected copy shares with the file",
            gain: "the runtime's program, by a kernel with CVE-2022-0847"
        ) { _ in
            let release =
                (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))
            let numbers = (release ?? "").split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
            let isFixed =
                numbers.first ?? 0 > 5 || (numbers.first == 5 && (numbers.last ?? 0) >= 17)
            throw NotHere(
                isFixed ? "this kernel has the fix" : "a kernel without the fix is lost anyhow")
        },
    ]
}

/// A copy of the runtime, a container whose program is that copy, and another process of the
/// container's that waits for its chance to write to the file.
private final class ProgramFileAttack {
    private let arena: Arena
    private let test: RuntimeCase
    private let victim: String
    private let before: String
    private var pid = 0

    init(_ arena: Arena) throws {
        self.arena = arena
        test = arena.container(["/evil", "--log", "/pipe", "list"])
        victim = arena.directory.file("victim")
        try FileManager.default.copyItem(atPath: arena.program.path, toPath: victim)
        before = Command.run("sha256sum", [victim]).stdout
        // The kernel makes the runtime the interpreter; opening the pipe as its log, it waits.
        try Data("#!/proc/self/exe --root\n".utf8).write(
            to: URL(fileURLWithPath: test.rootfs + "/evil"))
        unsafe chmod(test.rootfs + "/evil", 0o755)
        unsafe mkfifo(test.rootfs + "/pipe", 0o600)
        test.bundle.namespace("pid", nil)
        test.bundle.edit("root.readonly", false)
        let all = ["CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SYS_PTRACE"]
        test.bundle.edit(
            "process.capabilities", ["bounding": all, "effective": all, "permitted": all])
        test.bundle.save()
    }

    var isIntact: Bool { Command.run("sha256sum", [victim]).stdout == before }

    private func call(_ words: String) -> Output {
        let call = test.words("").replacingOccurrences(
            of: "'\(arena.program.path)'", with: "'\(victim)'")
        return Command.shell("\(call) \(words) </dev/null", limit: 20)
    }

    /// False where the runtime cannot be made to run in the container.
    func begin() -> Bool {
        let made = call("create -b '\(test.bundle.path)' v >'\(test.file("said"))' 2>&1")
        guard made.status == 0 else {
            arena.refuse(made)
            return false
        }
        let state = call("state v").stdoutBytes
        let object = try? JSONSerialization.jsonObject(with: Data(state)) as? [String: Any]
        pid = object?["pid"] as? Int ?? 0
        let started = call("start v")
        let isRuntime = eventually(limit: 5) {
            let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
            return line?.hasPrefix("/proc/self/exe") == true
        }
        guard !isRuntime else { return true }
        // One that needs a loader and libraries finds none in this image.
        started.status == 0 ? arena.succeed() : arena.refuse(started)
        return false
    }

    /// What the shell in the container said when it wrote.
    func write() -> String {
        let attack =
            "exec 3</proc/\(pid)/exe; kill -9 \(pid); while [ -d /proc/\(pid)/fd/0 ]; do :; done; "
            + "i=0; while [ $i -lt 50 ]; do (echo x >>/proc/self/fd/3) 2>/why && break; "
            + "grep -q busy /why || break; usleep 20000; i=$((i+1)); done; echo done >/done"
        _ = call("exec -d v sh -c '\(attack)' >/dev/null 2>&1")
        _ = eventually(limit: 20) {
            FileManager.default.fileExists(atPath: test.rootfs + "/done")
        }
        return (try? String(contentsOfFile: test.rootfs + "/why", encoding: .utf8)) ?? "no word"
    }

    deinit { _ = call("delete -f v") }
}
