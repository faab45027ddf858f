internal import RPC
internal import Wire

/// Where a container's log goes, as its specification says: what a shim of ours is told.
struct LogPlan {
    var driver: String
    var options: [String: String]

    init(_ spec: Apus.ContainerSpec) {
        driver = spec.logDriver.isEmpty ? "json-file" : spec.logDriver
        options = spec.logOptions
    }

    /// True where the log is in files, which the manager reads.
    var isInFiles: Bool { driver == "json-file" }
    /// True where output is for those who are attached alone.
    var isNone: Bool { driver == "none" }
    /// Nothing but what every shim does.
    var isPlain: Bool { isNone || isInFiles && options.isEmpty }

    /// The form that spec/stdio.md describes; `path` is the file's.
    func uri(_ path: String) -> String {
        guard !isNone else { return "none:" }
        let query = options.sorted { $0.key < $1.key }
            .map { "\(Self.escape($0.key))=\(Self.escape($0.value))" }.joined(separator: "&")
        let place = isInFiles ? "json-file://\(Self.escape(path))" : "journald:///"
        return place + (query.isEmpty ? "" : "?\(query)")
    }

    /// nil where a shim would take it.
    var problem: (subject: String, cause: String)? {
        guard ["json-file", "journald", "none"].contains(driver) else {
            return (driver, "there is no such log driver; there are json-file, journald and none")
        }
        if isNone, let option = options.keys.min() {
            return (option, "the log driver none has no options")
        }
        for (key, value) in options.sorted(by: { $0.key < $1.key }) {
            if let cause = isInFiles ? Self.problem(key, value) : Self.problem(field: key, value) {
                return ("\(key)=\(value)", cause)
            }
        }
        return nil
    }

    private static func problem(_ key: String, _ value: String) -> String? {
        switch key {
        case "max-size", "max-rate", "max-total":
            let isUnit = value.last.map { "kmgKMG".contains($0) } ?? false
            let digits = isUnit ? value.dropLast() : value[...]
            let isSize = !digits.isEmpty && digits.count < 16 && digits.allSatisfy(\.isASCIIDigit)
            return isSize ? nil : "give bytes, or a number with k, m or g"
        case "max-file":
            return Int(value).map { (1...1000).contains($0) } == true
                ? nil : "give a number from 1 to 1000"
        case "compress": return ["true", "false"].contains(value) ? nil : "give true or false"
        default:
            return
                "json-file has no such option; it has max-size, max-file, compress, max-rate and "
                + "max-total"
        }
    }

    /// Of journald an option is a field.
    private static func problem(field key: String, _ value: String) -> String? {
        let isName =
            !key.isEmpty && key.utf8.count <= 64
            && key.allSatisfy { ($0.isASCII && $0.isLetter) || "_-".contains($0) }
        guard isName else { return "a field of the journal has a name of letters, - and _" }
        return value.contains("\n") ? "a field of the journal is one line" : nil
    }

    /// RFC 3986: everything but what means nothing.
    private static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain =
                character.isASCII
                && (character.isLetter || character.isASCIIDigit || "/-._~".contains(character))
            guard !isPlain else { return String(character) }
            let digits = String(byte, radix: 16)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
