internal import ApusClient
internal import Glibc
internal import Linux

/// What apusctl itself says.
enum Console {
    static func print(_ text: String) throws {
        try StandardStreams.writeBlocking(Array(text.utf8), to: STDOUT_FILENO)
    }

    static func printLine(_ line: String) throws { try print(line + "\n") }

    static func print(_ json: JSON, indented: Bool = true) throws {
        try printLine(json.text(indented: indented))
    }

    /// One line on stderr; when even that fails, nobody is left to be told.
    static func complain(_ line: String) {
        let line = "apusctl: \(Table.printable(line))\n"
        try? StandardStreams.writeBlocking(Array(line.utf8), to: STDERR_FILENO)
    }
}

/// Does the same to several things, one after the other; says which it was done to, and goes on
/// where one fails.
struct Batch {
    let names: [String]
    let isJSON: Bool

    /// Answers what to exit with: 0, or the code of the last failure.
    func perform(_ work: (String) async throws -> Void) async throws -> Int32 {
        var done: [String] = []
        var status: Int32 = 0
        for name in names {
            do {
                try await work(name)
                done.append(name)
                if !isJSON { try Console.printLine(name) }
            } catch let error as ApusError where error.code != .unavailable {
                Console.complain("\(error)")
                status = error.exitCode
            }
        }
        if isJSON { try Console.print(.array(done.map { .string($0) })) }
        return status
    }
}
