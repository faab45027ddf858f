/// The options of commands that end with a container's own words, one by one, as docker's users write
/// them: `-eNAME=value`, `-itv /a:/b`, `--rm=true`. The words from the first one on that is no option
/// stay as they are.
enum OptionWords {
    static let commands: Set = ["run", "create", "exec"]

    private static let shortFlags: Set<Character> = ["d", "i", "t", "h"]
    private static let shortOptions: Set<Character> = ["e", "u", "w", "v", "m", "l"]
    private static let longFlags: Set = [
        "--detach", "--interactive", "--tty", "--rm", "--timeline", "--read-only", "--help",
    ]

    static func split(_ words: [String]) -> [String] {
        var result: [String] = []
        var rest = words[...]
        while let word = rest.first, word.count > 1, word.hasPrefix("-"), word != "--" {
            rest.removeFirst()
            let (pieces, needsValue) = word.hasPrefix("--") ? long(word) : short(word)
            result += pieces
            if needsValue, let value = rest.popFirst() { result.append(value) }
        }
        return result + rest
    }

    private static func long(_ word: String) -> (pieces: [String], needsValue: Bool) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard longFlags.contains(name) else { return ([word], parts.count == 1) }
        switch parts.count == 2 ? parts[1] : "true" {
        case "true", "1": return ([name], false)
        case "false", "0": return ([], false)
        default: return ([word], false)
        }
    }

    /// `-dit` is three flags; in `-eNAME=value` the rest of the word is the value, as it is in
    /// `-e=value`.
    private static func short(_ word: String) -> (pieces: [String], needsValue: Bool) {
        var pieces: [String] = []
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            if shortFlags.contains(letter) {
                pieces.append("-\(letter)")
            } else if shortOptions.contains(letter) {
                let value = letters.hasPrefix("=") ? letters.dropFirst() : letters
                let isJoined = !letters.isEmpty
                return (pieces + ["-\(letter)"] + (isJoined ? [String(value)] : []), !isJoined)
            } else {
                // Not ours: the parser shall name the word as it was written.
                return ([word], false)
            }
        }
        return (pieces, false)
    }
}
