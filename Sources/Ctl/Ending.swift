internal import ApusClient
internal import ArgumentParser
internal import Glibc
internal import Linux

/// Turns what went wrong into what people read and what this program exits with.
enum Ending {
    /// Help and versions go to stdout; a wrong command line is one line on stderr.
    static func ofParsing(_ error: any Error, _ words: [String]) -> Int32 {
        guard Apusctl.exitCode(for: error) != .success else {
            try? Console.printLine(Apusctl.fullMessage(for: error))
            return 0
        }
        if let complaint = error as? Complaint { return ofWork(complaint) }
        var message = Apusctl.message(for: error).split(separator: "\n").joined(separator: " ")
        message = message.prefix(1).lowercased() + message.dropFirst()
        // What we say of a value has its own hint.
        if !message.contains("is invalid for") {
            let command = words.first.map { $0.hasPrefix("-") ? "" : $0 + " " } ?? ""
            message += ": see 'apusctl \(command)--help'"
        }
        Console.complain(message)
        return Complaint.toolkitFailure
    }

    static func ofWork(_ error: any Error) -> Int32 {
        UserTerminal.restore()
        switch error {
        // As if the signal had ended it, and as quietly.
        case let error as SystemError where error.code == EPIPE: return 128 + SIGPIPE
        case let error as ApusError:
            Console.complain("\(error)")
            return error.exitCode
        case let error as Complaint:
            Console.complain("\(error)")
            return error.exitCode
        default:
            Console.complain("\(error)")
            return Complaint.toolkitFailure
        }
    }
}
