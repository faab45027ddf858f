/// Names of containers: what is allowed, and what one gets who gives none.
enum ContainerName {
    static let mostCharacters = 128

    /// Why a name cannot be taken; nil where it can.
    static func problem(with name: String) -> String? {
        guard !name.isEmpty else { return "a name has at least one character" }
        guard name.utf8.count <= mostCharacters else {
            return "a name has at most \(mostCharacters) characters"
        }
        guard let first = name.utf8.first, isAlphanumeric(first) else {
            return "a name begins with a letter or a digit"
        }
        guard name.utf8.allSatisfy({ isAlphanumeric($0) || "_.-".utf8.contains($0) }) else {
            return "a name has only the characters a-z, A-Z, 0-9, '_', '.' and '-'"
        }
        // Who names a container like an id would hide the container of that id.
        guard !ContainerID.isWellFormed(name) else { return "a name is not 64 hexadecimal digits" }
        return nil
    }

    /// A name like quiet_osprey; with a number where many attempts were taken already.
    static func random(attempt: Int = 0) -> String {
        let name = "\(moods.randomElement()!)_\(birds.randomElement()!)"
        return attempt < 8 ? name : "\(name)_\(Int.random(in: 1..<1_000_000))"
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static let moods = [
        "agile", "amber", "bold", "brave", "bright", "brisk", "calm", "clever", "coastal", "cosy",
        "crisp", "curious", "daring", "dusky", "eager", "early", "earnest", "fair", "fleet",
        "fond", "free", "gentle", "glad", "golden", "grand", "happy", "hardy", "high", "hopeful",
        "humble", "jolly", "keen", "kind", "light", "lively", "lone", "loyal", "lucid", "merry",
        "mild", "neat", "nimble", "noble", "patient", "plucky", "proud", "quick", "quiet",
        "rapid", "ready", "rosy", "rustic", "serene", "sharp", "silent", "silver", "sleek",
        "soaring", "spry", "steady", "sunny", "swift", "tidy", "tranquil", "true", "vivid",
        "wandering", "warm", "wary", "wild", "windy", "wise", "witty", "young",
    ]

    private static let birds = [
        "albatross", "avocet", "bittern", "bulbul", "bunting", "buzzard", "condor", "coot",
        "cormorant", "crane", "crossbill", "curlew", "dipper", "dove", "dunlin", "eagle", "egret",
        "eider", "falcon", "fieldfare", "finch", "fulmar", "gannet", "godwit", "goldcrest",
        "goshawk", "grebe", "gull", "harrier", "heron", "hobby", "hoopoe", "ibis", "jackdaw",
        "jay", "kestrel", "kingfisher", "kite", "kittiwake", "knot", "lapwing", "lark", "linnet",
        "loon", "magpie", "martin", "merlin", "nightjar", "nuthatch", "oriole", "osprey", "owl",
        "petrel", "pipit", "plover", "puffin", "quail", "rail", "raven", "redstart", "robin",
        "rook", "ruff", "sandpiper", "shearwater", "shrike", "siskin", "skua", "snipe", "starling",
        "stork", "swallow", "swan", "swift", "teal", "tern", "thrush", "turnstone", "wagtail",
        "warbler", "waxwing", "wheatear", "whimbrel", "wigeon", "woodcock", "wren", "wryneck",
    ]
}
