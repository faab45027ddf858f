internal import ApusClient
internal import Glibc

/// What this program does when a session is over.
enum SessionEnd {
    /// Answers what to exit with; a signal that was meant for this program ends it here.
    static func status(_ end: Session.End, name: String) -> Int32 {
        switch end {
        case .exited(let response):
            if response.oomKilled {
                Console.complain("\(name) ran out of memory: raise its limit with --memory")
            }
            return Int32(response.exitStatus)
        case .detached:
            Console.complain(
                "detached from \(name), which runs on: 'apusctl attach \(name)' returns")
            return 0
        case .terminated(let signal, _):
            UserTerminal.restore()
            Signals.die(of: signal)
        }
    }
}

/// What may be asked of this program's terminal.
enum TerminalUse {
    /// Who wants keys typed into a container's terminal needs one to type at.
    static func check(_ wanted: Bool) throws(Complaint) {
        guard wanted && !UserTerminal.isTerminal(STDIN_FILENO) else { return }
        throw Complaint(
            "stdin is not a terminal", hint: "leave out -t to feed a file or a pipe with -i")
    }
}
