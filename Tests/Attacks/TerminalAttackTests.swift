import Foundation
import TestSupport
import Testing

/// Terminals: the container's own, and its caller's.
@Suite(.needsRoot, .attacksOurs) struct TerminalAttackTests {
    @Test(arguments: attacks.chosen) func isWithstood(_ attack: Attack) throws {
        try attack.mustFail()
    }

    static let attacks: [Attack] = [
        // CVE-2025-52565
        Attack(
            "A26", "the image's /dev/pts and /dev/console are prepared for the console's bind",
            gain: "a file of the host's, writable, as the container's console", ours: .either
        ) { arena in
            for prepared in ["console", "pts", "ptmx", "pts-files"] {
                let devices = arena.directory.directory("devices-\(prepared)")
                let target = "/proc/sys/kernel/domainname"
                let script =
                    switch prepared {
                    case "console": "ln -s \(target) console; mkdir pts; ln -s pts/ptmx ptmx"
                    case "ptmx": "ln -s \(target) ptmx; mkdir pts"
                    case "pts":
                        "mkdir fake && ln -s fake pts && ln -s \(target) fake/0; ln -s pts/ptmx ptmx"
                    default:
                        "mkdir pts && ln -s \(target) pts/0 && ln -s \(target) pts/1; ln -s pts/ptmx ptmx"
                    }
                _ = Command.shell("cd '\(devices)' && \(script)")
                let (test, socket) = try consoled(
                    arena, devices, hasTerminals: prepared != "pts-files")
                judgeConsole(arena, test, socket)
            }
        },
        Attack(
            "A26", "the same, exchanged by a second container meanwhile",
            gain: "a file of the host's, writable, as the container's console", ours: .either,
            isRace: true
        ) { arena in
            let devices = arena.directory.directory("devices")
            _ = Command.shell(
                "cd '\(devices)' && mkdir pts fake && ln -s /proc/sys/kernel/domainname fake/0 && "
                    + "ln -s pts/ptmx ptmx && "
                    + ": >console && ln -s /proc/sys/kernel/domainname evil")
            try arena.unleash("swap", devices + "/pts", devices + "/fake", until: "swapping")
            try arena.unleash("swap", devices + "/console", devices + "/evil", until: "swapping")
            let (test, socket) = try consoled(arena, devices, hasTerminals: true)
            arena.race { _ in judgeConsole(arena, test, socket) }
        },
        Attack(
            "B08", "the terminal of whoever called the runtime",
            gain: "commands typed into the caller's shell"
        ) { arena in
            for verb in ["run", "exec"] {
                let test = arena.script("/adversary push 'echo apus-attack'")
                arena.arm(test)
                test.bundle.save()
                var call = test.words("run -b '\(test.bundle.path)' c")
                if verb == "exec" {
                    test.bundle.edit("process.args", ["sleep", "1000"])
                    guard arena.begin(test) else { return }
                    call = test.words("exec c sh -c 'echo begun; /adversary push x'")
                }
                let said = test.file("said")
                // A terminal of its own for the caller, and a session that it controls.
                let output = Command.run(
                    "script", ["-qec", "\(call) >'\(said)' 2>&1; true", "/dev/null"], limit: 20)
                let text = (try? String(contentsOfFile: said, encoding: .utf8)) ?? "\(output)"
                arena.note(
                    Output(status: text.contains("begun") ? 0 : 1, stdoutBytes: Array(text.utf8)))
                arena.expect(
                    !text.contains("pushed") && !text.contains("has the terminal"),
                    orGains: "\(verb): \(text)")
            }
        },
    ]

    /// A container with a terminal and a /dev of a volume, and who takes its terminal.
    private static func consoled(
        _ arena: Arena, _ devices: String, hasTerminals: Bool
    ) throws -> (RuntimeCase, socket: String) {
        let socket = arena.directory.file("console-\(UInt32.random(in: 0 ... .max))")
        try arena.unleash("listen", socket, until: "listening")
        let test = arena.container(["sleep", "1000"])
        test.bundle.edit("process.terminal", true)
        test.unmount { $0.hasPrefix("/dev") }
        test.mount("/dev", type: "bind", source: devices, options: ["rbind"])
        if hasTerminals {
            test.mount(
                "/dev/pts", type: "devpts", source: "devpts",
                options: ["newinstance", "ptmxmode=0666"])
        }
        return (test, socket)
    }

    /// What is at /dev/console must be a terminal, and nothing else.
    private static func judgeConsole(_ arena: Arena, _ test: RuntimeCase, _ socket: String) {
        let made = test.create("c", "--console-socket", socket)
        defer { test.end() }
        guard made.status == 0 else { return arena.refuse(made) }
        arena.succeed()
        let path = "/proc/\(test.pid())/mountinfo"
        let mounts = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        for line in mounts.split(separator: "\n") {
            if line.contains(" /dev/console ") {
                arena.expect(line.contains(" - devpts "), orGains: "the console is \(line)")
            }
            arena.expect(!line.contains("domainname"), orGains: "a switch is mounted: \(line)")
        }
    }
}
