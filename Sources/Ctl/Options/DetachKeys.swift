/// The keys that leave a container without ending it: ctrl-p ctrl-q, unless told otherwise.
struct DetachKeys: Equatable {
    let keys: [UInt8]

    static let standard = DetachKeys(keys: [16, 17])

    private init(keys: [UInt8]) { self.keys = keys }

    /// Reads a list like `ctrl-p,ctrl-q` or `a`; keys are single characters or ctrl- with a letter
    /// or one of @ [ \ ] ^ _. Empty: there are none.
    init(_ text: String) throws(Complaint) {
        guard !text.isEmpty else {
            keys = []
            return
        }
        var keys: [UInt8] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            keys.append(try Self.key(word))
        }
        self.keys = keys
    }

    private static func key(_ word: Substring) throws(Complaint) -> UInt8 {
        let isControl = word.lowercased().hasPrefix("ctrl-")
        let character = Array((isControl ? word.dropFirst(5) : word).utf8)
        guard character.count == 1, (0x21..<0x7f).contains(character[0]) else {
            throw Complaint(
                "detach key \"\(word)\" is not one character or ctrl- and one",
                hint: "write for example ctrl-p,ctrl-q")
        }
        guard isControl else { return character[0] }
        let code = character[0] >= 0x61 && character[0] <= 0x7a ? character[0] - 0x20 : character[0]
        guard (0x40...0x5f).contains(code) else {
            throw Complaint(
                "there is no control key \"\(word)\"",
                hint: "ctrl- takes a letter or one of @[\\]^_")
        }
        return code - 0x40
    }
}

/// Looks for the detach keys in what is typed; holds back keys that may become the sequence.
struct DetachScanner {
    private let keys: [UInt8]
    private var held: [UInt8] = []

    init(_ keys: DetachKeys) { self.keys = keys.keys }

    /// Takes what was typed; answers what the program shall get, and whether the sequence is
    /// complete. What was typed behind it is dropped.
    mutating func feed(_ typed: some Sequence<UInt8>) -> (forward: [UInt8], detached: Bool) {
        guard !keys.isEmpty else { return (Array(typed), false) }
        var forward: [UInt8] = []
        for byte in typed {
            held.append(byte)
            while !keys.starts(with: held) { forward.append(held.removeFirst()) }
            if held.count == keys.count { return (forward, true) }
        }
        return (forward, false)
    }
}
