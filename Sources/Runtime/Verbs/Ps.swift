internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// Prints the processes of a container, by their numbers on the host.
enum Ps {
    static let command = Command(
        "ps", "Print the processes of a container", synopsis: "ID [OPTIONS OF PS]",
        words: 1...Int.max, options: [format], stopsAtFirstWord: true,
        discussion: "The table is what the host's ps prints, with -ef or the options given.")

    static func run(_ call: Call) throws(Failure) -> Int32 {
        // Callers give the format behind the id too.
        let arguments = try split(call.words)
        let container = try call.container()
        let pids = try engine { () throws(EngineError) in try container.processes() }
        let format =
            if let given = arguments.format { given } else {
                try Format.given(call.options, Self.format)
            }
        guard format == .table else {
            try writeToStandardOutput(pids.json.text() + "\n")
            return 0
        }
        try writeToStandardOutput(
            table(try hostTable(arguments.words), of: Set(pids)))
        return 0
    }

    private static func split(
        _ words: ArraySlice<String>
    ) throws(Failure) -> (format: Format?, words: [String]) {
        guard let first = words.first, ["--format", "-format"].contains(first) else {
            return (nil, Array(words))
        }
        guard let format = words.dropFirst().first.flatMap(Format.init(rawValue:)) else {
            throw Failure("", "invalid format option: expected table or json")
        }
        return (format, Array(words.dropFirst(2)))
    }

    private static func hostTable(_ words: [String]) throws(Failure) -> String {
        let arguments = words.isEmpty ? ["-ef"] : words
        do throws(SystemError) {
            let output = try CapturedOutput(of: "ps", arguments, limit: 64 << 20)
            guard output.status == .exited(0) else {
                throw SystemError("run ps \(arguments.joined(separator: " "))", 0)
            }
            return String(decoding: output.bytes, as: UTF8.self)
        } catch {
            throw Failure(
                "run ps \(arguments.joined(separator: " "))",
                error.code == 0 ? "it has failed" : error.reason, code: error.code,
                hint: "--format json needs no ps")
        }
    }

    /// The header, and the lines whose PID column holds one of the numbers.
    static func table(_ text: String, of pids: Set<Int32>) throws(Failure) -> String {
        let lines = text.split(separator: "\n")
        guard let header = lines.first,
            let column = header.split(separator: " ").firstIndex(of: "PID")
        else {
            throw Failure(
                "read what ps printed", "it has no PID column",
                hint: "add -o pid to the options of ps")
        }
        let own = lines.dropFirst().filter { line in
            let fields = line.split(separator: " ")
            guard column < fields.count, let pid = Int32(fields[column]) else { return false }
            return pids.contains(pid)
        }
        return ([header] + own).map { "\($0)\n" }.joined()
    }

    private static let format = Option.value(
        "format", "f", word: "FORMAT", help: "table or json")
}
