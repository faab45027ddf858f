internal import CLinux
internal import Glibc
internal import Linux
internal import OCI

/// A new terminal's two ends find their owners.
enum ConsoleHandover {
    /// The master goes to whoever listens on the console socket, with the terminal's name as the
    /// bytes beside it. The peer becomes the process's controlling terminal and standard streams.
    static func give(
        _ terminal: borrowing Terminal, to socket: HeldDescriptor?, size: ConsoleSize?
    ) throws(EngineError) {
        guard let socket else {
            throw EngineError(
                "make the terminal", "process.terminal is true, but nobody takes the terminal",
                hint: "use --console-socket, or run in the foreground")
        }
        try attempt("hand over the terminal") { () throws(SystemError) in
            if let size {
                try Terminal.resize(
                    terminal.master, rows: size.height, columns: size.width)
            }
            let name = Array("/dev/pts/\(terminal.number)".utf8)
            _ = try UnixSocket.send(
                name[...], descriptors: [terminal.master.raw], on: socket.descriptor)
            try Terminal.control(terminal.peer)
            for stream in 0..<3 as Range<Int32> { try terminal.peer.replace(stream) }
        }
    }

    /// Sends one descriptor to whoever listens at a path.
    static func send(_ descriptor: Int32, named name: String, to path: String) throws(EngineError) {
        let socket = try connect(path)
        try attempt("send to the socket \(path)") { () throws(SystemError) in
            _ = try UnixSocket.send(
                Array(name.utf8)[...], descriptors: [descriptor], on: socket)
        }
    }

    /// Connects to a console or pidfd socket of the caller's.
    static func connect(_ path: String) throws(EngineError) -> OwnedDescriptor {
        try attempt(
            "connect to the socket \(path)", hint: "somebody has to listen there before"
        ) { () throws(SystemError) in
            try UnixSocket.connect(path)
        }
    }
}
