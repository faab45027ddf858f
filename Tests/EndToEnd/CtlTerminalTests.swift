import Foundation
import TestSupport
import Testing

/// apusctl at a real terminal.
@Suite(.needsRoot, .needsOverlay, .needs("umoci"), .needs("busybox"), .serialized)
final class CtlTerminalTests {
    private let daemon = Daemon()

    init() { daemon.importBusybox() }

    deinit { daemon.directory.remove() }

    private func start(_ words: String...) -> TerminalChild {
        TerminalChild(
            Programs.ctl, ["--address", daemon.socket] + words, columns: 91, rows: 37)
    }

    // A052
    @Test func theProgramHasATerminalOfTheSameSize() {
        let client = start("run", "--rm", "-it", "busybox", "sh", "-c", "tty; read go; stty size")
        #expect(client.shows("/dev/pts/0"), "\(client)")
        client.type("\r")
        #expect(client.shows("37 91"), "\(client)")
        #expect(client.finish() == 0)
    }

    // A052
    @Test func aNewSizeReachesTheProgram() {
        let client = start(
            "run", "--rm", "-it", "busybox", "sh", "-c",
            "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done")
        #expect(client.shows("ready"), "\(client)")
        client.resize(columns: 120, rows: 50)
        #expect(client.shows("50 120"), "\(client)")
        client.type("\u{3}")
        #expect(client.finish() == 130)
    }

    // A063
    @Test func aShellByExecWorksAsAtATerminal() {
        #expect(daemon.ctl("run", "-d", "--name", "box", "busybox", "sleep", "1000").status == 0)
        let client = start("exec", "-it", "box", "sh")
        client.type("echo $((6*7)); hostname\r")
        #expect(client.shows("42"), "\(client)")
        client.type("exit 5\r")
        #expect(client.finish() == 5)
        #expect(daemon.ctl("exec", "box", "true").status == 0)
    }

    // A046
    @Test func theDetachKeysLeaveItRunning() {
        let client = start("run", "-it", "--name", "kept", "busybox", "sh")
        client.type("echo $((6*7))\r")
        #expect(client.shows("42"), "\(client)")
        client.type("\u{10}\u{11}")
        #expect(client.finish() == 0)
        #expect(client.text.contains("kept"))
        #expect(daemon.ctl("ps").stdout.contains("kept"))
        let again = start("attach", "kept")
        again.type("\r")
        #expect(again.shows("#"), "\(again)")
        again.type("exit 3\r")
        #expect(again.finish() == 3)
    }

    // A046
    @Test func otherKeysCanBeChosenToDetach() {
        let client = start(
            "run", "-it", "--detach-keys", "ctrl-a,x", "--name", "kept", "busybox", "cat")
        client.type("\u{10}\u{11}hello\r")
        #expect(client.shows("hello"), "\(client)")
        client.type("\u{1}x")
        #expect(client.finish() == 0)
        #expect(daemon.ctl("ps").stdout.contains("kept"))
    }

    @Test func theTerminalIsAsBeforeOnEveryWayOut() {
        for way in ["exit", "detach", "signal", "failure"] {
            let words = way == "failure" ? ["busybox", "no-such-program"] : ["busybox", "sh"]
            let client = TerminalChild(
                Programs.ctl, ["--address", daemon.socket, "run", "-it", "--name", way] + words)
            let before = client.modes
            if way != "failure" {
                client.type("echo $((6*7))\r")
                #expect(client.shows("42"), "\(client)")
                #expect(client.modes != before)
            }
            switch way {
            case "exit": client.type("exit\r")
            case "detach": client.type("\u{10}\u{11}")
            case "signal": client.send(signal: SIGTERM)
            default: break
            }
            _ = client.finish()
            #expect(client.modes == before, "\(way)")
        }
        // A signal is for the client, which leaves the container alone.
        #expect(daemon.ctl("ps").stdout.contains("signal"))
    }

    @Test func withoutATerminalAtStdinTheyAreNotMixedUp() {
        let output = daemon.ctl("run", "--rm", "-t", "busybox", "sh", "-c", "tty; echo err >&2")
        #expect(output.status == 0)
        #expect(output.stdout == "/dev/pts/0\r\nerr\r\n" && output.stderr == "")
    }
}
