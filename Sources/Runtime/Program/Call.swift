internal import Arguments
internal import Engine
internal import Linux
internal import OCI

/// One run of the program: what was asked for, and what is noted on the way.
final class Call {
    let verb: String
    let options: ParsedOptions
    let global: GlobalOptions
    let recorder = Recorder()
    /// The container that the call is about; empty for verbs about none.
    let id: String
    /// The process that the call made: its number, and a pidfd that lives as long as the program.
    var made: (pid: Int32, pidfd: Int32)?

    init(_ command: Command, _ options: ParsedOptions, _ global: GlobalOptions) {
        verb = command.name
        self.options = options
        self.global = global
        let place = command.synopsis.split(separator: " ").firstIndex(of: "ID")
        id = place.flatMap { $0 < options.words.count ? options.words[$0] : nil } ?? ""
    }

    var log: Log { global.log }

    /// The words behind the id.
    var words: ArraySlice<String> { options.words.dropFirst() }

    /// The container of the call. The id is looked at before anything is opened by its name.
    func container() throws(Failure) -> Container {
        try engine { () throws(EngineError) in
            try Container.validate(id: id)
            return try Container.load(id: id, root: global.root)
        }
    }

    /// A document of JSON from a file, or from standard input where the file is `-`.
    func read<Value: JSONReadable>(
        _ file: String, named name: String
    ) throws(Failure) -> Value {
        let text = try system { () throws(SystemError) in
            file == "-"
                ? try readAll(OwnedDescriptor(owning: 0), limit: longestDocumentBytes, of: "stdin")
                : try readFile(file, limit: longestDocumentBytes)
        }
        return try document { () throws(DocumentError) in
            try readJSON(from: text, of: file == "-" ? name : file)
        }
    }
}

/// A verb of the program.
struct Verb: Sendable {
    let command: Command
    /// Answers the exit code.
    let run: @Sendable (Call) throws(Failure) -> Int32

    init(_ command: Command, _ run: @escaping @Sendable (Call) throws(Failure) -> Int32) {
        self.command = command
        self.run = run
    }
}
