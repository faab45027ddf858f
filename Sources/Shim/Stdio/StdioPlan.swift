/// Where a process's input comes from and its output goes: the URIs of Create and Exec, understood.
/// spec/stdio.md describes them.
struct StdioPlan: Equatable {
    enum Input: Equatable {
        case null
        /// A fifo that somebody else made and writes.
        case fifo(String)
        /// Fed by Stdio/Write.
        case attach
    }

    enum Output: Equatable {
        case null
        case fifo(String)
        /// Appended to a file.
        case file(String)
        case log(LogOptions)
        case journal(JournalSink.Options)
        /// Kept for those who attach.
        case attach
        /// For those who are attached, and kept for nobody.
        case live
        /// A logging program of containerd's kind.
        case program(String, arguments: [String])
    }

    var stdin = Input.null
    var stdout = Output.null
    /// Equal to `stdout` where both go to one place.
    var stderr = Output.null
    var isTerminal = false

    init(terminal: Bool, stdin: String, stdout: String, stderr: String) throws(Failure) {
        isTerminal = terminal
        self.stdin = try Self.input(stdin)
        self.stdout = try Self.output(stdout, "stdout")
        // A terminal has one output; places that take both streams are named once.
        self.stderr = terminal ? .null : try Self.output(stderr, "stderr")
        guard !terminal else { return }
        if case .null = self.stderr, self.stdout.takesBoth { self.stderr = self.stdout }
        if case .null = self.stdout, self.stderr.takesBoth {
            throw Failure.invalid("stderr \(stderr) without the same stdout")
        }
        if self.stdout.takesBoth || self.stderr.takesBoth, self.stdout != self.stderr {
            throw Failure.invalid("stdout \(stdout) and stderr \(stderr) cannot be combined")
        }
    }

    private static func input(_ text: String) throws(Failure) -> Input {
        guard !text.isEmpty else { return .null }
        if text == "attach:" { return .attach }
        let uri = try StreamURI(text, "stdin")
        switch uri.scheme {
        case "", "fifo": return .fifo(uri.path)
        default: throw Failure.invalid("stdin \(text): unknown scheme \"\(uri.scheme)\"")
        }
    }

    private static func output(_ text: String, _ name: String) throws(Failure) -> Output {
        switch text {
        case "": return .null
        case "attach:": return .attach
        case "none:": return .live
        default: break
        }
        let uri = try StreamURI(text, name)
        switch uri.scheme {
        case "", "fifo": return .fifo(uri.path)
        case "file": return .file(uri.path)
        case "json-file", "cri": return .log(try LogOptions(uri))
        case "journald": return .journal(try JournalSink.Options(uri))
        case "binary": return .program(uri.path, arguments: uri.query.flatMap { [$0.0, $0.1] })
        default: throw Failure.invalid("\(name) \(text): unknown scheme \"\(uri.scheme)\"")
        }
    }
}

extension StdioPlan.Output {
    /// True where one place takes stdout and stderr together.
    var takesBoth: Bool {
        switch self {
        case .null, .fifo: false
        case .file, .log, .journal, .attach, .live, .program: true
        }
    }
}

/// `scheme://path?key=value&...`, or a bare absolute path.
struct StreamURI: Equatable {
    var scheme = ""
    var path: String
    var query: [(String, String)] = []

    init(_ text: String, _ name: String) throws(Failure) {
        var rest = text[...]
        if let mark = text.range(of: "://") {
            scheme = String(text[..<mark.lowerBound])
            rest = text[mark.upperBound...]
            if let question = rest.firstIndex(of: "?") {
                for part in rest[rest.index(after: question)...].split(separator: "&") {
                    let pair = part.split(separator: "=", maxSplits: 1)
                    guard let key = pair.first else { continue }
                    let value = pair.count == 2 ? String(pair[1]) : ""
                    query.append((Self.decode(String(key)), Self.decode(value)))
                }
                rest = rest[..<question]
            }
            path = Self.decode(String(rest))
        } else {
            path = text
        }
        guard path.hasPrefix("/") else {
            throw Failure.invalid("\(name) \(text): the path must be absolute")
        }
    }

    static func == (left: StreamURI, right: StreamURI) -> Bool {
        left.scheme == right.scheme && left.path == right.path
            && left.query.elementsEqual(right.query, by: ==)
    }

    /// Percent-decoding (RFC 3986); whatever is not an escape stays.
    private static func decode(_ text: String) -> String {
        guard text.contains("%") else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Where another text first stands in this one.
    fileprivate func range(of other: String) -> Range<Index>? {
        var start = startIndex
        while start != endIndex {
            if self[start...].hasPrefix(other) {
                return start..<index(start, offsetBy: other.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
